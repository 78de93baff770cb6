package dev.sluice.reconcile;

import dev.sluice.channel.BillDownload;
import dev.sluice.channel.Channel;
import dev.sluice.ledger.Ledger;
import dev.sluice.money.Ids;
import dev.sluice.payout.StatementInbox;
import dev.sluice.payout.Timeline;
import dev.sluice.reconcile.format.StatementRefused;
import dev.sluice.review.ReviewCase;
import dev.sluice.review.ReviewCases;
import dev.sluice.vault.Vault;
import dev.sluice.withdrawal.Withdrawals;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reconciliation, wired from its parts: statements come in, are kept, compared with our books, and
 * what differs is explained by rule or by persons. {@link #step()} does what there is to do.
 */
public final class Reconciliation {
  private static final Logger log = LoggerFactory.getLogger(Reconciliation.class);
  private static final Duration LONGEST_QUERY_WINDOW = Duration.ofDays(30);
  private static final int BATCH = 20;

  private record Failure(int times, Instant again) {}

  private final Map<String, Source> sources = new TreeMap<>();
  private final Map<UUID, Progress> progress = new ConcurrentHashMap<>();
  private final Map<UUID, Failure> failures = new ConcurrentHashMap<>();
  private final FileStore files;
  private final RunStore runs;
  private final BreakStore breaks;
  private final Comparison comparison;
  private final Evaluation evaluation;
  private final Resolution resolution;
  private final ReviewCases reviews;
  private final ReconcileMetrics metrics;
  private final TransactionOperations transactions;
  private final Clock clock;
  private final ReconcileSettings settings;
  private final Reports reports;
  private final Receiving receiving;
  private final DropDirectory drops;
  private final Fetching fetching;
  private final Watch watch;

  /** All of reconciliation over these parts; {@code transactions} must allow a run its time. */
  @SuppressWarnings("TooManyParameters") // the one place where the parts are put together
  public Reconciliation(
      JdbcTemplate jdbc,
      Withdrawals withdrawals,
      Ledger ledger,
      ReviewCases reviews,
      StatementInbox inbox,
      Timeline timeline,
      Collection<Channel> channels,
      Vault vault,
      JsonMapper json,
      TransactionOperations transactions,
      Clock clock,
      Ids ids,
      ReconcileSettings settings,
      MeterRegistry registry) {
    this.files = new FileStore(jdbc);
    this.runs = new RunStore(jdbc);
    this.breaks = new BreakStore(jdbc, ids);
    EvidenceFiles evidence =
        new EvidenceFiles(settings.directory(), vault, settings.limits().maxBytes());
    FactStore facts = new FactStore(jdbc);
    this.comparison =
        new Comparison(
            files, runs, new StagingStore(jdbc), evidence, transactions, clock, ids, settings);
    this.evaluation =
        new Evaluation(
            runs,
            facts,
            breaks,
            ledger,
            reviews,
            inbox,
            new BreakEvidence(breaks, facts, timeline, json),
            transactions,
            clock,
            ids,
            settings.matchDays());
    this.resolution =
        new Resolution(breaks, ledger, withdrawals, reviews, inbox, transactions, clock);
    this.reviews = reviews;
    this.transactions = transactions;
    this.clock = clock;
    this.settings = settings;
    this.metrics = new ReconcileMetrics(registry);
    settings
        .sources()
        .forEach(
            (name, s) ->
                sources.put(name, Source.of(name, s, queryWindow(name, s, channels), settings)));
    this.reports = new Reports(files, runs, breaks, facts, new ReportStore(jdbc), sources, clock);
    this.receiving = new Receiving(files, evidence, clock, ids);
    Rejections rejections = new Rejections(reviews, metrics, transactions, clock);
    this.drops = new DropDirectory(receiving, rejections, clock);
    Map<String, BillDownload> bills = new TreeMap<>();
    for (Channel channel : channels) {
      if (channel instanceof BillDownload download) {
        bills.put(channel.name(), download);
      }
    }
    this.fetching =
        new Fetching(
            new FetchStore(jdbc),
            receiving,
            rejections,
            bills,
            clock,
            settings.directory(),
            settings.limits().maxBytes());
    this.watch = new Watch(reports, metrics, settings.expectAfter());
  }

  private static Duration queryWindow(
      String name, ReconcileSettings.Source source, Collection<Channel> channels) {
    String channel = source.channel() == null ? name : source.channel();
    return channels.stream()
        .filter(c -> c.name().equals(channel))
        .map(c -> c.limits().queryWindow())
        .findFirst()
        .orElse(LONGEST_QUERY_WINDOW);
  }

  /** What became of a file that was brought. */
  public sealed interface Receipt {
    /** It is kept, and will be compared. */
    record Stored(StatementFile file) implements Receipt {}

    /** The same content was brought before: nothing changes. */
    record Known(StatementFile file) implements Receipt {}

    /** It was not kept. */
    record Rejected(String reason, String detail) implements Receipt {}

    /** There's no such source. */
    record NoSuchSource() implements Receipt {}
  }

  /**
   * Keeps a statement, durably, to be compared at the next step.
   *
   * @param businessDate the day it is of, if whoever brings it knows
   * @param actor who brings it
   */
  public Receipt receive(
      String source,
      String name,
      InputStream content,
      @Nullable LocalDate businessDate,
      StatementFile.Origin origin,
      String actor)
      throws IOException {
    if (!sources.containsKey(source)) {
      return new Receipt.NoSuchSource();
    }
    return receiving.receive(source, name, content, businessDate, origin, actor);
  }

  /** Takes what lies in directories, and fetches what is due; returns how many files. */
  public int collect() {
    int done = 0;
    for (Source source : sources.values()) {
      try {
        done += drops.take(source) + fetching.one(source);
      } catch (IOException e) {
        // One source's trouble is not another's; it is tried again after the usual pause.
        log.atError().addKeyValue("source", source.name()).log("collecting failed", e);
        metrics.alarm("statement_failed");
      }
    }
    return done;
  }

  /** Measures what metrics tell, and raises the alarm for statements that are missing. */
  public int watch() {
    return watch.measure();
  }

  /** Takes up files that wait, and breaks whose waiting is over; returns how much it did. */
  public int step() {
    int done = 0;
    for (UUID id : files.unfinished(BATCH)) {
      done += takeUnlessItFailed(id) ? 1 : 0;
    }
    for (Source source : sources.values()) {
      LocalDate today = source.calendar().dayOf(clock.instant());
      for (LocalDate day : breaks.toLookAtAgain(source.name(), today, BATCH)) {
        done += evaluation.around(source, day) ? 1 : 0;
      }
    }
    return done + resolution.finish();
  }

  /** A file that can't be worked on holds nothing up; it is tried again after growing pauses. */
  private boolean takeUnlessItFailed(UUID id) {
    Failure before = failures.get(id);
    if (before != null && clock.instant().isBefore(before.again())) {
      return false;
    }
    try {
      boolean done = take(id);
      failures.remove(id);
      return done;
    } catch (DataAccessResourceFailureException | TransactionException e) {
      throw e; // it's the database, not the file
    } catch (RuntimeException e) {
      int times = before == null ? 1 : before.times() + 1;
      Duration pause = Duration.ofSeconds(Math.min(600, 1L << Math.min(times, 10)));
      failures.put(id, new Failure(times, clock.instant().plus(pause)));
      log.error("comparing statement file {} failed; again in {}", id, pause, e);
      metrics.alarm("statement_failed");
      return false;
    }
  }

  private boolean take(UUID id) {
    StatementFile file = files.byId(id).orElseThrow();
    Source source = sources.get(file.source());
    if (source == null) {
      return false; // its configuration was taken away; it waits for it to come back
    }
    Progress reading = progress.computeIfAbsent(id, i -> new Progress());
    long start = System.nanoTime();
    try {
      Optional<StatementRun> run =
          file.state() == StatementFile.State.RECEIVED
              ? comparison.compare(id, source, reading)
              : runs.byFile(id);
      if (run.isEmpty() || !evaluation.around(source, run.get().businessDate())) {
        return false;
      }
      transactions.executeWithoutResult(
          status -> {
            runs.finish(run.get().id(), clock.instant());
            files.setState(id, StatementFile.State.DONE);
          });
      metrics.finished(
          reports.report(run.get().id()).orElseThrow(),
          System.nanoTime() - start,
          settings.alarmDifferences());
    } catch (StatementRefused e) {
      refuse(file, e);
    } finally {
      progress.remove(id);
    }
    return true;
  }

  private void refuse(StatementFile file, StatementRefused why) {
    transactions.executeWithoutResult(
        status -> {
          if (files.lock(file.id(), StatementFile.State.RECEIVED).isEmpty()) {
            return;
          }
          files.refuse(file.id(), why.reason().name(), why.detail());
          reviews.open(
              List.of(
                  new ReviewCases.Question(
                      null,
                      null,
                      ReviewCase.Kind.STATEMENT,
                      "Statement %s of %s was refused (%s): it %s. File %s."
                          .formatted(
                              file.name(), file.source(), why.reason(), why.detail(), file.id()))),
              clock.instant());
        });
    metrics.refused(file.source(), why.reason());
    log.atWarn()
        .addKeyValue("file", file.id())
        .addKeyValue("source", file.source())
        .log("a statement was refused: {}: {}", why.reason(), why.detail());
  }

  /**
   * Makes a file be read and compared again: a refused one, for another day if one is given, or one
   * that was compared, as a new version of its day, even if another took its place meanwhile.
   *
   * @return false if it is neither
   */
  public boolean readAgain(UUID fileId, @Nullable LocalDate businessDate) {
    return files.readAgain(fileId, businessDate);
  }

  /** How far a file has been read, while it is being read by this instance. */
  public Optional<Progress> progress(UUID fileId) {
    return Optional.ofNullable(progress.get(fileId));
  }

  /** What was found: files, runs, breaks, reports. */
  public Reports reports() {
    return reports;
  }

  /** One person proposes how to resolve a break. */
  public Resolution.Result propose(
      UUID breakId, int version, Break.Decision decision, String reason, String maker) {
    return resolution.propose(breakId, version, decision, reason, maker);
  }

  /** Another person approves: the decision takes effect, once. */
  public Resolution.Result approve(UUID breakId, int version, String checker) {
    return resolution.approve(breakId, version, checker);
  }

  /** Another person, or the same, takes a proposal back. */
  public Resolution.Result reject(UUID breakId, int version, String actor) {
    return resolution.reject(breakId, version, actor);
  }
}
