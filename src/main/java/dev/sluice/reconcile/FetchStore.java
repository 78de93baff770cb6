package dev.sluice.reconcile;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** The table of what is fetched, and when it is tried again. */
final class FetchStore {
  private final JdbcTemplate jdbc;

  FetchStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** A day's file is to be fetched from then on, unless that is known already. */
  void expect(String source, LocalDate day, Instant due) {
    jdbc.update(
        """
        insert into statement_fetch (source, business_date, due_at) values (?, ?, ?)
        on conflict do nothing
        """,
        source,
        day,
        due.atOffset(ZoneOffset.UTC));
  }

  /** Takes the oldest day that is due; if this instance dies, it is due again then. */
  Optional<LocalDate> claim(String source, Instant now, Instant again) {
    return jdbc
        .query(
            """
            update statement_fetch f set due_at = ?, tries = tries + 1
             where source = ? and business_date = (
                 select business_date from statement_fetch
                  where source = ? and due_at <= ?
                  order by business_date limit 1 for update skip locked)
            returning business_date
            """,
            (row, n) -> row.getObject(1, LocalDate.class),
            again.atOffset(ZoneOffset.UTC),
            source,
            source,
            now.atOffset(ZoneOffset.UTC))
        .stream()
        .findFirst();
  }

  /** Notes what came of it, and when it is fetched again, if at all. */
  void note(String source, LocalDate day, String outcome, @Nullable Instant again) {
    jdbc.update(
        "update statement_fetch set outcome = ?, due_at = ? where source = ? and business_date = ?",
        outcome,
        again == null ? null : again.atOffset(ZoneOffset.UTC),
        source,
        day);
  }
}
