package dev.sluice.bench;

import org.jspecify.annotations.Nullable;

/**
 * How long and how often is measured.
 *
 * @param rounds rounds in which each side is measured once; ratios are medians over the rounds
 * @param seconds of one measurement
 * @param warmSeconds for which each side is loaded first: a compiler that still works takes from
 *     whoever is measured
 */
record Pace(int rounds, int seconds, int warmSeconds) {
  Pace {
    if (rounds < 1 || seconds < 1 || warmSeconds < 0) {
      throw new IllegalArgumentException("rounds and seconds must be positive");
    }
  }

  /** With what was asked for on the command line. */
  Pace with(@Nullable Integer otherRounds, @Nullable Integer otherSeconds, @Nullable Integer warm) {
    return new Pace(
        otherRounds == null ? rounds : otherRounds,
        otherSeconds == null ? seconds : otherSeconds,
        warm == null ? warmSeconds : warm);
  }
}
