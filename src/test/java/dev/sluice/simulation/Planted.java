package dev.sluice.simulation;

import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Mistakes that payout systems make, each planted into the engine from outside. A simulation that
 * doesn't catch one of them is worth nothing.
 */
enum Planted {
  FAIL_OVER_ON_TIMEOUT(
      "a timeout counts as refused, so the backup pays, too",
      "paid twice|is FAILED, and a bank has paid it",
      () -> onChannels(line -> misreading(line, Planted::timeoutIsRefusal))),

  BOTH_CHANNELS_IN_PARALLEL(
      "an order goes to two channels at once",
      "paid twice|was sent to .* twice, which pays each time",
      ParallelChannels::new),

  RELEASE_ON_UNKNOWN(
      "an unknown outcome counts as failed, so the hold is released",
      "is FAILED, and a bank has paid it",
      () -> onChannels(line -> misreading(line, Planted::unknownIsRefusal))),

  SETTLE_TWICE(
      "a duplicate callback settles again",
      "what is held is what orders under way have agreed|a hold ends once"
          + "|a final attempt its state",
      () ->
          new Forgetful(
              "PAID",
              Map.of("SUCCESS", "PROCESSING"),
              Map.of("PAID", "UNKNOWN"),
              List.of(
                  "alter table transfer drop constraint transfer_pkey",
                  "alter table channel_message drop constraint channel_message_pkey"))),

  REFUND_TWICE(
      "a return that is told twice refunds twice",
      "a returned payout is refunded once",
      () ->
          new Forgetful(
              "RETURNED",
              Map.of("REFUNDED", "SUCCESS"),
              Map.of(),
              List.of("alter table transfer drop constraint transfer_pkey"))),

  LOSE_BETWEEN_COMMIT_AND_QUEUE(
      "the order is put into the queue after its commit",
      "the queue finds what is due",
      QueueAfterCommit::new),

  ACCEPT_KEY_AGAIN_AFTER_EXPIRY(
      "a key is forgotten after five minutes",
      "accepted twice under one key|a key is one order|paid twice",
      ForgottenKeys::new),

  OVERWRITE_FINAL_STATE(
      "a callback that contradicts overwrites a final state",
      "is FAILED, and a bank has paid it|a hold ends once|what is held is"
          + "|is SUCCESS, and no bank has paid it|SUCCESS means posted and paid",
      () ->
          new Forgetful(
              "REFUSED",
              Map.of("SUCCESS", "PROCESSING"),
              Map.of("PAID", "UNKNOWN"),
              List.of(
                  "alter table transfer drop constraint transfer_pkey",
                  "drop trigger attempt_moves on payout_attempt"))),

  NO_BALANCE_CHECK_IN_BATCH(
      "requests of one batch are each checked against nothing",
      "no user balance is negative",
      UncheckedBatches::new),

  APPLY_ANY_AMOUNT(
      "a callback's amount isn't compared",
      "is SUCCESS, and no bank has paid it",
      () ->
          onChannels(
              line ->
                  new DelegatingChannel(line) {
                    @Override
                    ChannelEvent misread(ChannelEvent event) {
                      return event instanceof ChannelEvent.Reported(Outcome.Paid paid)
                          ? new ChannelEvent.Reported(
                              new Outcome.Paid(null, paid.beneficiary(), paid.reference()))
                          : event;
                    }
                  })),

  MOVE_MATCHED_AGAIN(
      "what was moved for a statement is moved again when it is looked at again",
      "nothing is open at .*, and clearing has",
      ForgottenMoves::new);

  final String words;

  /** By which violation it shows: a regular expression. */
  final String sign;

  private final Supplier<Mistake> plant;

  Planted(String words, String sign, Supplier<Mistake> plant) {
    this.words = words;
    this.sign = sign;
    this.plant = plant;
  }

  /** The mistake, for one database. */
  Mistake mistake() {
    return plant.get();
  }

  private static Mistake onChannels(Function<Channel, Channel> misreading) {
    return new Mistake() {
      @Override
      List<Channel> channels(List<Channel> lines) {
        return lines.stream().map(misreading).toList();
      }
    };
  }

  private static Channel misreading(Channel line, Function<Outcome, Outcome> how) {
    return new DelegatingChannel(line) {
      @Override
      Outcome misread(Outcome outcome) {
        return how.apply(outcome);
      }
    };
  }

  private static Outcome timeoutIsRefusal(Outcome outcome) {
    return outcome instanceof Outcome.Unknown(Outcome.Why why, String code)
            && why == Outcome.Why.TIMEOUT
        ? new Outcome.Refused(code, "no answer in time", false)
        : outcome;
  }

  private static Outcome unknownIsRefusal(Outcome outcome) {
    return outcome instanceof Outcome.Unknown(Outcome.Why ignored, String code)
        ? new Outcome.Refused(code, "no success", true)
        : outcome;
  }

  /** The first channel's orders go to the second one, too, for whoever is sooner. */
  private static final class ParallelChannels extends Mistake {
    @Override
    List<Channel> channels(List<Channel> lines) {
      List<Channel> channels = new ArrayList<>(lines);
      channels.set(
          0,
          new DelegatingChannel(lines.getFirst()) {
            @Override
            public Outcome instruct(String requestNumber, byte[] request) {
              Outcome first = line.instruct(requestNumber, request);
              Outcome second = lines.get(1).instruct(requestNumber, request);
              return first instanceof Outcome.Paid ? first : second;
            }
          });
      return channels;
    }
  }

  /**
   * Remembers states as they were before a message of a kind came, and doesn't look for duplicates
   * of it: what comes of reading without a lock and writing without a condition.
   */
  private static final class Forgetful extends Mistake {
    private final String callback;
    private final Map<String, String> orders;
    private final Map<String, String> attempts;
    private final List<String> further;

    Forgetful(
        String callback,
        Map<String, String> orders,
        Map<String, String> attempts,
        List<String> further) {
      this.callback = callback;
      this.orders = orders;
      this.attempts = attempts;
      this.further = further;
    }

    @Override
    List<String> removedDefences() {
      List<String> all = new ArrayList<>(further);
      all.add("alter table channel_message drop constraint a_message_is_taken_once");
      all.add("drop trigger withdrawal_moves on withdrawal");
      all.add("alter domain account_balance drop constraint user_balances_are_never_negative");
      all.add(
          """
          create view remembered_withdrawal as
              select id, user_id, account_id, beneficiary_id, amount, fee, currency, %s as status,
                     version, reason, note, key_hash, request_hash, created_at, updated_at
                from withdrawal
          """
              .formatted(remembered("status", orders)));
      all.add(
          """
          create view remembered_attempt as
              select id, withdrawal_id, number, channel, request, %s as state, code,
                     channel_reference, sends, queries, sent_at, due_at, created_at, updated_at
                from payout_attempt
          """
              .formatted(remembered("state", attempts)));
      return all;
    }

    private static String remembered(String column, Map<String, String> states) {
      StringBuilder sql = new StringBuilder("case " + column);
      states.forEach((now, before) -> sql.append(" when '%s' then '%s'".formatted(now, before)));
      return states.isEmpty() ? column : sql.append(" else " + column + " end").toString();
    }

    @Override
    List<Channel> channels(List<Channel> lines) {
      return lines.stream()
          .<Channel>map(
              line ->
                  new DelegatingChannel(line) {
                    @Override
                    ChannelEvent misread(ChannelEvent event) {
                      return event
                              instanceof ChannelEvent.Reported(Outcome.Refused(var c, var d, var f))
                          ? new ChannelEvent.Reported(new Outcome.Refused(c, d, true))
                          : event;
                    }
                  })
          .toList();
    }

    @Override
    String rewritten(String sql, Situation situation) {
      if (!situation.callback.equals(callback)) {
        return sql;
      }
      return sql.replace("where dedup = any (?)", "where dedup = any (?) and false")
          .replace(
              "from withdrawal w join beneficiary b on b.id = w.beneficiary_id\nwhere w.id = any",
              "from remembered_withdrawal w join beneficiary b on b.id = w.beneficiary_id\n"
                  + "where w.id = any")
          .replace(
              "from payout_attempt where withdrawal_id",
              "from remembered_attempt where withdrawal_id")
          .replace(
              "where w.id = m.id and w.version = m.version and w.status = m.from_status",
              "where w.id = m.id");
    }
  }

  /** Commits the order first and puts it into the queue then. */
  private static final class QueueAfterCommit extends Mistake {
    private @Nullable Instant accepted;

    @Override
    String rewritten(String sql, Situation situation) {
      int queue = Math.max(0, sql.indexOf("insert into payout_due"));
      String without =
          sql.substring(0, queue)
              + sql.substring(queue).replace("cross join covered c where c.all_are", "where false");
      if (!without.equals(sql)) {
        accepted = situation.now.minus(Duration.ofNanos(100_000));
      }
      return without;
    }

    @Override
    void afterCommit(Connection connection) throws SQLException {
      Instant since = accepted;
      accepted = null;
      if (since == null) {
        return;
      }
      try (PreparedStatement statement =
          connection.prepareStatement(
              """
              insert into payout_due (due_at, orders)
              select due_at, array[id] from withdrawal
               where status = 'PENDING' and created_at >= ? and due_at is not null
              """)) {
        statement.setObject(1, since.atOffset(ZoneOffset.UTC));
        statement.executeUpdate();
      }
      if (!connection.getAutoCommit()) {
        connection.commit();
      }
    }
  }

  /** Looks for a key only as far back as its cache would have kept it. */
  private static final class ForgottenKeys extends Mistake {
    @Override
    List<String> removedDefences() {
      return List.of("alter table withdrawal drop constraint one_withdrawal_per_key");
    }

    @Override
    String rewritten(String sql, Situation situation) {
      return sql.replace(
          "where w.key_hash = any (?)",
          "where w.key_hash = any (?) and w.created_at > '%s'"
              .formatted(situation.now.minus(Duration.ofMinutes(5))));
    }
  }

  /** Doesn't look for what it has moved from clearing to bank before. */
  private static final class ForgottenMoves extends Mistake {
    @Override
    String rewritten(String sql, Situation situation) {
      return sql.replace("x.cause = r.id and x.kind = 'MATCH'", "x.cause = r.id and false");
    }
  }

  /** Believes that there is always enough, in a batch. */
  private static final class UncheckedBatches extends Mistake {
    @Override
    List<String> removedDefences() {
      return List.of(
          "alter domain account_balance drop constraint user_balances_are_never_negative");
    }

    @Override
    String rewritten(String sql, Situation situation) {
      // Read without a lock or with one; and the hold doesn't ask again.
      return situation.inBatch
          ? sql.replace("a.status, a.available,", "a.status, 1000000000::bigint as available,")
              .replace(
                  "currency, status, available,",
                  "currency, status, 1000000000::bigint as available,")
              .replace("and a.available >= c.total", "")
          : sql;
    }
  }
}
