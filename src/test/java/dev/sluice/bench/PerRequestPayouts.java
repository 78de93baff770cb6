package dev.sluice.bench;

import dev.sluice.beneficiary.Beneficiaries;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.PayoutInstruction;
import dev.sluice.money.Ids;
import dev.sluice.money.Money;
import dev.sluice.vault.Vault;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * The baseline: paying out as a good engineer would write it, one order at a time. A worker claims
 * an order and writes the attempt in one transaction, calls the bank, and writes down the reply in
 * another; each callback is a transaction, too. Single-row statements, prepared by the driver; the
 * same rows as the product writes.
 */
final class PerRequestPayouts {
  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;
  private final Turns turns;
  private final Beneficiaries beneficiaries;
  private final long clearing;
  private final Vault vault;
  private final Clock clock;
  private final Ids ids;
  private final JsonMapper json;

  PerRequestPayouts(
      JdbcTemplate jdbc,
      TransactionTemplate transactions,
      Turns turns,
      Beneficiaries beneficiaries,
      long clearing,
      Vault vault,
      Clock clock,
      Ids ids,
      JsonMapper json) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.turns = turns;
    this.beneficiaries = beneficiaries;
    this.clearing = clearing;
    this.vault = vault;
    this.clock = clock;
    this.ids = ids;
    this.json = json;
  }

  /** A written attempt, to be sent. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Attempt(UUID id, UUID order, byte[] request) {}

  private record Order(
      UUID id,
      String userId,
      long accountId,
      UUID beneficiaryId,
      String masked,
      long amount,
      String status,
      int version,
      @Nullable String note,
      OffsetDateTime createdAt) {}

  private static final String ORDER =
      """
      select w.id, w.user_id, w.account_id, w.beneficiary_id, b.masked, w.amount, w.status, w.version,
             w.note, w.created_at
        from withdrawal w join beneficiary b on b.id = w.beneficiary_id
       where w.id = ? for update of w
      """;

  private <T> @Nullable T inTurn(Supplier<@Nullable T> work) {
    return turns.take(() -> transactions.execute(status -> work.get()));
  }

  private Order lock(UUID id) {
    return jdbc.query(
            ORDER,
            (row, n) ->
                new Order(
                    row.getObject(1, UUID.class),
                    row.getString(2),
                    row.getLong(3),
                    row.getObject(4, UUID.class),
                    row.getString(5),
                    row.getLong(6),
                    row.getString(7),
                    row.getInt(8),
                    row.getString(9),
                    row.getObject(10, OffsetDateTime.class)),
            id)
        .getFirst();
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }

  /** Claims one due order and writes its attempt; null if none is due. */
  @Nullable Attempt claim(Channel channel) {
    return inTurn(
        () -> {
          List<UUID> due =
              jdbc.queryForList(
                  """
                  delete from payout_due where (due_at, id) = (
                      select due_at, id from payout_due where due_at <= ? order by due_at, id limit 1
                         for update skip locked)
                  returning orders[1]
                  """,
                  UUID.class,
                  now());
          if (due.isEmpty()) {
            return null;
          }
          Order order = lock(due.getFirst());
          UUID id = ids.next();
          byte[] request = channel.prepare(instruction(id, order));
          jdbc.update(
              """
              insert into payout_attempt (id, withdrawal_id, number, channel, request, state, sent_at,
                     due_at, created_at, updated_at)
              values (?, ?, 1, ?, ?, 'SENT', ?, ?, ?, ?)
              """,
              id,
              order.id,
              channel.name(),
              vault.seal(request, "attempt"),
              now(),
              now().plusSeconds(12),
              now(),
              now());
          move(order, "PROCESSING", "system");
          return new Attempt(id, order.id, request);
        });
  }

  private PayoutInstruction instruction(UUID attempt, Order order) {
    Beneficiaries.Revealed to =
        beneficiaries.reveal(List.of(order.beneficiaryId)).get(order.beneficiaryId);
    if (to == null) {
      throw new IllegalStateException("the order's beneficiary is not there");
    }
    return new PayoutInstruction(
        Ids.requestNumber(attempt),
        Money.ofMinor(order.amount, "CNY"),
        "CARD",
        to.number().number(),
        null,
        null,
        order.note,
        clock.instant());
  }

  private void move(Order order, String to, String actor) {
    int moved =
        jdbc.update(
            """
            update withdrawal set status = ?, version = version + 1, updated_at = ?, due_at = null
             where id = ? and version = ? and status = ?
            """,
            to,
            now(),
            order.id,
            order.version,
            order.status);
    if (moved != 1) {
      throw new IllegalStateException("the order has moved meanwhile");
    }
    jdbc.update(
        """
        insert into withdrawal_history (withdrawal_id, version, from_status, to_status, actor, at)
        values (?, ?, ?, ?, ?, ?)
        """,
        order.id,
        order.version + 1,
        order.status,
        to,
        actor,
        now());
  }

  /** Writes down what the bank answered to the instruction. */
  void reply(Channel channel, Attempt attempt, Outcome outcome) {
    if (outcome instanceof Outcome.Paid) {
      return; // asked again, and paid by now: the callback is on its way
    }
    if (!(outcome instanceof Outcome.Accepted accepted)) {
      throw new IllegalStateException("this bank takes every order, but said " + outcome);
    }
    inTurn(
        () -> {
          String state =
              jdbc.queryForObject(
                  "select state from payout_attempt where id = ? for update",
                  String.class,
                  attempt.id);
          if ("SENT".equals(state)) {
            message(channel.name(), "REPLY", attempt, "ACCEPTED", null, accepted.reference(), null);
            jdbc.update(
                """
                update payout_attempt set state = 'ACCEPTED', code = 'ACCEPTED', due_at = ?,
                       channel_reference = ?, updated_at = ? where id = ?
                """,
                now().plusSeconds(2),
                accepted.reference(),
                now(),
                attempt.id);
          }
          return null;
        });
  }

  private int message(
      String channel,
      String source,
      Attempt attempt,
      String kind,
      @Nullable Long amount,
      @Nullable String reference,
      byte @Nullable [] raw) {
    UUID dedup =
        raw == null
            ? null
            : vault.fingerprint("callback", channel, vault.fingerprint(raw).toString());
    return jdbc.update(
        """
        insert into channel_message (id, channel, source, attempt_id, withdrawal_id, kind, code,
               amount, currency, channel_reference, dedup, raw, received_at, effect, applied_at)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        on conflict (dedup) do nothing
        """,
        ids.next(),
        channel,
        source,
        attempt.id,
        attempt.order,
        kind,
        kind,
        amount,
        amount == null ? null : "CNY",
        reference,
        dedup,
        raw == null ? null : vault.seal(raw, "callback"),
        now(),
        kind.equals("PAID") ? "SETTLED" : kind,
        now());
  }

  /** Takes a verified callback, once. */
  void paid(Channel channel, UUID attemptId, ChannelEvent event, byte[] raw) {
    if (!(event instanceof ChannelEvent.Reported(Outcome.Paid paid))) {
      throw new IllegalStateException("this bank pays every order, but said " + event);
    }
    inTurn(
        () -> {
          UUID orderId =
              jdbc.queryForObject(
                  "select withdrawal_id from payout_attempt where id = ?", UUID.class, attemptId);
          Attempt attempt = new Attempt(attemptId, orderId, raw);
          Order order = lock(orderId);
          Money amount = Money.ofMinor(order.amount, "CNY");
          if (!amount.equals(paid.amount()) || !order.masked.equals(paid.beneficiary())) {
            throw new IllegalStateException("the bank paid something else");
          }
          if (message(
                  channel.name(), "CALLBACK", attempt, "PAID", order.amount, paid.reference(), raw)
              == 0) {
            return null; // the same callback again
          }
          jdbc.update(
              """
              update payout_attempt set state = 'PAID', code = 'PAID', due_at = null, updated_at = ?,
                     channel_reference = ? where id = ?
              """,
              now(),
              paid.reference(),
              attemptId);
          post(order);
          move(order, "SUCCESS", "channel:" + channel.name());
          notice(order);
          return null;
        });
  }

  private void post(Order order) {
    jdbc.update(
        """
        insert into transfer (cause, step, kind, debit_account, credit_account, amount, currency, at)
        values (?, 2, 'POST', ?, ?, ?, 'CNY', ?)
        """,
        order.id,
        order.accountId,
        clearing,
        order.amount,
        now());
    jdbc.update("update account set held = held - ? where id = ?", order.amount, order.accountId);
  }

  private void notice(Order order) {
    UUID id = ids.next();
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("id", order.id.toString());
    data.put("userId", order.userId);
    data.put("amount", Money.ofMinor(order.amount, "CNY").decimal());
    data.put("fee", "0.00");
    data.put("currency", "CNY");
    data.put("bankAccount", order.masked);
    data.put("beneficiaryId", order.beneficiaryId.toString());
    data.put("status", "SUCCESS");
    data.put("note", order.note);
    data.put("createdAt", order.createdAt.toInstant());
    data.put("updatedAt", clock.instant());
    Map<String, Object> envelope = new LinkedHashMap<>();
    envelope.put("type", "withdrawal.succeeded");
    envelope.put("timestamp", clock.instant());
    envelope.put("data", data);
    jdbc.update(
        """
        insert into notification (id, type, withdrawal_id, version, body, created_at)
        values (?, 'withdrawal.succeeded', ?, ?, ?, ?)
        """,
        id,
        order.id,
        order.version + 1,
        json.writeValueAsString(envelope),
        now());
    jdbc.update(
        """
        insert into notification_delivery
               (endpoint_id, notification_id, state, due_at, created_at, updated_at)
        select id, ?, 'PENDING', ?, ?, ? from webhook_endpoint where deleted_at is null
        """,
        id,
        now(),
        now(),
        now());
  }
}
