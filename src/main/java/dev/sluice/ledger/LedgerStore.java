package dev.sluice.ledger;

import dev.sluice.database.Clauses;
import dev.sluice.database.Columns;
import dev.sluice.database.RoundTrip;
import dev.sluice.money.Money;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.springframework.dao.support.DataAccessUtils;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/** The ledger's tables. */
final class LedgerStore {
  private static final String ACCOUNT =
      """
      select id, owner, currency, status, available, held, registrations, created_at from account\s
      """;
  private static final String COVERED =
      """
      changed as (
          update account a
             set available = a.available - c.total, held = a.held + c.total, room = null
            from unnest(?, ?, ?) as c (id, total, registrations)
           where a.id = c.id and a.kind = 'USER' and a.status = 'ACTIVE'
             and a.available >= c.total
             and (c.registrations is null or a.registrations = c.registrations)
          returning 1),
      covered as materialized (select all_covered(count(*), ?) as all_are from changed)
      """;

  /** The most that the table allows. */
  private static final int HOLDS_PER_ROW = 32;

  private static final String HOLDS =
      """
      holds as (
          insert into hold (at, causes, accounts, amounts)
          select ?, h.causes[f : f + %1$d - 1], h.accounts[f : f + %1$d - 1], h.amounts[f : f + %1$d - 1]
            from (select ?::uuid[] as causes, ?::bigint[] as accounts, ?::bigint[] as amounts) h
           cross join generate_series(1, cardinality(h.causes), %1$d) f
           cross join covered c where c.all_are)
      """
          .formatted(HOLDS_PER_ROW);
  private static final RowMapper<Account> ACCOUNT_ROW = (row, n) -> account(row);
  private static final RowMapper<Transfer> TRANSFER_ROW =
      (row, n) ->
          new Transfer(
              row.getObject("cause", UUID.class),
              row.getInt("step"),
              Transfer.Kind.valueOf(row.getString("kind")),
              row.getLong("debit_account"),
              row.getLong("credit_account"),
              Money.ofMinor(row.getLong("amount"), row.getString("currency")),
              row.getTimestamp("at").toInstant());

  private final JdbcTemplate jdbc;

  LedgerStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  boolean insert(String kind, String owner, String currency, Instant at) {
    return jdbc.update(
            """
            insert into account (kind, owner, currency, created_at) values (?, ?, ?, ?)
            on conflict (owner, currency, kind) do nothing
            """,
            kind,
            owner,
            currency,
            at.atOffset(ZoneOffset.UTC))
        == 1;
  }

  Optional<Account> byOwner(String owner, String currency) {
    return first(
        jdbc.query(
            ACCOUNT + "where owner = ? and currency = ? and kind = 'USER'",
            ACCOUNT_ROW,
            owner,
            currency));
  }

  List<Account> byOwner(String owner) {
    return jdbc.query(
        ACCOUNT + "where owner = ? and kind = 'USER' order by id", ACCOUNT_ROW, owner);
  }

  Optional<Account> byId(long id) {
    return first(jdbc.query(ACCOUNT + "where id = ? and kind = 'USER'", ACCOUNT_ROW, id));
  }

  Optional<Long> systemAccount(String kind, String owner, String currency) {
    return first(
        jdbc.queryForList(
            "select id from account where kind = ? and owner = ? and currency = ?",
            Long.class,
            kind,
            owner,
            currency));
  }

  RoundTrip trip() {
    return new RoundTrip(jdbc);
  }

  /** All accounts of these owners: registering a beneficiary locks all of its user's. */
  Supplier<List<Account>> lockByOwner(RoundTrip trip, Collection<String> owners) {
    return trip.query(
        ACCOUNT + "where owner = any (?) and kind = 'USER' order by id for update",
        (ps, first) -> Columns.of(ps, owners, first).text(owner -> owner),
        ACCOUNT_ROW);
  }

  Supplier<List<Account>> readByKey(RoundTrip trip, Collection<Ledger.Key> keys) {
    return trip.query(
        """
        select a.id, a.owner, a.currency, a.status, a.available, a.held, a.registrations,
               a.created_at
          from account a
          join unnest(?, ?) as k (owner, currency) on a.owner = k.owner and a.currency = k.currency
         where a.kind = 'USER'
        """,
        (ps, first) ->
            Columns.of(ps, keys, first).text(Ledger.Key::userId).text(Ledger.Key::currency),
        ACCOUNT_ROW);
  }

  List<Account> lock(Collection<Long> ids) {
    return jdbc.query(
        ACCOUNT + "where id = any (?) and kind = 'USER' order by id for update",
        ps -> Columns.of(ps, ids).bigint(id -> id),
        ACCOUNT_ROW);
  }

  Optional<Long> creditedBefore(long accountId, String reference) {
    return first(
        jdbc.queryForList(
            "select amount from credit where account_id = ? and reference = ?",
            Long.class,
            accountId,
            reference));
  }

  void insertCredit(UUID id, long accountId, String reference, long amount, Instant at) {
    jdbc.update(
        """
        insert into credit (id, account_id, reference, amount, created_at) values (?, ?, ?, ?, ?)
        """,
        id,
        accountId,
        reference,
        amount,
        at.atOffset(ZoneOffset.UTC));
  }

  void insertTransfers(RoundTrip trip, List<Transfer> transfers) {
    // Nearly always one instant; a time in each row would be read from text, row by row.
    transfers.stream()
        .collect(Collectors.groupingBy(Transfer::at))
        .forEach((at, rows) -> insertTransfers(trip, rows, at));
  }

  private static void insertTransfers(RoundTrip trip, List<Transfer> transfers, Instant at) {
    trip.update(
        """
        insert into transfer (cause, step, kind, debit_account, credit_account, amount, currency, at)
        select t.*, ? from unnest(?, ?, ?, ?, ?, ?, ?) as t (cause, step, kind, debit, credit, amount, currency)
         where (select a.id from account a where a.id = t.debit) is not null
           and (select a.id from account a where a.id = t.credit) is not null
        """,
        (ps, first) ->
            Columns.of(ps, transfers, first)
                .same(at)
                .uuid(Transfer::cause)
                .integer(Transfer::step)
                .text(t -> t.kind().name())
                .bigint(Transfer::debit)
                .bigint(Transfer::credit)
                .bigint(t -> t.amount().minor())
                .text(t -> t.amount().currency().getCurrencyCode()),
        written -> {
          if (written != transfers.size()) {
            throw new IllegalStateException(
                (transfers.size() - written) + " transfers are of accounts that are not there");
          }
        });
  }

  void changeBalances(RoundTrip trip, Collection<BalanceChange> changes) {
    if (changes.isEmpty()) {
      return;
    }
    trip.update(
        """
        update account a
           set available = a.available + c.available, held = a.held + c.held, room = null
          from unnest(?, ?, ?) as c (id, available, held)
         where a.id = c.id and a.kind = 'USER'
        """,
        (ps, first) ->
            Columns.of(ps, changes, first)
                .bigint(BalanceChange::accountId)
                .bigint(BalanceChange::available)
                .bigint(BalanceChange::held),
        changed -> {
          if (changed != changes.size()) {
            throw new IllegalStateException(
                (changes.size() - changed) + " user accounts are not there");
          }
        });
  }

  /** See {@link Ledger#holds}. */
  static Holds holds(List<Held> held, List<Hold> holds, Instant at) {
    Clauses covered =
        new Clauses(
            COVERED,
            4,
            (ps, first) ->
                Columns.of(ps, held, first)
                    .bigint(Held::accountId)
                    .bigint(Held::total)
                    .bigint(Held::registrations)
                    .same(held.size()));
    Clauses written =
        new Clauses(
            HOLDS,
            4,
            (ps, first) ->
                Columns.of(ps, holds, first)
                    .same(at)
                    .uuid(Hold::cause)
                    .bigint(Hold::accountId)
                    .bigint(Hold::amount));
    return new Holds(covered, written);
  }

  List<Transfer> transfers(UUID cause) {
    return jdbc.query(
        """
        select cause, step, kind, debit_account, credit_account, amount, currency, at
          from transfer where cause = ? and kind <> 'HOLD' order by step
        """,
        TRANSFER_ROW,
        cause);
  }

  Optional<Transfer> hold(UUID cause, Instant at) {
    OffsetDateTime accepted = at.atOffset(ZoneOffset.UTC);
    return first(
        jdbc.query(
            """
            select cause, step, kind, debit_account, credit_account, amount, currency, at from journal
             where cause = ? and kind = 'HOLD' and at = ?
            """,
            TRANSFER_ROW,
            cause,
            accepted));
  }

  private static Account account(ResultSet row) throws SQLException {
    String currency = row.getString("currency");
    return new Account(
        row.getLong("id"),
        row.getString("owner"),
        Account.Status.valueOf(row.getString("status")),
        Money.ofMinor(row.getLong("available"), currency),
        Money.ofMinor(row.getLong("held"), currency),
        row.getLong("registrations"),
        row.getTimestamp("created_at").toInstant());
  }

  private static <T> Optional<T> first(List<T> rows) {
    return Optional.ofNullable(DataAccessUtils.singleResult(rows));
  }
}
