package dev.sluice.withdrawal;

import dev.sluice.beneficiary.AccountNumber;
import dev.sluice.money.Money;
import java.util.Optional;

/**
 * A check that runs after the balance, inside the accepting transaction: it must be quick, decide
 * from what it is given, and call nobody.
 */
@FunctionalInterface
public interface RiskCheck {

  /** What a check may look at. */
  record Subject(String userId, Money amount, AccountNumber.Kind beneficiaryKind) {}

  /** Why a person should look at it; empty if there's no need. */
  Optional<String> reviewReason(Subject subject);
}
