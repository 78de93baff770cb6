/** What only tells of finished orders, moved out of the hot tables and read again from there. */
@NullMarked
package dev.sluice.retention;

import org.jspecify.annotations.NullMarked;
