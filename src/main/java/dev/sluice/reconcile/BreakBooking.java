package dev.sluice.reconcile;

import dev.sluice.ledger.Ledger;
import dev.sluice.ledger.SystemAccount;
import dev.sluice.ledger.Transfer;
import dev.sluice.money.Money;
import dev.sluice.reconcile.Break.Decision;
import dev.sluice.withdrawal.Withdrawals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What a decision on a break moves in the ledger. Afterwards {@code bank} has what the statement
 * says, {@code clearing} nothing of this payout, and the difference is where it was decided to go.
 */
final class BreakBooking {
  private static final int FIRST_STEP = 10;

  private final Break about;
  private final Ledger ledger;
  private final Withdrawals withdrawals;
  private final Instant at;
  private final List<Transfer> moves = new ArrayList<>();

  BreakBooking(Break about, Ledger ledger, Withdrawals withdrawals, Instant at) {
    this.about = about;
    this.ledger = ledger;
    this.withdrawals = withdrawals;
    this.at = at;
  }

  /** Whether it builds on the payout having been posted to clearing. */
  boolean needsSettledOrder(Decision decision) {
    return switch (about.kind()) {
      case BENEFICIARY_DIFFERS -> true;
      case AMOUNT_DIFFERS, MISSING_AT_CHANNEL -> decision == Decision.WRITE_OFF;
      case STATUS_DIFFERS, MISSING_HERE, DUPLICATE_AT_CHANNEL, RETURN_UNKNOWN, LATE -> false;
    };
  }

  boolean isSettled() {
    return about.withdrawalId() != null
        && ledger.transfers(about.withdrawalId()).stream()
            .anyMatch(t -> t.kind() == Transfer.Kind.POST);
  }

  /** The transfers; none where the decision moves nothing. */
  List<Transfer> of(Decision decision) {
    switch (decision) {
      case ACKNOWLEDGE -> {
        if (about.kind() == Break.Kind.BENEFICIARY_DIFFERS) {
          move(SystemAccount.CLEARING, SystemAccount.BANK, theirs());
        }
      }
      case WRITE_OFF -> writeOff();
      case RECOVER -> move(SystemAccount.RECEIVABLE, SystemAccount.BANK, theirs());
      case RETURN_TO_USER -> {
        // The inbox does it, as with any other return.
      }
    }
    return moves;
  }

  private void writeOff() {
    switch (about.kind()) {
      case MISSING_AT_CHANNEL ->
          move(SystemAccount.CLEARING, SystemAccount.FEES, ours().minus(refunded()));
      case AMOUNT_DIFFERS -> {
        move(SystemAccount.CLEARING, SystemAccount.BANK, theirs());
        move(SystemAccount.CLEARING, SystemAccount.FEES, ours());
        move(SystemAccount.FEES, SystemAccount.CLEARING, theirs());
      }
      case MISSING_HERE, DUPLICATE_AT_CHANNEL ->
          move(SystemAccount.FEES, SystemAccount.BANK, theirs());
      case RETURN_UNKNOWN -> {
        Money refunded = about.ours();
        if (refunded == null) {
          move(SystemAccount.BANK, SystemAccount.FEES, theirs());
        } else {
          move(SystemAccount.BANK, SystemAccount.CLEARING, theirs());
          move(SystemAccount.CLEARING, SystemAccount.FEES, theirs());
          move(SystemAccount.FEES, SystemAccount.CLEARING, refunded);
        }
      }
      case STATUS_DIFFERS, BENEFICIARY_DIFFERS, LATE ->
          throw new IllegalStateException(about.kind() + " is not written off");
    }
  }

  private Money ours() {
    return Objects.requireNonNull(about.ours());
  }

  private Money theirs() {
    return Objects.requireNonNull(about.theirs());
  }

  private Money refunded() {
    Money sum = Money.zero(ours().currency());
    for (Transfer t : ledger.transfers(Objects.requireNonNull(about.withdrawalId()))) {
      sum = t.kind() == Transfer.Kind.REFUND ? sum.plus(t.amount()) : sum;
    }
    return sum;
  }

  private void move(SystemAccount from, SystemAccount to, Money amount) {
    if (amount.minor() > 0) {
      moves.add(
          new Transfer(
              about.id(),
              FIRST_STEP + moves.size(),
              Transfer.Kind.RESOLUTION,
              account(from, amount),
              account(to, amount),
              amount,
              at));
    }
  }

  private long account(SystemAccount kind, Money amount) {
    String owner =
        switch (kind) {
          case CLEARING, BANK -> about.channel();
          case FEES, FUNDING -> "-";
          case RECEIVABLE ->
              withdrawals.find(Objects.requireNonNull(about.withdrawalId())).orElseThrow().userId();
        };
    return ledger.systemAccount(kind, owner, amount.currency());
  }
}
