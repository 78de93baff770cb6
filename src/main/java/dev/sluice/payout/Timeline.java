package dev.sluice.payout;

import dev.sluice.ledger.Ledger;
import dev.sluice.ledger.Transfer;
import dev.sluice.money.Ids;
import dev.sluice.retention.Archive;
import dev.sluice.retention.Archived;
import dev.sluice.review.ReviewCase;
import dev.sluice.review.ReviewCases;
import dev.sluice.withdrawal.HistoryEntry;
import dev.sluice.withdrawal.WithdrawalState;
import dev.sluice.withdrawal.Withdrawals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Everything that happened to an order, in order. */
public final class Timeline {
  /** Who moves an order when nobody asked for it. */
  private static final String SYSTEM = "system";

  /** How those begin that moved it because a channel said so. */
  private static final String OF_CHANNELS = "channel:";

  private static final int MOST_MESSAGES = 1_000;

  private final Withdrawals withdrawals;
  private final AttemptStore attempts;
  private final MessageStore messages;
  private final CompensationStore log;
  private final Ledger ledger;
  private final ReviewCases reviews;
  private final Archive archive;

  Timeline(
      Withdrawals withdrawals,
      AttemptStore attempts,
      MessageStore messages,
      CompensationStore log,
      Ledger ledger,
      ReviewCases reviews,
      Archive archive) {
    this.withdrawals = withdrawals;
    this.attempts = attempts;
    this.messages = messages;
    this.log = log;
    this.ledger = ledger;
    this.reviews = reviews;
    this.archive = archive;
  }

  /** What an entry is about; entries of one instant stand in this order. */
  public enum Kind {
    TRANSFER,
    STATE,
    REVIEW,
    ATTEMPT,
    MESSAGE,
    DECISION
  }

  /**
   * One thing that happened.
   *
   * @param text a sentence for people
   * @param code the state, channel, effect or kind, for programs
   */
  public record Entry(Instant at, Kind kind, String text, String code) {}

  /** All entries of an order, oldest first, whether or not they are archived. */
  public List<Entry> of(UUID withdrawalId) {
    return of(withdrawalId, UnaryOperator.identity());
  }

  /** The same as its user may read it: which operator decided isn't told by name. */
  public List<Entry> forUser(UUID withdrawalId, String userId) {
    return of(withdrawalId, who -> who.equals(userId) || isNobody(who) ? who : "an operator");
  }

  private static boolean isNobody(String who) {
    return who.equals(SYSTEM) || who.startsWith(OF_CHANNELS);
  }

  private List<Entry> of(UUID withdrawalId, UnaryOperator<String> naming) {
    while (true) {
      Archived archived = archive.of(withdrawalId);
      List<Entry> entries = with(archived, withdrawalId, naming);
      // Rows that moved to the archive meanwhile would be missing.
      if (archive.parts(withdrawalId) == archived.parts()) {
        return entries;
      }
    }
  }

  private List<Entry> with(Archived archived, UUID withdrawalId, UnaryOperator<String> naming) {
    List<Entry> entries = new ArrayList<>();
    List<Transfer> transfers = new ArrayList<>(ledger.transfers(withdrawalId));
    for (HistoryEntry move : moves(archived, withdrawalId)) {
      entries.add(new Entry(move.at(), Kind.STATE, describe(move, naming), move.to().name()));
      if (move.version() == 1) {
        ledger.hold(withdrawalId, move.at()).ifPresent(transfers::addFirst);
      }
    }
    for (Transfer transfer : transfers) {
      entries.add(
          new Entry(transfer.at(), Kind.TRANSFER, describe(transfer), transfer.kind().name()));
    }
    for (PayoutAttempt attempt : attempts.ofWithdrawals(List.of(withdrawalId))) {
      entries.add(
          new Entry(
              attempt.createdAt(),
              Kind.ATTEMPT,
              "attempt %d at %s under request number %s, now %s, sent %d, asked about %d times"
                  .formatted(
                      attempt.number(),
                      attempt.channel(),
                      Ids.requestNumber(attempt.id()),
                      attempt.state(),
                      attempt.sends(),
                      attempt.queries()),
              attempt.channel()));
    }
    for (MessageStore.Shown message : messages(archived, withdrawalId)) {
      entries.add(
          new Entry(
              message.at(),
              Kind.MESSAGE,
              "%s of %s says %s%s: %s"
                  .formatted(
                      message.source(),
                      message.channel(),
                      message.kind(),
                      inBrackets(message.code()),
                      message.effect() == null ? "kept for later" : message.effect()),
              message.kind()));
    }
    for (CompensationStore.LogEntry decision : decisions(archived, withdrawalId)) {
      entries.add(
          new Entry(
              decision.at(),
              Kind.DECISION,
              "%s: %s, because %s".formatted(decision.direction(), decision.what(), decision.why()),
              decision.direction().name()));
    }
    for (ReviewCase question : reviews.of(withdrawalId)) {
      entries.add(
          new Entry(
              question.openedAt(),
              Kind.REVIEW,
              "%s: %s %s".formatted(question.kind(), question.detail(), decision(question, naming)),
              question.kind().name()));
    }
    entries.sort(Comparator.comparing(Entry::at).thenComparing(Entry::kind));
    return entries;
  }

  /** What is archived lies between the first step, which the order tells, and what is new. */
  private List<HistoryEntry> moves(Archived archived, UUID withdrawalId) {
    return Stream.concat(
            archived.moves().stream().map(m -> move(withdrawalId, m)),
            withdrawals.history(withdrawalId).stream())
        .sorted(Comparator.comparingInt(HistoryEntry::version))
        .toList();
  }

  private static HistoryEntry move(UUID withdrawalId, Archived.Move move) {
    return new HistoryEntry(
        withdrawalId,
        move.version(),
        WithdrawalState.valueOf(move.from()),
        WithdrawalState.valueOf(move.to()),
        move.reason(),
        move.actor(),
        move.at());
  }

  private List<MessageStore.Shown> messages(Archived archived, UUID withdrawalId) {
    return Stream.concat(
            archived.messages().stream()
                .map(
                    m ->
                        new MessageStore.Shown(
                            m.at(), m.channel(), m.source(), m.kind(), m.code(), m.effect())),
            messages.ofWithdrawal(withdrawalId, MOST_MESSAGES).stream())
        .limit(MOST_MESSAGES)
        .toList();
  }

  private List<CompensationStore.LogEntry> decisions(Archived archived, UUID withdrawalId) {
    return Stream.concat(
            archived.decisions().stream()
                .map(
                    d ->
                        new CompensationStore.LogEntry(
                            d.id(),
                            withdrawalId,
                            CompensationStore.Direction.valueOf(d.direction()),
                            d.what(),
                            d.why(),
                            d.at())),
            log.logOf(withdrawalId, MOST_MESSAGES).stream())
        .limit(MOST_MESSAGES)
        .toList();
  }

  private static String decision(ReviewCase question, UnaryOperator<String> naming) {
    String who = question.resolvedBy();
    return who == null ? "(open)" : "(%s by %s)".formatted(question.decision(), naming.apply(who));
  }

  private static String describe(HistoryEntry move, UnaryOperator<String> naming) {
    return "%s%s by %s%s"
        .formatted(
            move.from() == null ? "" : move.from() + " to ",
            move.to(),
            naming.apply(move.actor()),
            inBrackets(move.reason()));
  }

  private static String describe(Transfer transfer) {
    return switch (transfer.kind()) {
      case TOP_UP -> "%s credited".formatted(transfer.amount());
      case HOLD -> "%s held".formatted(transfer.amount());
      case POST -> "%s posted: held to clearing".formatted(transfer.amount());
      case RELEASE -> "%s released: held to available".formatted(transfer.amount());
      case FEE -> "%s fee taken".formatted(transfer.amount());
      case REFUND -> "%s refunded: clearing to available".formatted(transfer.amount());
      case SHORTFALL -> "%s shortfall made good out of fees".formatted(transfer.amount());
      case RECEIVABLE -> "%s booked as receivable".formatted(transfer.amount());
      case MATCH -> "%s seen on the statement: clearing to bank".formatted(transfer.amount());
      case RESOLUTION -> "%s by decision on a difference".formatted(transfer.amount());
      case CORRECTION -> "%s corrected by a person".formatted(transfer.amount());
    };
  }

  private static String inBrackets(@Nullable String text) {
    return text == null ? "" : " (" + text + ")";
  }
}
