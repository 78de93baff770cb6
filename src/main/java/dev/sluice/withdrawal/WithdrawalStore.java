package dev.sluice.withdrawal;

import dev.sluice.beneficiary.AccountNumber;
import dev.sluice.beneficiary.Beneficiaries;
import dev.sluice.database.Columns;
import dev.sluice.money.Money;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** The tables of withdrawals and their history. */
final class WithdrawalStore {
  /** What {@link #own} reads, of withdrawal w. */
  static final String OWN_COLUMNS =
      """
      w.id, w.user_id, w.account_id, w.beneficiary_id, w.amount, w.fee, w.currency, w.status,
      w.version, w.reason, w.note, w.created_at, w.updated_at\s
      """;

  /** What {@link #withdrawal} reads, of withdrawal w and beneficiary b. */
  static final String COLUMNS = OWN_COLUMNS + ", b.kind as beneficiary_kind, b.masked\n";

  /** Orders with what is told of their beneficiaries. */
  static final String SELECT =
      "select " + COLUMNS + "from withdrawal w join beneficiary b on b.id = w.beneficiary_id\n";

  private final JdbcTemplate jdbc;

  WithdrawalStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  List<Withdrawal> byId(UUID id) {
    return jdbc.query(SELECT + "where w.id = ?", (row, n) -> withdrawal(row), id);
  }

  List<Withdrawal> lock(Collection<UUID> ids) {
    return jdbc.query(
        SELECT + "where w.id = any (?) order by w.id for update of w",
        ps -> Columns.of(ps, ids).uuid(id -> id),
        (row, n) -> withdrawal(row));
  }

  /** Says why orders wait, without a move. */
  void setReason(Collection<UUID> ids, @Nullable String reason) {
    jdbc.update(
        "update withdrawal set reason = ? where id = any (?) and reason is distinct from ?",
        ps -> {
          ps.setString(1, reason);
          ps.setArray(2, ps.getConnection().createArrayOf("uuid", ids.toArray()));
          ps.setString(3, reason);
        });
  }

  /**
   * Moves orders by their version and returns how many were where they were expected. What has
   * moved isn't due any more.
   */
  int move(List<Move> moves, Instant at) {
    return jdbc.update(
        """
        with m as (
            select * from unnest(?, ?, ?, ?, ?, ?)
                as m (id, version, from_status, to_status, reason, actor)),
        history as (
            insert into withdrawal_history
                   (withdrawal_id, version, from_status, to_status, reason, actor, at)
            select id, version + 1, from_status, to_status, reason, actor, ? from m)
        update withdrawal w
           set status = m.to_status, version = w.version + 1, reason = m.reason, updated_at = ?,
               due_at = null
          from m
         where w.id = m.id and w.version = m.version and w.status = m.from_status
        """,
        ps ->
            Columns.of(ps, moves)
                .uuid(m -> m.order().id())
                .integer(m -> m.order().version())
                .text(m -> m.order().status().name())
                .text(m -> m.to().name())
                .text(Move::reason)
                .text(Move::actor)
                .same(at)
                .same(at));
  }

  /** An order's first step, and every further one that isn't archived. */
  List<HistoryEntry> history(UUID id) {
    return jdbc.query(
        """
        select version, from_status, to_status, reason, actor, at
          from withdrawal_step where withdrawal_id = ? order by version
        """,
        (row, n) -> {
          String from = row.getString("from_status");
          return new HistoryEntry(
              id,
              row.getInt("version"),
              from == null ? null : WithdrawalState.valueOf(from),
              WithdrawalState.valueOf(row.getString("to_status")),
              row.getString("reason"),
              row.getString("actor"),
              row.getTimestamp("at").toInstant());
        },
        id);
  }

  /** A row of withdrawal alone, which is an order as soon as its beneficiary is known. */
  record Own(UUID beneficiaryId, Function<Beneficiaries.Shown, Withdrawal> to) {}

  static Withdrawal withdrawal(ResultSet row) throws SQLException {
    return own(row)
        .to()
        .apply(
            new Beneficiaries.Shown(
                AccountNumber.Kind.valueOf(row.getString("beneficiary_kind")),
                row.getString("masked")));
  }

  static Own own(ResultSet row) throws SQLException {
    String currency = row.getString("currency");
    UUID id = row.getObject("id", UUID.class);
    String userId = row.getString("user_id");
    long accountId = row.getLong("account_id");
    UUID beneficiaryId = row.getObject("beneficiary_id", UUID.class);
    Money amount = Money.ofMinor(row.getLong("amount"), currency);
    Money fee = Money.ofMinor(row.getLong("fee"), currency);
    WithdrawalState status = WithdrawalState.valueOf(row.getString("status"));
    int version = row.getInt("version");
    @Nullable String reason = row.getString("reason");
    @Nullable String note = row.getString("note");
    Instant createdAt = row.getTimestamp("created_at").toInstant();
    Instant updatedAt = row.getTimestamp("updated_at").toInstant();
    return new Own(
        beneficiaryId,
        to ->
            new Withdrawal(
                id,
                userId,
                accountId,
                beneficiaryId,
                to.kind(),
                to.masked(),
                amount,
                fee,
                status,
                version,
                reason,
                note,
                createdAt,
                updatedAt));
  }
}
