package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.support.Rows;
import dev.sluice.support.TestDatabase;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** V29 gives the columns of large tables domains: no row may be written anew for it. */
class UpgradeInPlaceTest {
  // What comes right before V29, whatever that is.
  private final TestDatabase database = TestDatabase.asOf("28?");
  private final JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void writesNoTableAndNoIndexAnew() {
    Rows.tables().forEach(table -> jdbc.update(Rows.insert(table, "")));
    String files =
        "select relname, relfilenode::text from pg_class where relkind in ('r', 'i')"
            + " and relnamespace = 'public'::regnamespace and relname !~ '^flyway'";
    Map<String, String> before = pairs(files);
    Map<String, String> rows = rows();

    database.migrate("29");

    assertThat(pairs(files)).isEqualTo(before).containsKey("one_attempt_that_may_pay");
    assertThat(rows()).isEqualTo(rows);
  }

  @Test
  void leavesViewsAsTheyWereToWhoeverMayReadThem() {
    jdbc.execute("grant select on ledger_entry, withdrawal_step to public");
    jdbc.execute("create view of_an_auditor as select currency, amount from ledger_entry");
    jdbc.update(Rows.insert("transfer", ""));
    jdbc.update(Rows.insert("withdrawal", ""));
    jdbc.update(Rows.insert("withdrawal_history", ""));
    String columns =
        """
        select attrelid::regclass || '.' || attname,
               attnum || ' ' || atttypid::regtype || ' ' || attcollation
          from pg_attribute
         where attrelid in ('ledger_entry'::regclass, 'withdrawal_step'::regclass)
        """;
    String granted =
        "select relname, relacl::text from pg_class where relkind = 'v'"
            + " and relnamespace = 'public'::regnamespace";
    Map<String, String> before = pairs(columns);
    Map<String, String> grantedBefore = pairs(granted);
    List<String> entries = entries();

    database.migrate("29");

    assertThat(pairs(columns)).isEqualTo(before);
    assertThat(pairs(granted)).isEqualTo(grantedBefore);
    assertThat(entries()).isEqualTo(entries).hasSize(2 + 2 + 2);
  }

  @Test
  void knowsTheValuesOfTablesWithRowsOnly() {
    jdbc.update(Rows.insert("withdrawal", ""));
    jdbc.update(Rows.insert("withdrawal", ""));

    database.migrate("29");

    assertThat(
            pairs(
                "select tablename, count(*)::text from pg_stats where attname = 'status'"
                    + " and schemaname = 'public' group by 1"))
        .containsOnlyKeys("withdrawal");
    assertThat(
            jdbc.queryForObject(
                "select reltuples from pg_class where relname = 'account'", Double.class))
        .isEqualTo(-1);
  }

  /** Each statement reads a table's checks anew: there are no more of them than it takes. */
  @Test
  void leavesToTheTablesTheRulesAboutSeveralColumns() {
    database.migrate("29");
    assertThat(
            jdbc.queryForList(
                "select conrelid::regclass || ' ' || conname from pg_constraint"
                    + " where contype = 'c' and conrelid::regclass::text = any (?)",
                String.class,
                (Object) Rows.tables().toArray(String[]::new)))
        .containsExactlyInAnyOrder(
            "account system_accounts_store_no_balance",
            "transfer a_step_is_one_of_its_kind",
            "withdrawal_history history_holds_legal_moves_only",
            "payout_attempt a_hand_over_ends",
            "payout_attempt what_is_final_is_not_due",
            "notification_delivery only_pending_deliveries_are_due");
  }

  private List<String> entries() {
    return jdbc.queryForList(
        "select to_json(e)::text from ledger_entry e union all select to_json(s)::text"
            + " from withdrawal_step s union all select to_json(a)::text from of_an_auditor a",
        String.class);
  }

  /** Each table's rows, as text with where they stand. */
  private Map<String, String> rows() {
    Map<String, String> rows = new TreeMap<>();
    for (String table : Rows.tables()) {
      rows.putAll(
          pairs(
              "select '%s ' || ctid::text, xmin::text || ' ' || t::text from %s t"
                  .formatted(table, table)));
    }
    return rows;
  }

  private Map<String, String> pairs(String sql) {
    Map<String, String> pairs = new TreeMap<>();
    jdbc.query(
        sql,
        row -> {
          pairs.put(row.getString(1), String.valueOf(row.getString(2)));
        });
    return pairs;
  }
}
