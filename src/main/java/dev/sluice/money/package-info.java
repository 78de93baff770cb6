/** Exact amounts, ids and masking: what every other package may use. */
@NullMarked
package dev.sluice.money;

import org.jspecify.annotations.NullMarked;
