package dev.sluice.channel.simulator;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The faults in force, for all protocols. They live in memory: a bank that is started again has
 * none, except those already bound to a payment it has taken.
 */
final class Faults {
  private static final int MAX_RULES = 1_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final List<FaultRule.Active> rules = new ArrayList<>();

  /**
   * Puts a fault in force.
   *
   * @throws IllegalStateException if there are too many already
   */
  void add(FaultRule rule) {
    lock.lock();
    try {
      if (rules.size() >= MAX_RULES) {
        throw new IllegalStateException("there are " + MAX_RULES + " faults already");
      }
      rules.add(new FaultRule.Active(rule));
    } finally {
      lock.unlock();
    }
  }

  /** No more faults. */
  void clear() {
    lock.lock();
    try {
      rules.clear();
    } finally {
      lock.unlock();
    }
  }

  /** What is in force, with the counts that are left. */
  List<InForce> inForce() {
    lock.lock();
    try {
      return rules.stream().map(active -> new InForce(active.rule(), active.left())).toList();
    } finally {
      lock.unlock();
    }
  }

  /** Whether a fault that hits everything is in force; uses nothing up. */
  boolean isInForce(Fault fault) {
    lock.lock();
    try {
      return rules.stream().anyMatch(active -> active.rule().fault() == fault);
    } finally {
      lock.unlock();
    }
  }

  /** Whether one fault hits now; uses it up by one. */
  boolean hits(Fault fault, PaymentKey key) {
    lock.lock();
    try {
      boolean hit =
          rules.stream()
              .filter(active -> active.rule().fault() == fault && active.rule().fits(key, ""))
              .findFirst()
              .map(FaultRule.Active::draw)
              .orElse(false);
      rules.removeIf(active -> active.left() == 0);
      return hit;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The faults that hit this moment, each used up by one.
   *
   * @param account the number, full or masked: rules look at its end only
   */
  Map<Fault, FaultRule> draw(Fault.When when, PaymentKey key, String account) {
    Map<Fault, FaultRule> drawn = new EnumMap<>(Fault.class);
    lock.lock();
    try {
      if (rules.isEmpty()) {
        return drawn;
      }
      var moment = Fault.at(when);
      for (FaultRule.Active active : rules) {
        FaultRule rule = active.rule();
        if (moment.contains(rule.fault())
            && !drawn.containsKey(rule.fault())
            && rule.fits(key, account)
            && active.draw()) {
          drawn.put(rule.fault(), rule);
        }
      }
      rules.removeIf(active -> active.left() == 0);
      return drawn;
    } finally {
      lock.unlock();
    }
  }

  /**
   * A rule and what is left of it.
   *
   * @param left how many times more, -1 for ever
   */
  record InForce(FaultRule rule, int left) {}
}
