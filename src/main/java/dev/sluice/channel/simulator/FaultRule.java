package dev.sluice.channel.simulator;

import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One order to do something wrong.
 *
 * @param count how many times, -1 for ever
 * @param protocol only payments that come by this protocol, or null for all
 * @param requestNo only this request number, or null for all
 * @param accountSuffix only accounts that end so (at most 4 characters, so that no rule ever holds
 *     a number), or null for all
 * @param delay as the fault tells, or null for its usual one
 * @param code the refusal code to give, or null for the fault's usual one
 * @param probability from 0 to 1: how often a fitting call is hit
 * @param seed of the randomness behind the probability
 */
record FaultRule(
    Fault fault,
    int count,
    @Nullable String protocol,
    @Nullable String requestNo,
    @Nullable String accountSuffix,
    @Nullable Duration delay,
    @Nullable String code,
    double probability,
    long seed) {
  private static final int LONGEST_SUFFIX = 4;
  private static final Duration LONGEST_DELAY = Duration.ofDays(365);

  FaultRule {
    if (count < -1 || count == 0) {
      throw new IllegalArgumentException("count must be positive, or -1 for ever");
    }
    if (!(probability > 0 && probability <= 1)) {
      throw new IllegalArgumentException("probability must be above 0 and at most 1");
    }
    if (accountSuffix != null && accountSuffix.length() > LONGEST_SUFFIX) {
      throw new IllegalArgumentException("accountSuffix has at most 4 characters");
    }
    if (delay != null && (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0)) {
      throw new IllegalArgumentException("delayMillis must be 0 to a year");
    }
    if (code != null && !code.matches("[A-Z0-9_]{1,64}")) {
      throw new IllegalArgumentException("code is 1 to 64 of A-Z, 0-9 and _");
    }
  }

  /** Once, for whatever comes next. */
  static FaultRule once(Fault fault) {
    return new FaultRule(fault, 1, null, null, null, null, null, 1, 0);
  }

  /** How long, or the fault's usual time. */
  Duration delayOr(Duration usual) {
    return Optional.ofNullable(delay).orElse(usual);
  }

  /** Which code, or the fault's usual one. */
  String codeOr(String usual) {
    return Optional.ofNullable(code).orElse(usual);
  }

  boolean fits(PaymentKey key, String account) {
    return (protocol == null || protocol.equals(key.protocol()))
        && (requestNo == null || requestNo.equals(key.requestNo()))
        && (accountSuffix == null || account.endsWith(accountSuffix));
  }

  /** A rule in force, with what is left of its count. Guarded by {@link Faults}. */
  static final class Active {
    private final FaultRule rule;
    private final SplittableRandom random;
    private int left;

    Active(FaultRule rule) {
      this.rule = rule;
      this.random = new SplittableRandom(rule.seed());
      this.left = rule.count();
    }

    FaultRule rule() {
      return rule;
    }

    /** How many times more, -1 for ever. */
    int left() {
      return left;
    }

    /** Uses it up by one if chance wants it. */
    boolean draw() {
      if (left == 0 || (rule.probability() < 1 && random.nextDouble() >= rule.probability())) {
        return false;
      }
      if (left > 0) {
        left--;
      }
      return true;
    }
  }
}
