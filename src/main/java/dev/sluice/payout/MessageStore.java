package dev.sluice.payout;

import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.Outcome;
import dev.sluice.database.Columns;
import dev.sluice.money.Money;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** The inbox's table. */
final class MessageStore {
  private final JdbcTemplate jdbc;

  MessageStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** A message with what it did; not applied yet if {@code effect} is null. */
  record Applied(
      ChannelMessage message, @Nullable UUID withdrawalId, @Nullable String effect, int tries) {}

  /** Those of these dedup hashes that were taken already, however long ago. */
  Set<UUID> taken(Collection<UUID> dedups) {
    if (dedups.isEmpty()) {
      return Set.of();
    }
    return new HashSet<>(
        jdbc.query(
            """
            select dedup from channel_message where dedup = any (?)
            union all
            select dedup from archived_message where dedup = any (?)
            """,
            ps -> Columns.of(ps, dedups).uuid(d -> d).uuid(d -> d),
            (row, n) -> row.getObject(1, UUID.class)));
  }

  void insert(List<Applied> messages, Instant at) {
    jdbc.update(
        """
        insert into channel_message (id, channel, source, attempt_id, withdrawal_id, kind, code,
               amount, currency, beneficiary, channel_reference, dedup, raw, received_at, effect,
               tries, applied_at)
        select m.*, case when m.effect is null then null else ?::timestamptz end
          from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
               as m (id, channel, source, attempt_id, withdrawal_id, kind, code, amount, currency,
                     beneficiary, channel_reference, dedup, raw, received_at, effect, tries)
        """,
        ps ->
            Columns.of(ps, messages)
                .same(at)
                .uuid(m -> m.message().id())
                .text(m -> m.message().channel())
                .text(m -> m.message().source().name())
                .uuid(m -> m.message().attemptId())
                .uuid(Applied::withdrawalId)
                .text(m -> kind(m.message().event()))
                .text(m -> m.message().code())
                .bigint(m -> amount(m.message().event()) instanceof Money a ? a.minor() : null)
                .text(
                    m ->
                        amount(m.message().event()) instanceof Money a
                            ? a.currency().getCurrencyCode()
                            : null)
                .text(m -> beneficiary(m.message().event()))
                .text(m -> reference(m.message().event()))
                .uuid(m -> m.message().dedup())
                .bytes(m -> m.message().raw())
                .time(m -> m.message().receivedAt())
                .text(Applied::effect)
                .integer(Applied::tries));
  }

  /** Messages that are kept but not applied, oldest first. */
  List<UUID> unapplied(Instant before, int limit) {
    return jdbc.query(
        """
        select id from channel_message where applied_at is null and received_at < ?
         order by received_at limit ?
        """,
        (row, n) -> row.getObject(1, UUID.class),
        before.atOffset(ZoneOffset.UTC),
        limit);
  }

  /** Locks a message that isn't applied; empty if it is by now, or if another works on it. */
  Optional<Applied> lockUnapplied(UUID id) {
    return jdbc
        .query(
            "select * from channel_message where id = ? and applied_at is null"
                + " for update skip locked",
            (row, n) ->
                new Applied(
                    message(row),
                    row.getObject("withdrawal_id", UUID.class),
                    null,
                    row.getInt("tries")),
            id)
        .stream()
        .findFirst();
  }

  void applied(UUID id, String effect, Instant at) {
    jdbc.update(
        "update channel_message set applied_at = ?, effect = ?, tries = tries + 1 where id = ?",
        at.atOffset(ZoneOffset.UTC),
        effect,
        id);
  }

  void triedAgain(UUID id) {
    jdbc.update(
        "update channel_message set tries = tries + 1 where id = ? and applied_at is null", id);
  }

  /** A message as the timeline shows it. */
  record Shown(
      Instant at,
      String channel,
      String source,
      String kind,
      @Nullable String code,
      @Nullable String effect) {}

  List<Shown> ofWithdrawal(UUID withdrawalId, int limit) {
    return jdbc.query(
        """
        select received_at, channel, source, kind, code, effect from channel_message
         where withdrawal_id = ? order by id limit ?
        """,
        (row, n) ->
            new Shown(
                row.getTimestamp("received_at").toInstant(),
                row.getString("channel"),
                row.getString("source"),
                row.getString("kind"),
                row.getString("code"),
                row.getString("effect")),
        withdrawalId,
        limit);
  }

  static String kind(ChannelEvent event) {
    return switch (event) {
      case ChannelEvent.Returned ignored -> "RETURNED";
      case ChannelEvent.Reported(Outcome outcome) ->
          switch (outcome) {
            case Outcome.Accepted ignored -> "ACCEPTED";
            case Outcome.Paid ignored -> "PAID";
            case Outcome.Refused ignored -> "REFUSED";
            case Outcome.Unknown ignored -> "UNKNOWN";
          };
    };
  }

  private static @Nullable Money amount(ChannelEvent event) {
    return switch (event) {
      case ChannelEvent.Returned(Money amount, String ignored) -> amount;
      case ChannelEvent.Reported(Outcome.Paid paid) -> paid.amount();
      case ChannelEvent.Reported ignored -> null;
    };
  }

  private static @Nullable String beneficiary(ChannelEvent event) {
    return event instanceof ChannelEvent.Reported(Outcome.Paid paid) ? paid.beneficiary() : null;
  }

  private static @Nullable String reference(ChannelEvent event) {
    return switch (event) {
      case ChannelEvent.Returned(Money ignored, String reference) -> reference;
      case ChannelEvent.Reported(Outcome.Paid paid) -> paid.reference();
      case ChannelEvent.Reported(Outcome.Accepted accepted) -> accepted.reference();
      case ChannelEvent.Reported ignored -> null;
    };
  }

  private static ChannelMessage message(ResultSet row) throws SQLException {
    Instant received = row.getTimestamp("received_at").toInstant();
    String currency = row.getString("currency");
    Money amount = currency == null ? null : Money.ofMinor(row.getLong("amount"), currency);
    String code = row.getString("code");
    return new ChannelMessage(
        row.getObject("id", UUID.class),
        row.getString("channel"),
        ChannelMessage.Source.valueOf(row.getString("source")),
        row.getObject("attempt_id", UUID.class),
        row.getObject("withdrawal_id", UUID.class),
        event(
            row.getString("kind"),
            amount,
            row.getString("beneficiary"),
            row.getString("channel_reference"),
            code),
        code,
        row.getObject("dedup", UUID.class),
        row.getBytes("raw"),
        received,
        received);
  }

  private static ChannelEvent event(
      String kind,
      @Nullable Money amount,
      @Nullable String beneficiary,
      @Nullable String reference,
      String code) {
    return switch (kind) {
      case "RETURNED" -> {
        if (amount == null || reference == null) {
          throw new IllegalStateException("a return has an amount and a reference");
        }
        yield new ChannelEvent.Returned(amount, reference);
      }
      case "PAID" -> new ChannelEvent.Reported(new Outcome.Paid(amount, beneficiary, reference));
      case "ACCEPTED" -> new ChannelEvent.Reported(new Outcome.Accepted(reference));
      // Whether the beneficiary was at fault isn't kept: another channel may then be tried.
      case "REFUSED" -> new ChannelEvent.Reported(new Outcome.Refused(code, code, false));
      default -> new ChannelEvent.Reported(new Outcome.Unknown(Outcome.Why.UNLISTED_CODE, code));
    };
  }
}
