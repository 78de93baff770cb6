package dev.sluice.bench;

import dev.sluice.database.BinaryCopy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.postgresql.PGConnection;

/**
 * Orders of the past, each with all the rows that its life left behind: paid, posted, told of. As
 * fast as the database can: copied in binary, two tables at a time, indexes and unique constraints
 * off and on again. A table that is emptied in the same transaction is copied without a log and as
 * rows that everybody sees, so that nothing writes its pages a second time.
 */
final class Past {
  /** The tables that grow with orders. */
  static final List<String> TABLES =
      List.of(
          "channel_message",
          "withdrawal",
          "withdrawal_history",
          "payout_attempt",
          "notification",
          "transfer",
          "notification_delivery",
          "hold");

  private static final int CONNECTIONS = 2;
  private static final int ORDERS_OF_A_HOLD = 32;
  private static final String PACE = "set work_mem = '256MB'; set maintenance_work_mem = '768MB'";

  private final Postgres postgres;
  private final PastOrders orders;
  private final Instant now;

  Past(Postgres postgres, long count) throws SQLException {
    this.postgres = postgres;
    this.orders = new PastOrders(postgres, count);
    this.now = orders.now();
  }

  /** Fills the tables; accounts, cards and an endpoint are there already. */
  void fill() throws Exception {
    List<String> indexes = dropIndexes();
    together(
        List.of(
            this::messages,
            this::withdrawals,
            this::history,
            this::attempts,
            this::notices,
            this::transfers,
            this::deliveries,
            this::holds));
    runAll(indexes);
    run(
        """
        update account a set available = a.available - 100 * w.count, room = null
          from (select account_id, count(*) as count from withdrawal group by 1) w
         where a.id = w.account_id
        """);
    runAll(
        Stream.concat(TABLES.stream(), Stream.of("account"))
            .map(table -> "vacuum (analyze, parallel 0) " + table)
            .toList());
    run("checkpoint");
  }

  private void withdrawals() throws Exception {
    copy(
        "withdrawal",
        "id, user_id, account_id, beneficiary_id, amount, fee, currency, status, version, key_hash,"
            + " request_hash, created_at, updated_at",
        (copy, order) -> {
          PastOrders.User user = orders.user(order);
          copy.row(13).uuid(orders.id(order)).text(user.name()).bigint(user.account());
          copy.uuid(user.card()).bigint(100).bigint(0).text("CNY").text("SUCCESS").integer(3);
          copy.uuid(orders.hash(order)).uuid(orders.hash(order)).time(now).time(now);
        });
  }

  private void history() throws Exception {
    copy(
        "withdrawal_history",
        "withdrawal_id, version, from_status, to_status, actor, at",
        (copy, order) -> {
          UUID id = orders.id(order);
          copy.row(6).uuid(id).integer(2).text("PENDING").text("PROCESSING").text("system");
          copy.time(now);
          copy.row(6).uuid(id).integer(3).text("PROCESSING").text("SUCCESS").text("channel:bank");
          copy.time(now);
        });
  }

  /** One row for each commit of so many. */
  private void holds() throws Exception {
    List<UUID> ids = new ArrayList<>();
    List<Long> accounts = new ArrayList<>();
    List<Long> amounts = new ArrayList<>();
    copy(
        "hold",
        "at, causes, accounts, amounts",
        (copy, order) -> {
          ids.add(orders.id(order));
          accounts.add(orders.user(order).account());
          amounts.add(100L);
          if (ids.size() == ORDERS_OF_A_HOLD || order == orders.count()) {
            copy.row(4).time(now).uuids(ids).bigints(accounts).bigints(amounts);
            ids.clear();
            accounts.clear();
            amounts.clear();
          }
        });
  }

  private void transfers() throws Exception {
    long funding = postgres.count("select id from account where kind = 'FUNDING'");
    copy(
        "transfer",
        "cause, step, kind, debit_account, credit_account, amount, currency, at",
        (copy, order) -> {
          copy.row(8).uuid(orders.id(order)).smallint(2).text("POST");
          copy.bigint(orders.user(order).account()).bigint(funding).bigint(100);
          copy.text("CNY").time(now);
        });
  }

  private void attempts() throws Exception {
    byte[] request = new byte[64];
    copy(
        "payout_attempt",
        "id, withdrawal_id, number, channel, request, state, code, sent_at, created_at, updated_at",
        (copy, order) -> {
          UUID id = orders.id(order);
          copy.row(10).uuid(id).uuid(id).smallint(1).text("bank").bytes(request);
          copy.text("PAID").text("PAID").time(now).time(now).time(now);
        });
  }

  private void messages() throws Exception {
    copy(
        "channel_message",
        "id, channel, source, attempt_id, withdrawal_id, kind, code, dedup, received_at,"
            + " applied_at, effect",
        (copy, order) -> {
          UUID id = orders.id(order);
          copy.row(11).uuid(id).text("bank").text("REPLY").uuid(id).uuid(id);
          copy.text("ACCEPTED").text("ACCEPTED").uuid(null).time(now).time(now).text("SETTLED");
          copy.row(11).uuid(orders.otherId(order)).text("bank").text("CALLBACK").uuid(id).uuid(id);
          copy.text("PAID").text("PAID").uuid(orders.hash(order)).time(now).time(now);
          copy.text("SETTLED");
        });
  }

  private void notices() throws Exception {
    copy(
        "notification",
        "id, type, withdrawal_id, version, body, created_at",
        (copy, order) -> {
          UUID id = orders.id(order);
          copy.row(6).uuid(id).text("withdrawal.succeeded").uuid(id).integer(3).text("{}");
          copy.time(now);
        });
  }

  private void deliveries() throws Exception {
    UUID endpoint = UUID.fromString(postgres.query("select id from webhook_endpoint"));
    copy(
        "notification_delivery",
        "endpoint_id, notification_id, state, tries, last_status, created_at, updated_at",
        (copy, order) -> {
          copy.row(7).uuid(endpoint).uuid(orders.id(order)).text("DELIVERED").integer(1);
          copy.integer(204).time(now).time(now);
        });
  }

  /** Writes the rows of one order, or none. */
  private interface Rows {
    void write(BinaryCopy copy, long order) throws SQLException;
  }

  private void copy(String table, String columns, Rows rows) throws Exception {
    try (Connection c = postgres.connect();
        Statement s = c.createStatement()) {
      c.setAutoCommit(false);
      String how = "format binary";
      // What the wallets were filled with stays.
      if (!table.equals("transfer")) {
        s.execute(
            "set local session_replication_role = replica"); // no table lets itself be emptied
        s.execute("truncate " + table);
        how += ", freeze";
      }
      BinaryCopy copy =
          new BinaryCopy(
              c.unwrap(PGConnection.class)
                  .getCopyAPI()
                  .copyIn("copy %s (%s) from stdin (%s)".formatted(table, columns, how)));
      for (long order = 1; order <= orders.count(); order++) {
        rows.write(copy, order);
      }
      copy.end();
      c.commit();
    }
  }

  /** What makes the indexes again, in an order in which it works. */
  private List<String> dropIndexes() throws SQLException {
    List<String> drops = new ArrayList<>();
    List<String> makes = new ArrayList<>();
    try (Connection c = postgres.connect();
        Statement s = c.createStatement();
        ResultSet row =
            s.executeQuery(
                """
                select i.indrelid::regclass::text, i.indexrelid::regclass::text,
                       coalesce(k.conname, ''), pg_get_indexdef(i.indexrelid),
                       coalesce(pg_get_constraintdef(k.oid), '')
                  from pg_index i left join pg_constraint k on k.conindid = i.indexrelid
                   and k.contype in ('p', 'u')
                 where i.indrelid::regclass::text in ('%s')
                """
                    .formatted(String.join("', '", TABLES)))) {
      while (row.next()) {
        String table = "alter table " + row.getString(1);
        if (row.getString(3).isEmpty()) {
          drops.add("drop index " + row.getString(2));
          makes.add(row.getString(4));
        } else {
          drops.add(table + " drop constraint " + row.getString(3));
          makes.add(table + " add constraint " + row.getString(3) + " " + row.getString(5));
        }
      }
    }
    drops.forEach(this::run);
    return makes;
  }

  private void run(String sql) {
    postgres.execute(PACE, sql);
  }

  private void runAll(List<String> statements) throws Exception {
    together(statements.stream().<Task>map(statement -> () -> run(statement)).toList());
  }

  /** Something to do on a connection of its own. */
  private interface Task {
    void run() throws Exception;
  }

  /** As many at a time as there are connections. */
  private static void together(List<Task> tasks) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      List<Future<?>> all = new ArrayList<>();
      for (Task task : tasks) {
        all.add(
            threads.submit(
                () -> {
                  task.run();
                  return null;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
  }
}
