/** Faults on real processes: {@code bin/chaos}. */
@NullMarked
package dev.sluice.chaos;

import org.jspecify.annotations.NullMarked;
