package dev.sluice.withdrawal;

import java.util.Optional;

/**
 * Whether an order can ever be paid, asked before its funds are held: one that can't would wait for
 * good. It must be quick, decide from what it is given, and call nobody.
 */
@FunctionalInterface
public interface PayableCheck {

  /** What stands against it for good, in a sentence; empty if nothing does. */
  Optional<String> obstacle(RiskCheck.Subject subject);
}
