package dev.sluice.ledger;

import org.springframework.dao.ConcurrencyFailureException;

/** An account that was read without a lock has changed meanwhile: decide again, with locks. */
public final class BalancesMoved extends ConcurrencyFailureException {
  BalancesMoved(int accounts) {
    super(
        "%d accounts are not active, have too little by now, or their owner has more beneficiaries"
            .formatted(accounts));
  }
}
