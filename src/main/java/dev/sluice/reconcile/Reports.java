package dev.sluice.reconcile;

import dev.sluice.money.Money;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Shows what statements brought: runs, their reports, breaks, and statements that are missing. */
public final class Reports {
  private static final int LONGEST_MISSED_DAYS = 31;
  private static final int LONGEST_UNSTATED_DAYS = 366;

  private final FileStore files;
  private final RunStore runs;
  private final BreakStore breaks;
  private final FactStore facts;
  private final ReportStore sums;
  private final Map<String, Source> sources;
  private final Clock clock;

  Reports(
      FileStore files,
      RunStore runs,
      BreakStore breaks,
      FactStore facts,
      ReportStore sums,
      Map<String, Source> sources,
      Clock clock) {
    this.files = files;
    this.runs = runs;
    this.breaks = breaks;
    this.facts = facts;
    this.sums = sums;
    this.sources = sources;
    this.clock = clock;
  }

  /** Names of the sources. */
  public Set<String> sources() {
    return sources.keySet();
  }

  /** Files, the latest first. */
  public List<StatementFile> files(@Nullable String source, @Nullable UUID before, int limit) {
    return files.page(source, before, limit);
  }

  /** One file. */
  public Optional<StatementFile> file(UUID id) {
    return files.byId(id);
  }

  /** The latest run of a file. */
  public Optional<StatementRun> runOf(UUID fileId) {
    return runs.byFile(fileId);
  }

  /** One run. */
  public Optional<StatementRun> run(UUID id) {
    return runs.byId(id);
  }

  /** Runs, the latest day first. */
  public List<StatementRun> runs(@Nullable String source, @Nullable LocalDate before, int limit) {
    return runs.page(source, before, limit);
  }

  /** Breaks in the order of their ids. */
  public List<Break> breaks(
      @Nullable String source,
      @Nullable UUID runId,
      Break.@Nullable State state,
      @Nullable UUID after,
      int limit) {
    return breaks.page(source, runId, state, after, limit);
  }

  /** One break. */
  public Optional<Break> find(UUID breakId) {
    return breaks.byId(breakId);
  }

  /** What a run found. */
  public Optional<RunReport> report(UUID runId) {
    return runs.byId(runId).map(this::report);
  }

  private RunReport report(StatementRun run) {
    List<ReportStore.Group> groups = sums.breaks(run.id());
    Map<String, ReportStore.Matched> odd = new HashMap<>();
    sums.matched(run.id()).forEach(m -> odd.put(m.currency(), m));
    List<RunReport.Currency> currencies = new ArrayList<>();
    for (Totals totals : runs.totals(run.id())) {
      ReportStore.Matched more = odd.get(totals.currency());
      currencies.add(
          new RunReport.Currency(
              totals,
              totals.plainLines() + (more == null ? 0 : more.lines()),
              totals.plainMinor() + (more == null ? 0 : more.minor()),
              groups.stream()
                  .filter(g -> isOpen(g) && g.currency().equals(totals.currency()))
                  .mapToLong(ReportStore.Group::risk)
                  .sum()));
    }
    Map<Break.Kind, long[]> kinds = new EnumMap<>(Break.Kind.class);
    Instant oldest = null;
    for (ReportStore.Group group : groups) {
      long[] counts = kinds.computeIfAbsent(group.kind(), k -> new long[2]);
      counts[0] += group.count();
      counts[1] += isOpen(group) ? 0 : group.count();
      if (isOpen(group) && (oldest == null || group.oldest().isBefore(oldest))) {
        oldest = group.oldest();
      }
    }
    return new RunReport(
        run.id(),
        run.fileId(),
        run.source(),
        run.channel(),
        run.businessDate(),
        run.version(),
        run.current(),
        run.comparedAt(),
        run.finishedAt(),
        currencies,
        kinds.entrySet().stream()
            .map(e -> new RunReport.Kind(e.getKey(), e.getValue()[0], e.getValue()[1]))
            .toList(),
        groups.stream().filter(Reports::isOpen).mapToLong(ReportStore.Group::count).sum(),
        oldest == null ? 0 : Duration.between(oldest, clock.instant()).toSeconds());
  }

  private static boolean isOpen(ReportStore.Group group) {
    return group.state() != Break.State.CLOSED;
  }

  /**
   * A line that doesn't match outright.
   *
   * @param kind PAID, REFUSED or RETURNED
   * @param confirms the payout that it confirms after all, or null
   */
  public record OddLine(
      int number,
      String kind,
      @Nullable UUID attemptId,
      @Nullable UUID confirms,
      @Nullable String reference,
      Money amount) {}

  /** The lines of a run that don't match outright, in the order of the file. */
  public List<OddLine> lines(UUID runId, int after, int limit) {
    return facts.ofRun(runId, after, limit).stream()
        .map(
            l ->
                new OddLine(
                    l.number(),
                    l.kind().name(),
                    l.attemptId(),
                    l.matched(),
                    l.reference(),
                    l.amount()))
        .toList();
  }

  /** Breaks of a source that aren't closed: how many, and how long the oldest is open. */
  public record OpenBreaks(long count, long oldestSeconds) {}

  /** The open breaks of a source. */
  public OpenBreaks open(String source) {
    return sums.open(source)
        .map(
            o ->
                new OpenBreaks(
                    o.count(), Duration.between(o.oldest(), clock.instant()).toSeconds()))
        .orElse(new OpenBreaks(0, 0));
  }

  /**
   * What we hold for paid on a day and no statement confirms yet, and still is in clearing, in
   * minor units.
   *
   * @param stated whether the day's statement is in
   */
  public record Unconfirmed(
      String source, LocalDate day, String currency, long payouts, long minor, boolean stated) {}

  /**
   * What is left in clearing of payouts, by the days on which they were paid, the latest first:
   * however old, where the day's statement is in; else back to the source's first day, a year at
   * most, or a month if it has none.
   */
  public List<Unconfirmed> unconfirmed(String name) {
    Source source = sources.get(name);
    if (source == null) {
      return List.of();
    }
    List<Unconfirmed> found = new ArrayList<>();
    for (ReportStore.Pending p : sums.unconfirmed(name)) {
      found.add(new Unconfirmed(name, p.day(), p.currency(), p.payouts(), p.minor(), true));
    }
    BusinessCalendar calendar = source.calendar();
    LocalDate today = calendar.dayOf(clock.instant());
    LocalDate since = source.since();
    LocalDate first =
        since == null
            ? today.minusDays(LONGEST_MISSED_DAYS)
            : Collections.max(List.of(since, today.minusDays(LONGEST_UNSTATED_DAYS)));
    Set<LocalDate> stated = runs.days(name, first, today);
    for (LocalDate day = today; !day.isBefore(first); day = calendar.previous(day)) {
      if (!stated.contains(day)) {
        Instant from = calendar.start(day);
        for (ReportStore.Pending p :
            sums.paid(
                name, source.channel(), source.onlyCurrency(), day, from, calendar.end(day))) {
          found.add(new Unconfirmed(name, day, p.currency(), p.payouts(), p.minor(), false));
        }
      }
    }
    found.sort(Comparator.comparing(Unconfirmed::day).reversed());
    return found;
  }

  /** One day in a source's trend: entries, breaks, and those still open. */
  public record TrendDay(LocalDate day, long lines, long breaks, long open) {}

  /** The days of a source since one. */
  public List<TrendDay> trend(String source, LocalDate from) {
    return sums.trend(source, from).stream()
        .map(d -> new TrendDay(d.day(), d.lines(), d.breaks(), d.open()))
        .toList();
  }

  /** A statement that should have come. */
  public record MissingStatement(String source, LocalDate day) {}

  /** Statements that should be here by now, the latest first; a month back at most. */
  public List<MissingStatement> missing(Duration expectAfter) {
    List<MissingStatement> missing = new ArrayList<>();
    for (Source source : sources.values()) {
      if (source.since() == null) {
        continue;
      }
      BusinessCalendar calendar = source.calendar();
      LocalDate day = calendar.previous(calendar.dayOf(clock.instant()));
      LocalDate first = day.minusDays(LONGEST_MISSED_DAYS);
      var days = runs.days(source.name(), first, day);
      for (; !day.isBefore(source.since()) && day.isAfter(first); day = calendar.previous(day)) {
        boolean due = !clock.instant().isBefore(calendar.end(day).plus(expectAfter));
        if (due && !days.contains(day)) {
          missing.add(new MissingStatement(source.name(), day));
        }
      }
    }
    return missing;
  }
}
