package dev.sluice.bench;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * Orders of the past, each with all the rows that its life left behind: paid, posted, told of. As
 * fast as the database can: straight in SQL, indexes and unique constraints off and on again, two
 * connections. What belongs to an order has its id where it needs one of its own, and its key where
 * it needs what is random: the embedded server takes longer for random bits than for a row.
 */
final class Past {
  /** The tables that grow with orders. */
  static final List<String> TABLES =
      List.of(
          "withdrawal",
          "withdrawal_history",
          "hold",
          "transfer",
          "payout_attempt",
          "channel_message",
          "notification",
          "notification_delivery");

  private static final int CONNECTIONS = 2;
  private static final String PACE = "set work_mem = '256MB'; set maintenance_work_mem = '768MB'";

  private final Postgres postgres;
  private final long orders;
  private final int users;

  Past(Postgres postgres, long orders, int users) {
    this.postgres = postgres;
    this.orders = orders;
    this.users = users;
  }

  /** Fills the tables; accounts, cards and an endpoint are there already. */
  void fill() throws Exception {
    List<String> indexes = dropIndexes();
    together(List.of(withdrawals(1, orders / 2), withdrawals(orders / 2 + 1, orders)));
    together(List.of(messages(), history(), notices(), attempts(), transfers(), holds()));
    run(deliveries());
    together(indexes);
    run(
        """
        update account a set available = a.available - 100 * w.count, room = null
          from (select account_id, count(*) as count from withdrawal group by 1) w
         where a.id = w.account_id
        """);
    together(
        Stream.concat(TABLES.stream(), Stream.of("account"))
            .map(table -> "vacuum (analyze, parallel 0) " + table)
            .toList());
    run("checkpoint");
  }

  private String withdrawals(long first, long last) {
    return """
    insert into withdrawal (id, user_id, account_id, beneficiary_id, amount, fee, currency, status,
           version, key_hash, request_hash, created_at, updated_at)
    select uuidv7(make_interval(secs => (i - %1$d) * 0.01)), b.user_id, 1 + i %% %2$d, b.id, 100, 0,
           'CNY', 'SUCCESS', 3, key, key, now(), now()
      from (select i, gen_random_uuid() as key from generate_series(%3$d, %4$d) i) i
      join beneficiary b on b.user_id = 'B' || (1 + i %% %2$d)
    """
        .formatted(orders, users, first, last);
  }

  private static String history() {
    return """
    insert into withdrawal_history (withdrawal_id, version, from_status, to_status, actor, at)
    select id, m.version, m.from_status, m.to_status, m.actor, created_at
      from withdrawal cross join (values
           (2, 'PENDING', 'PROCESSING', 'system'),
           (3, 'PROCESSING', 'SUCCESS', 'channel:bank')) m (version, from_status, to_status, actor)
    """;
  }

  private static String holds() {
    return """
    insert into hold (at, causes, accounts, amounts)
    select min(created_at), array_agg(id), array_agg(account_id), array_agg(amount::bigint)
      from (select id, account_id, amount, created_at, row_number() over () / 32 as part
              from withdrawal) w
     group by part
    """;
  }

  private static String transfers() {
    return """
    insert into transfer (cause, step, kind, debit_account, credit_account, amount, currency, at)
    select w.id, 2, 'POST', w.account_id, c.id, 100, 'CNY', w.created_at
      from withdrawal w cross join (select id from account where kind = 'FUNDING') c
    """;
  }

  private static String attempts() {
    return """
    insert into payout_attempt (id, withdrawal_id, number, channel, request, state, code, sent_at,
           created_at, updated_at)
    select id, id, 1, 'bank', decode(repeat('00', 64), 'hex'), 'PAID', 'PAID', created_at,
           created_at, updated_at
      from withdrawal
    """;
  }

  private static String messages() {
    return """
    insert into channel_message (id, channel, source, attempt_id, withdrawal_id, kind, code, dedup,
           received_at, applied_at, effect)
    select case m.kind when 'PAID' then uuidv7() else w.id end, 'bank', m.source, w.id, w.id, m.kind,
           m.kind, case m.kind when 'PAID' then w.key_hash end, w.created_at, w.created_at, 'SETTLED'
      from withdrawal w
     cross join (values ('REPLY', 'ACCEPTED'), ('CALLBACK', 'PAID')) m (source, kind)
    """;
  }

  private static String notices() {
    return """
    insert into notification (id, type, withdrawal_id, version, body, created_at)
    select id, 'withdrawal.succeeded', id, 3, '{}', created_at from withdrawal
    """;
  }

  private static String deliveries() {
    return """
    insert into notification_delivery (endpoint_id, notification_id, state, tries, last_status,
           created_at, updated_at)
    select e.id, n.id, 'DELIVERED', 1, 204, n.created_at, n.created_at
      from notification n cross join webhook_endpoint e
    """;
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

  /** As many at a time as there are connections. */
  private void together(List<String> statements) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      List<Future<?>> all = new ArrayList<>();
      for (String statement : statements) {
        all.add(threads.submit(() -> run(statement)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
  }
}
