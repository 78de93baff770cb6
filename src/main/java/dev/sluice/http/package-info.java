/** What our HTTP clients have in common. */
@NullMarked
package dev.sluice.http;

import org.jspecify.annotations.NullMarked;
