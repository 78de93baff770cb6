package dev.sluice.channel.simulator;

import java.time.Duration;

/** How the bank answers a call; the protocol puts it into its own words. */
sealed interface Answer {

  /** With a report. */
  record Says(Report report, Manner manner) implements Answer {}

  /** Only after a time; most clients are gone by then. */
  record SaysLate(Report report, Duration after) implements Answer {}

  /** With an internal error. */
  record Fails() implements Answer {}

  /** With "too many requests". */
  record Throttles() implements Answer {}

  /** Not at all: the connection closes. */
  record HangsUp() implements Answer {}

  /** What is wrong with the form of an answer. */
  enum Manner {
    AS_IT_SHOULD,
    UNSIGNED,
    FORGED,
    HTML
  }
}
