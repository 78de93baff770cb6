package dev.sluice.simulation;

import static java.util.Objects.requireNonNull;

import dev.sluice.reconcile.StatementFile;
import dev.sluice.simulation.Bank.Entry;
import dev.sluice.simulation.Statements.Day;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Date;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Compares what reconciliation came to with what the banks truly did: each difference is told, none
 * is invented, and where there is none, clearing is empty and the bank account is the bank's own.
 */
final class StatementJudge {
  private final Scene scene;
  private final World world;
  private final Post post;
  private final JdbcTemplate jdbc;

  StatementJudge(Scene scene, World world, Post post, JdbcTemplate jdbc) {
    this.scene = scene;
    this.world = world;
    this.post = post;
    this.jdbc = jdbc;
  }

  /** An order at a bank. */
  private record Place(String bank, @Nullable String note) {}

  /** A break that isn't closed. */
  private record Open(Place place, String kind, String state, String detail) {}

  /** In the end, when each bank has brought the truth. */
  void judge(Statements statements) {
    judgeRuns(statements);
    Map<Place, Long> truth = truth();
    Map<Place, Long> booked = booked();
    List<Open> open = open();
    Set<String> asked = new HashSet<>(jdbc.queryForList(ASKED, String.class));
    Set<Place> places = new HashSet<>(truth.keySet());
    places.addAll(booked.keySet());
    for (Place place : places) {
      long paid = truth.getOrDefault(place, 0L);
      long ours = booked.getOrDefault(place, 0L);
      boolean told = open.stream().anyMatch(o -> o.place.equals(place));
      if (paid != ours && !told && !asked.contains(place.note)) {
        scene.violated(
            "%s has %d of %s, we have %d, and no break tells it",
            place.bank, paid, place.note, ours);
      }
    }
    for (Open one : open) {
      if (isInvented(one.place, truth, booked)) {
        scene.violated(
            "%s of %s at %s is %s although both sides agree: %s",
            one.kind, one.place.note, one.place.bank, one.state, one.detail);
      }
    }
    for (Bank bank : world.banks) {
      judgeAccounts(bank, open.stream().noneMatch(o -> o.place.bank.equals(bank.name)));
    }
  }

  /** Whether what counts of each day is what was brought of it last. */
  private void judgeRuns(Statements statements) {
    Map<String, String> current = new HashMap<>();
    jdbc.query(
        CURRENT,
        row -> {
          current.put(
              row.getString("source") + " " + row.getString("business_date"),
              row.getString("sha256"));
        });
    statements
        .brought()
        .forEach(
            (day, text) -> {
              if (!sha256(text).equals(current.remove(day.bank().name + " " + day.date()))) {
                scene.violated(
                    "the list of %s of %s isn't what was brought last",
                    day.bank().name, day.date());
              }
            });
    statements.broughtEarly().forEach(day -> current.remove(day.bank().name + " " + day.date()));
    current.keySet().forEach(day -> scene.violated("nobody brought the list of %s", day));
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean isInvented(Place place, Map<Place, Long> truth, Map<Place, Long> booked) {
    String note = place.note;
    if (note == null) {
      return true; // the banks' true lists have nothing that isn't about an order
    }
    return truth.getOrDefault(place, 0L).equals(booked.getOrDefault(place, 0L))
        && !world.liedAbout.contains(note)
        && world.payments.getOrDefault(note, List.of()).size() <= 1
        && world.payments.getOrDefault(note, List.of()).stream()
            .allMatch(World.Payment::asInstructed)
        && post.returned.getOrDefault(note, List.of()).size() <= 1;
  }

  private void judgeAccounts(Bank bank, boolean agreed) {
    long clearing = balance("CLEARING", bank);
    long atBank = balance("BANK", bank);
    long truth = bank.book.stream().mapToLong(StatementJudge::signed).sum();
    if (!agreed) {
      scene.coverage.met("reconciled", "a bank with open breaks", 1);
      return;
    }
    scene.coverage.met("reconciled", bank.book.isEmpty() ? "a bank that did nothing" : "a bank", 1);
    if (clearing != 0 || atBank != truth) {
      scene.violated(
          "nothing is open at %s, and clearing has %d, bank %d of %d",
          bank.name, clearing, atBank, truth);
    }
  }

  private long balance(String kind, Bank bank) {
    Long sum = jdbc.queryForObject(BALANCE, Long.class, kind, bank.name);
    return sum == null ? 0 : sum;
  }

  private static long signed(Entry entry) {
    return switch (entry.status()) {
      case "PAID" -> entry.minor();
      case "RETURNED" -> -entry.minor();
      default -> 0;
    };
  }

  private Map<Place, Long> truth() {
    Map<Place, Long> truth = new HashMap<>();
    for (Bank bank : world.banks) {
      for (Entry entry : bank.book) {
        truth.merge(new Place(bank.name, entry.told().note), signed(entry), Long::sum);
      }
    }
    return truth;
  }

  private Map<Place, Long> booked() {
    Map<Place, Long> booked = new HashMap<>();
    jdbc.query(
        BOOKED,
        row -> {
          booked.put(new Place(row.getString("owner"), row.getString("note")), row.getLong("n"));
        });
    return booked;
  }

  private List<Open> open() {
    return jdbc.query(
        OPEN,
        (row, n) ->
            new Open(
                new Place(row.getString("channel"), row.getString("note")),
                row.getString("kind"),
                row.getString("state"),
                row.getString("detail")));
  }

  /** The banks' days on which the engine holds something for paid. */
  Set<Day> daysOfPayouts() {
    Set<Day> days = new LinkedHashSet<>();
    jdbc.query(
        PAID_DAYS,
        row -> {
          LocalDate date = row.getObject("day", LocalDate.class);
          String channel = row.getString("channel");
          world.banks.stream()
              .filter(bank -> bank.name.equals(channel))
              .forEach(bank -> days.add(new Day(bank, date)));
        });
    return days;
  }

  /** The day after which a break that waits for it is looked at again, or null. */
  @Nullable LocalDate lookAgainAfter() {
    Date next = jdbc.queryForObject(WAITING, Date.class);
    return next == null ? null : next.toLocalDate();
  }

  int unfinishedFiles() {
    Integer count = jdbc.queryForObject(UNFINISHED, Integer.class);
    return count == null ? 0 : count;
  }

  /** When it is a file's turn, among all that came or were asked for again. */
  long turn(StatementFile file) {
    return requireNonNull(
        jdbc.queryForObject("select turn from statement_file where id = ?", Long.class, file.id()));
  }

  /** Counts what reconciliation met, for the coverage table. */
  void count() {
    jdbc.query(
        """
        select 'break' as what, kind || ' ' || state || coalesce(': ' || decision, '') as which,
               count(*) as n from statement_break group by 2
        union all select 'list', state || coalesce(' ' || refusal, ''), count(*)
          from statement_file group by 2
        """,
        row -> {
          scene.coverage.met(row.getString("what"), row.getString("which"), row.getLong("n"));
        });
  }

  private static final String CURRENT =
      """
      select r.source, r.business_date::text, encode(f.sha256, 'hex') as sha256
        from statement_run r join statement_file f on f.id = r.file_id where r.is_current
      """;

  private static final String BALANCE =
      """
      select coalesce(sum(e.amount), 0) from ledger_entry e join account a on a.id = e.account_id
       where a.kind = ? and a.owner = ?
      """;

  private static final String BOOKED =
      """
      select a.owner, w.note,
             sum(case when t.credit_account = a.id then t.amount else -t.amount end) as n
        from transfer t
        join account a on a.kind = 'CLEARING' and a.id in (t.credit_account, t.debit_account)
        join withdrawal w on w.id = t.cause
       group by 1, 2
      """;

  private static final String OPEN =
      """
      select b.channel, b.kind, b.state, b.detail, w.note
        from statement_break b left join withdrawal w on w.id = b.withdrawal_id
       where b.state <> 'CLOSED' order by b.id
      """;

  private static final String ASKED =
      """
      select w.note from review_case c join withdrawal w on w.id = c.withdrawal_id
       where c.state <> 'RESOLVED'
      """;

  private static final String PAID_DAYS =
      """
      select distinct channel, (updated_at at time zone 'Asia/Shanghai')::date as day
        from payout_attempt where state = 'PAID' order by 1, 2
      """;

  private static final String WAITING =
      """
      select min(wait_until) from statement_break
       where state = 'WAITING' and kind <> 'MISSING_AT_CHANNEL'
      """;

  private static final String UNFINISHED =
      "select count(*) from statement_file where state in ('RECEIVED', 'COMPARED')";
}
