/** REST for clients, inbound callbacks, and problem+json. */
@NullMarked
package dev.sluice.api;

import org.jspecify.annotations.NullMarked;
