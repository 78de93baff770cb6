/** Starts Sluice and wires its packages together. */
@NullMarked
package dev.sluice;

import org.jspecify.annotations.NullMarked;
