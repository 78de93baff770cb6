package dev.sluice.bench;

/** One name of {@code bin/bench}: measures the product against its baselines in one run. */
interface Benchmark {
  /** What it is called on the command line. */
  String name();

  /** What it measures, in a line. */
  String what();

  /** Rounds and seconds, unless the command line says otherwise. */
  Pace pace();

  /**
   * Measures.
   *
   * @param site the database, services and load of this one benchmark; closed by the caller
   * @param report takes the ratios that must be reached, and whatever else is worth telling
   */
  void run(Site site, Pace pace, Report report) throws Exception;
}
