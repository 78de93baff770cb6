package dev.sluice.simulation;

import dev.sluice.simulation.Clients.Wish;
import dev.sluice.simulation.World.Payment;
import dev.sluice.support.Invariants;
import dev.sluice.withdrawal.WithdrawalState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Compares three books: what clients were told, what the engine's database says, and what the banks
 * truly did.
 */
final class Judge {
  private static final String LOOK =
      Invariants.alwaysAsOneQuery()
          + """

          union all
          select '>' || status || ' ' || note from withdrawal
           where status in ('SUCCESS', 'REFUNDED', 'FAILED', 'CANCELLED')
          """;

  private final Scene scene;
  private final Clients clients;
  private final World world;
  private final Post post;
  private final Receiver receiver;
  private final Steps steps;
  private final JdbcTemplate jdbc;
  private final Set<String> seen = new LinkedHashSet<>();

  Judge(
      Scene scene,
      Clients clients,
      World world,
      Post post,
      Receiver receiver,
      Steps steps,
      JdbcTemplate jdbc) {
    this.scene = scene;
    this.clients = clients;
    this.world = world;
    this.post = post;
    this.receiver = receiver;
    this.steps = steps;
    this.jdbc = jdbc;
  }

  /** After a step: what holds at every moment. */
  void look() {
    // With a setter it is prepared, and planned once for a thousand looks.
    for (String row :
        jdbc.query(LOOK, ps -> {}, (r, n) -> r.getString(1)).stream().sorted().toList()) {
      if (!row.startsWith(">")) {
        scene.violated("it doesn't hold that %s", row);
        continue;
      }
      String[] words = row.substring(1).split(" ", 2);
      switch (words[0]) {
        case "SUCCESS", "REFUNDED" -> {
          tellOnce(words);
          if (!isPaidAsAsked(words[1])) {
            scene.violated("%s is %s, and no bank has paid it", words[1], words[0]);
          }
        }
        case "FAILED", "CANCELLED" -> {
          tellOnce(words);
          if (isPaid(words[1]) && !world.liedAbout.contains(words[1])) {
            scene.violated("%s is %s, and a bank has paid it", words[1], words[0]);
          }
        }
        default -> throw new IllegalStateException(words[0] + " is no end");
      }
    }
  }

  private void tellOnce(String[] words) {
    if (seen.add(words[1] + words[0])) {
      scene.tell("%s is now %s", words[1], words[0]);
    }
  }

  private boolean isPaid(String note) {
    return !world.payments.getOrDefault(note, List.of()).isEmpty();
  }

  private boolean isPaidAsAsked(String note) {
    return world.payments.getOrDefault(note, List.of()).stream().anyMatch(Payment::asInstructed);
  }

  /** When something is due next in the database, or null if nothing is. */
  @Nullable Instant nextDue() {
    OffsetDateTime next =
        jdbc.query(NEXT_DUE, ps -> {}, (r, n) -> r.getObject(1, OffsetDateTime.class)).getFirst();
    return next == null ? null : next.toInstant();
  }

  /** An order as the database has it in the end. */
  private record Row(
      UUID id,
      String note,
      String user,
      WithdrawalState status,
      long minor,
      long fee,
      String masked,
      List<String> cases,
      long refund,
      long shortfall,
      boolean receivable) {

    boolean hasOpenCase() {
      return cases.stream().anyMatch(c -> !c.endsWith(":RESOLVED"));
    }

    boolean hasCase(String... kinds) {
      return List.of(kinds).stream().anyMatch(k -> cases.stream().anyMatch(c -> c.startsWith(k)));
    }
  }

  /** In the end: everything. */
  void judge() {
    look();
    Map<String, Row> rows = new LinkedHashMap<>();
    for (Row row : jdbc.query(ROWS, (r, n) -> row(r))) {
      if (rows.put(row.note, row) != null) {
        scene.violated("%s is more than one order", row.note);
      }
      judgeOrder(row);
    }
    clients.wishes().forEach(wish -> judgeWish(wish, rows.get(wish.name)));
    judgeBalances(rows);
    judgeNotifications();
  }

  private void judgeOrder(Row row) {
    List<Payment> payments = world.payments.getOrDefault(row.note, List.of());
    boolean lied = world.liedAbout.contains(row.note);
    boolean returned = post.returned.containsKey(row.note);
    switch (row.status) {
      case PENDING, PROCESSING -> {
        if (!row.hasOpenCase()) {
          scene.violated("%s stays %s, and nobody is asked about it", row.note, row.status);
        }
      }
      case REVIEW -> {
        if (!payments.isEmpty() || !row.hasOpenCase()) {
          scene.violated("%s is in review: paid %s, cases %s", row.note, payments, row.cases);
        }
      }
      case SUCCESS -> {
        if (returned && !row.hasCase("RETURN", "MISMATCH", "CONTRADICTION", "STATEMENT:OPEN")) {
          scene.violated("%s was returned, and nothing came of it", row.note);
        }
      }
      case REFUNDED -> {
        if (!post.returned.getOrDefault(row.note, List.of()).contains(row.refund)) {
          scene.violated(
              "%s was refunded %d, returned were %s",
              row.note, row.refund, post.returned.get(row.note));
        }
      }
      case FAILED, CANCELLED -> {
        if (!payments.isEmpty() && !row.receivable && !row.hasCase("CONTRADICTION", "MISMATCH")) {
          scene.violated("%s is %s and paid, and nobody is asked", row.note, row.status);
        }
      }
    }
    boolean settled =
        row.status == WithdrawalState.SUCCESS || row.status == WithdrawalState.REFUNDED;
    if (payments.size() == 1 && !lied && !settled && !row.hasOpenCase()) {
      scene.violated("%s is paid and %s", row.note, row.status);
    }
    if (payments.size() > 1 && !row.hasCase("CONTRADICTION", "LATE_SUCCESS", "MISMATCH")) {
      scene.violated("a bank lied and %s is paid twice, and nobody is asked", row.note);
    }
    if (payments.stream().anyMatch(p -> !p.asInstructed()) && row.cases.isEmpty()) {
      scene.violated("%s was paid wrongly, and nobody is asked", row.note);
    }
  }

  private void judgeWish(Wish wish, @Nullable Row row) {
    if (row == null) {
      if (wish.order != null) {
        scene.violated("%s was accepted and is lost", wish.name);
      }
      return;
    }
    if (wish.order == null) {
      scene.violated("%s is an order, and its client was never told", wish.name);
    } else if (!wish.order.equals(row.id)) {
      scene.violated("%s is another order than its client was told", wish.name);
    }
    Clients.Body body = wish.accepted;
    if (body == null || body.minor() != row.minor || !wish.user.equals(row.user)) {
      scene.violated("%s is not what its client asked for", wish.name);
    }
    if (wish.toldEnd != null && wish.toldEnd != row.status) {
      scene.violated("%s was told to be %s and is %s", wish.name, wish.toldEnd, row.status);
    }
  }

  private void judgeBalances(Map<String, Row> rows) {
    Map<String, Long> expected = new HashMap<>();
    Setting.USERS.forEach(user -> expected.put(user, steps.deposits(user)));
    for (Row row : rows.values()) {
      if (row.status == WithdrawalState.SUCCESS || row.status == WithdrawalState.REFUNDED) {
        expected.merge(row.user, row.refund + row.shortfall - row.minor - row.fee, Long::sum);
      }
    }
    jdbc.query(
        "select owner, available + held as total from account where kind = 'USER'",
        r -> {
          String user = r.getString("owner");
          if (!Objects.equals(expected.get(user), r.getLong("total"))) {
            scene.violated(
                "%s should have %d and has %d", user, expected.get(user), r.getLong("total"));
          }
        });
  }

  private void judgeNotifications() {
    jdbc.query(
        """
        select n.id, n.body, n.type, w.note from notification n join withdrawal w on w.id = n.withdrawal_id
        """,
        r -> {
          UUID id = r.getObject("id", UUID.class);
          String type = r.getString("type");
          String note = r.getString("note");
          if (!r.getString("body").equals(receiver.got(Receiver.ALL).get(id))) {
            scene.violated("the merchant never heard %s of %s", type, note);
          }
          boolean heard = receiver.got(Receiver.SUCCEEDED).containsKey(id);
          if (heard != type.equals("withdrawal.succeeded")) {
            scene.violated("who asked for successes only: heard of %s %s: %s", type, note, heard);
          }
        });
    Long queued = jdbc.queryForObject("select count(*) from notification", Long.class);
    if (queued == null || queued != receiver.got(Receiver.ALL).size()) {
      scene.violated(
          "%s notifications were queued, the merchant got %d",
          queued, receiver.got(Receiver.ALL).size());
    }
  }

  /** Counts what the database met, for the coverage table. */
  void count() {
    jdbc.query(
        """
        select 'move' as kind, coalesce(from_status, '-') || ' to ' || to_status as what, count(*) as n
          from withdrawal_step group by 1, 2
        union all select 'message', source || ' ' || kind || ': ' || coalesce(effect, '-'), count(*)
          from channel_message group by 1, 2
        union all select 'transfer', kind, count(*) from journal group by 1, 2
        union all select 'contradiction', state, count(*) from contradiction group by 1, 2
        union all select 'review case', kind || ' ' || state, count(*) from review_case group by 1, 2
        union all select 'attempt', state || ' as number ' || number, count(*) from payout_attempt group by 1, 2
        union all select 'delivery', state, count(*) from notification_delivery group by 1, 2
        union all select 'order', status, count(*) from withdrawal group by 1, 2
        """,
        r -> {
          scene.coverage.met(r.getString("kind"), r.getString("what"), r.getLong("n"));
          if (r.getString("kind").equals("order")) {
            boolean success = List.of("SUCCESS", "REFUNDED").contains(r.getString("what"));
            scene.coverage.orders(r.getLong("n"), success ? r.getLong("n") : 0);
          }
        });
  }

  /** One hash over all rows, apart from what is encrypted with fresh randomness. */
  String digest() {
    return Objects.requireNonNullElse(jdbc.queryForObject(DIGEST, String.class), "");
  }

  private static Row row(ResultSet r) throws SQLException {
    return new Row(
        r.getObject("id", UUID.class),
        r.getString("note"),
        r.getString("user_id"),
        WithdrawalState.valueOf(r.getString("status")),
        r.getLong("amount"),
        r.getLong("fee"),
        r.getString("masked"),
        List.of((String[]) r.getArray("cases").getArray()),
        r.getLong("refund"),
        r.getLong("shortfall"),
        r.getBoolean("receivable"));
  }

  private static final String NEXT_DUE =
      """
      select min(at) from (
          select min(due_at) as at from payout_due
          union all select min(due_at) from payout_attempt
          union all select min(due_at) from contradiction
          union all select min(greatest(due_at, leased_until)) from notification_delivery
                     where state = 'PENDING'
          union all select min(received_at) + interval '5.1 s' from channel_message
                     where applied_at is null) due
      """;

  private static final String ROWS =
      """
      select w.id, w.note, w.user_id, w.status, w.amount, w.fee, b.masked,
             array(select c.kind || ':' || c.state from review_case c
                    where c.withdrawal_id = w.id order by c.id) as cases,
             (select coalesce(sum(t.amount), 0) from transfer t
               where t.cause = w.id and t.kind = 'REFUND') as refund,
             (select coalesce(sum(t.amount), 0) from transfer t
               where t.cause = w.id and t.kind = 'SHORTFALL') as shortfall,
             exists (select 1 from transfer t
                      where t.cause = w.id and t.kind = 'RECEIVABLE') as receivable
        from withdrawal w join beneficiary b on b.id = w.beneficiary_id
       order by w.id
      """;

  private static final String DIGEST =
      """
      select md5(string_agg(line, chr(10) order by line)) from (
          select 'w' || w::text as line from withdrawal w
          union all select 'h' || h::text from withdrawal_history h
          union all select 't' || t::text from transfer t
          union all select 'o' || (at, causes, accounts, amounts)::text from hold
          union all select 'c' || c::text from review_case c
          union all select 'n' || n::text from notification n
          union all select 'd' || d::text from notification_delivery d
          union all select 'a' || (id, withdrawal_id, number, channel, state, code, channel_reference,
                                   sends, queries, sent_at, due_at, created_at, updated_at)::text
                      from payout_attempt
          union all select 'm' || (id, channel, source, attempt_id, withdrawal_id, kind, code, amount,
                                   beneficiary, channel_reference, dedup, received_at, applied_at,
                                   effect, tries)::text from channel_message
          union all select 'k' || k::text from contradiction k
          union all select 'f' || (id, source, name, sha256, state, refusal)::text from statement_file
          union all select 'r' || r::text from statement_run r
          union all select 'l' || l::text from statement_line l
          union all select 'u' || u::text from statement_unconfirmed u
          union all select 's' || s::text from statement_break s
          union all select 'b' || (owner, kind, currency, available, held)::text from account) rows
      """;
}
