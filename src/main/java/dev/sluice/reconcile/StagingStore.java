package dev.sluice.reconcile;

import dev.sluice.database.BinaryCopy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Compares a file with our books, set against set, in tables that vanish with the transaction: a
 * run that dies leaves nothing, and starts again from the kept file.
 */
final class StagingStore {
  private static final int COLUMNS = 11;

  private static final String COMPARE =
      """
      create temporary table odd on commit drop as
      select s.line_no, s.kind, coalesce(s.request, s.other_request) as request,
             s.request_text, s.reference, s.amount, s.currency, s.head, s.tail, s.booked_at, o.id as ours_id, o.amount as ours_amount,
             o.currency as ours_currency
        from staged s
        full join (
            select a.id, w.amount, w.currency, b.masked
              from payout_attempt a
              join withdrawal w on w.id = a.withdrawal_id
              join beneficiary b on b.id = w.beneficiary_id
             where a.channel = ? and a.state = 'PAID' and a.updated_at >= ? and a.updated_at < ? %s) o
          on o.id = s.request
       where (s.kind = 'P' and s.amount = o.amount and s.currency = o.currency
              and (left(o.masked, 1) = '*'
                   or (starts_with(o.masked, s.head)
                       and right(o.masked, length(s.tail)) = s.tail))) is not true
          or s.request in (select request from repeated)
      """;

  private final JdbcTemplate jdbc;

  StagingStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** Writes lines to where they are compared. */
  @FunctionalInterface
  interface Source {
    void writeTo(BinaryCopy copy) throws IOException, SQLException;
  }

  /** In the caller's transaction: lets it take this long, and use this much memory for a join. */
  void prepare(Duration longest, int workMemoryMb) {
    jdbc.execute(
        (Connection c) -> {
          // The pool sets it back when it gets the connection back.
          c.setNetworkTimeout(Runnable::run, Math.toIntExact(longest.toMillis()));
          try (Statement s = c.createStatement()) {
            s.execute("set local statement_timeout = " + longest.toMillis());
            s.execute("set local work_mem = '" + workMemoryMb + "MB'");
            // The pool plans for single rows; here whole tables are joined.
            s.execute("set local enable_seqscan = on");
            s.execute("set local jit = off");
            s.execute(
                """
                create temporary table staged (line_no integer, kind "char", request uuid,
                       other_request uuid, request_text text, reference text, amount bigint, currency text, head text,
                       tail text, booked_at timestamptz) on commit drop
                """);
            s.execute("create temporary table repeated (request uuid) on commit drop");
          }
          return true;
        });
  }

  /** In the caller's transaction: copies a file's lines in, as a stream. */
  void copy(Source lines) throws IOException {
    try {
      jdbc.execute(
          (Connection c) -> {
            CopyIn copy =
                c.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("copy staged from stdin (format binary)");
            try {
              BinaryCopy binary = new BinaryCopy(copy);
              lines.writeTo(binary);
              binary.end();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            } finally {
              if (copy.isActive()) {
                copy.cancelCopy();
              }
            }
            return true;
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  static void write(BinaryCopy copy, Staged line) throws SQLException {
    copy.row(COLUMNS)
        .integer(line.number())
        .letter(line.kind())
        .uuid(line.kind() == 'P' ? line.request() : null)
        .uuid(line.kind() == 'P' ? null : line.request())
        .text(line.requestText())
        .text(line.reference())
        .bigint(line.minor())
        .text(line.currency())
        .text(line.shown().head())
        .text(line.shown().tail())
        .time(line.bookedAt());
  }

  /** One line as it is compared. */
  record Staged(
      int number,
      char kind,
      @Nullable UUID request,
      @Nullable String requestText,
      @Nullable String reference,
      long minor,
      String currency,
      ShownNumber shown,
      @Nullable Instant bookedAt) {}

  /** What of our books is compared: what we hold for paid on a day. */
  record Scope(String channel, @Nullable String currency, Instant from, Instant to) {}

  /**
   * In the caller's transaction: the one pass over both sides. Only lines that say paid are joined;
   * refusals and returns are differences, whatever we have. Keeps what doesn't match outright, and
   * returns how much that is.
   */
  int compare(Scope scope, Set<UUID> repeated) {
    if (!repeated.isEmpty()) {
      jdbc.update(
          "insert into repeated select * from unnest(?::uuid[])",
          (PreparedStatement ps) ->
              ps.setArray(1, ps.getConnection().createArrayOf("uuid", repeated.toArray())));
    }
    jdbc.execute("analyze staged");
    List<Object> parameters = new ArrayList<>();
    parameters.add(scope.channel());
    parameters.add(scope.from().atOffset(ZoneOffset.UTC));
    parameters.add(scope.to().atOffset(ZoneOffset.UTC));
    // Only where it matters: the planner takes any such condition for one that leaves a handful.
    String ofCurrency = scope.currency() == null ? "" : "and w.currency = ?";
    if (scope.currency() != null) {
      parameters.add(scope.currency());
    }
    jdbc.update(COMPARE.formatted(ofCurrency), parameters.toArray());
    Integer odd = jdbc.queryForObject("select count(*) from odd", Integer.class);
    return odd == null ? 0 : odd;
  }

  /** Sums of what doesn't match outright, in one currency. */
  record OddSum(String currency, long paidLines, long paidMinor, long oursCount, long oursMinor) {}

  /** In the caller's transaction, after comparing. */
  List<OddSum> oddSums() {
    return jdbc.query(
        """
        select coalesce(l.currency, o.currency) as currency, coalesce(l.n, 0) as lines,
               coalesce(l.minor, 0) as minor, coalesce(o.n, 0) as ours, coalesce(o.minor, 0) as ours_minor
          from (select currency, count(*) as n, sum(amount) as minor
                  from odd where kind = 'P' group by currency) l
          full join (select ours_currency as currency, count(*) as n, sum(ours_amount) as minor
                       from (select distinct ours_id, ours_currency, ours_amount
                               from odd where ours_id is not null) d
                      group by ours_currency) o
            on o.currency = l.currency
        """,
        (row, n) ->
            new OddSum(
                row.getString("currency"),
                row.getLong("lines"),
                row.getLong("minor"),
                row.getLong("ours"),
                row.getLong("ours_minor")));
  }

  /**
   * In the caller's transaction, after comparing: writes a run's facts. A refusal that we hold for
   * refused, too, is no difference. A line without one of our numbers is looked for by the
   * channel's transaction id among the payouts around its day.
   */
  void writeFacts(UUID runId, String source, String channel, Instant from, Instant to) {
    jdbc.update(
        """
        insert into statement_line (run_id, line_no, identity, kind, attempt_id, request_text,
               reference, amount, currency, head, tail, booked_at)
        select ?, o.line_no,
               encode(substring(sha256(convert_to(concat_ws('|', ?, o.kind, o.request, o.request_text,
                   o.reference, o.amount, o.currency, o.head, o.tail, extract(epoch from o.booked_at),
                   row_number() over (partition by o.kind, o.request, o.request_text, o.reference,
                       o.amount, o.currency, o.head, o.tail, o.booked_at order by o.line_no)
                   ), 'UTF8')) from 1 for 16), 'hex')::uuid,
               case o.kind when 'P' then 'PAID' when 'R' then 'REFUSED' else 'RETURNED' end,
               coalesce(a.id, r.id), coalesce(o.request_text, case when a.id is null then o.request::text end),
               o.reference, o.amount, o.currency, o.head, o.tail, o.booked_at
          from odd o
          left join payout_attempt a on a.id = o.request and a.channel = ?
          left join (
              select p.channel_reference, (array_agg(p.id))[1] as id from payout_attempt p
               where p.channel = ? and p.updated_at >= ? and p.updated_at < ?
                 and p.channel_reference in (
                     select reference from odd where line_no is not null and request is null)
               group by p.channel_reference having count(*) = 1) r
            on o.request is null and r.channel_reference = o.reference
         where o.line_no is not null and (o.kind = 'R' and a.state = 'REFUSED') is not true
        """,
        runId,
        source,
        channel,
        channel,
        from.atOffset(ZoneOffset.UTC),
        to.atOffset(ZoneOffset.UTC));
    jdbc.update(
        """
        insert into statement_unconfirmed (run_id, attempt_id)
        select distinct ?::uuid, ours_id from odd where ours_id is not null
        """,
        runId);
  }
}
