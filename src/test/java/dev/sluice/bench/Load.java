package dev.sluice.bench;

/**
 * What one measurement found.
 *
 * @param done how many orders or requests were answered
 * @param seconds in which they were
 * @param p50Millis half of the answers came within
 * @param p99Millis all but one in a hundred came within
 * @param errors answers other than 2xx, and none
 */
record Load(long done, double seconds, double p50Millis, double p99Millis, long errors) {
  double perSecond() {
    return done / seconds;
  }
}
