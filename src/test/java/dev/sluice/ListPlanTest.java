package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.support.Engine;
import dev.sluice.support.SettableClock;
import dev.sluice.support.TestDatabase;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** What the server reads for a list or an order's steps, with the service's own connections. */
class ListPlanTest {
  private static final int LISTS = 20;
  private static final int LIMIT = 20;

  /** Or else a wallet's owner with a thousand orders would have them all read, for each page. */
  @Test
  void aListOfTheNewestReadsNoMoreThanItShows() {
    try (TestDatabase database = TestDatabase.create()) {
      JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
      fill(jdbc);
      long before = rowsRead(jdbc, "withdrawal");

      try (HikariDataSource pool = pool(database);
          Engine engine = new Engine(pool, new SettableClock())) {
        for (int i = 0; i < LISTS; i++) {
          assertThat(engine.withdrawals.list("busy", null, null, LIMIT).orders()).hasSize(LIMIT);
        }
        engine.jdbc.execute("select pg_stat_force_next_flush()"); // this thread's connection
      }

      assertThat(rowsRead(jdbc, "withdrawal") - before)
          .isBetween((long) LISTS, LISTS * (LIMIT + 1L));
    }
  }

  @Test
  void theStepsOfAnOrderAreReadWithoutThoseOfOthers() {
    try (TestDatabase database = TestDatabase.create()) {
      JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
      fill(jdbc);
      jdbc.execute(
          """
          insert into withdrawal_history (withdrawal_id, version, from_status, to_status, actor, at)
          select id, 2, 'PENDING', 'PROCESSING', 'system', now() from withdrawal;

          analyze
          """);
      List<UUID> orders = jdbc.queryForList("select id from withdrawal limit " + LISTS, UUID.class);
      long before = rowsRead(jdbc, "withdrawal") + rowsRead(jdbc, "withdrawal_history");

      try (HikariDataSource pool = pool(database);
          Engine engine = new Engine(pool, new SettableClock())) {
        for (UUID order : orders) {
          assertThat(engine.withdrawals.history(order)).hasSize(2);
        }
        engine.jdbc.execute("select pg_stat_force_next_flush()"); // this thread's connection
      }

      assertThat(rowsRead(jdbc, "withdrawal") + rowsRead(jdbc, "withdrawal_history") - before)
          .isEqualTo(2L * LISTS);
    }
  }

  /** ANALYZE counts each element of each array, for plans that nobody asks for. */
  @Test
  void noStatisticsAreTakenOfWhatArraysHold() {
    try (TestDatabase database = TestDatabase.create()) {
      JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());

      assertThat(
              jdbc.queryForList(
                  """
                  select c.relname || '.' || a.attname
                    from pg_attribute a
                    join pg_class c on c.oid = a.attrelid
                    join pg_type t on t.oid = a.atttypid
                    left join pg_type base on base.oid = t.typbasetype
                   where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
                     and coalesce(base.typcategory, t.typcategory) = 'A'
                     and a.attstattarget is distinct from 0
                   order by 1
                  """,
                  String.class))
          .containsExactly("webhook_endpoint.events"); // a few rows
    }
  }

  private static HikariDataSource pool(TestDatabase database) {
    return new DatabaseConfiguration()
        .dataSource(
            new DatabaseConfiguration.DatabaseAddress(database.url(), "postgres", "postgres"),
            new DatabaseSettings(null, "postgres", null, 4));
  }

  private static void fill(JdbcTemplate jdbc) {
    jdbc.execute(
        """
        insert into account (kind, owner, currency, available, created_at)
        select 'USER', owner, 'CNY', 1000000, now()
          from (select 'u' || i as owner from generate_series(1, 200) i union all select 'busy') o;

        insert into beneficiary (id, user_id, kind, fingerprint, masked, sealed, created_at)
        select gen_random_uuid(), owner, 'CARD', gen_random_uuid(), '622208******1234', '\\x00', now()
          from account;

        insert into withdrawal (id, user_id, account_id, beneficiary_id, amount, fee, currency,
               key_hash, request_hash, status, version, created_at, updated_at)
        select uuidv7(), a.owner, a.id, b.id, 100, 0, 'CNY', gen_random_uuid(), gen_random_uuid(),
               'PENDING', 1, now(), now()
          from generate_series(1, 1000) g, account a join beneficiary b on b.user_id = a.owner
         where g <= 50 or a.owner = 'busy';

        analyze
        """);
  }

  private static long rowsRead(JdbcTemplate jdbc, String table) {
    return Objects.requireNonNull(
        jdbc.queryForObject(
            "select seq_tup_read + idx_tup_fetch from pg_stat_user_tables where relname = ?",
            Long.class,
            table));
  }
}
