package dev.sluice.reconcile;

import dev.sluice.database.BinaryCopy;
import dev.sluice.money.Ids;
import dev.sluice.reconcile.format.StatementFormat;
import dev.sluice.reconcile.format.StatementLine;
import dev.sluice.reconcile.format.StatementRefused;
import dev.sluice.reconcile.format.StatementRefused.Reason;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Reads a kept file and compares it with our books, in one transaction: either all of it is
 * believed, or nothing is imported.
 */
final class Comparison {
  private static final Logger log = LoggerFactory.getLogger(Comparison.class);
  private static final int REFERENCE_DAYS = 10;

  private final FileStore files;
  private final RunStore runs;
  private final StagingStore staging;
  private final EvidenceFiles evidence;
  private final TransactionOperations transactions;
  private final Clock clock;
  private final Ids ids;
  private final ReconcileSettings settings;

  Comparison(
      FileStore files,
      RunStore runs,
      StagingStore staging,
      EvidenceFiles evidence,
      TransactionOperations transactions,
      Clock clock,
      Ids ids,
      ReconcileSettings settings) {
    this.files = files;
    this.runs = runs;
    this.staging = staging;
    this.evidence = evidence;
    this.transactions = transactions;
    this.clock = clock;
    this.ids = ids;
    this.settings = settings;
  }

  /**
   * Compares a file that was received.
   *
   * @param progress told how far the reading is
   * @return the run; empty if another instance works on it or on its source, or has
   * @throws StatementRefused if it can't be believed; nothing was imported
   */
  Optional<StatementRun> compare(UUID fileId, Source source, Progress progress)
      throws StatementRefused {
    try {
      Optional<StatementRun> run =
          transactions.execute(
              status -> {
                Optional<StatementFile> file = files.lock(fileId, StatementFile.State.RECEIVED);
                try {
                  return file.isEmpty() || !runs.lockSource(source.name())
                      ? Optional.empty()
                      : Optional.of(compareLocked(file.get(), source, progress));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      return run == null ? Optional.empty() : run;
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof StatementRefused refused) {
        throw refused;
      }
      throw e;
    }
  }

  private StatementRun compareLocked(StatementFile file, Source source, Progress progress)
      throws IOException {
    staging.prepare(settings.longestRun(), settings.workMemoryMb());
    long started = System.nanoTime();
    Intake intake = new Intake(progress);
    StatementFormat.Coverage[] coverage = {StatementFormat.Coverage.UNSAID};
    try (InputStream in =
        new BufferedInputStream(progress.counting(evidence.open(file.id())), 1 << 16)) {
      staging.copy(
          copy -> {
            intake.into(copy);
            coverage[0] = source.format().read(in, intake::take);
          });
    }
    long copied = System.nanoTime();
    LocalDate day = checkedDay(file, source, coverage[0], intake);
    Instant from = source.calendar().start(day);
    Instant to = source.calendar().end(day);
    int odd =
        staging.compare(
            new StagingStore.Scope(source.channel(), source.onlyCurrency(), from, to),
            intake.repeated.repeated());
    long compared = System.nanoTime();
    if (odd > settings.maxDifferences()) {
      throw new StatementRefused(
          Reason.TOO_MANY_DIFFERENCES,
          "%d differences, more than %d".formatted(odd, settings.maxDifferences()));
    }
    boolean counts = !runs.isOvertaken(file.id(), source.name(), day);
    if (counts) {
      runs.replaceCurrent(source.name(), day);
    }
    StatementRun run =
        new StatementRun(
            ids.next(),
            file.id(),
            source.name(),
            source.channel(),
            day,
            runs.nextVersion(source.name(), day),
            counts,
            clock.instant(),
            null);
    runs.insert(run);
    intake.tally.totals(staging.oddSums()).forEach(t -> runs.insertTotal(run.id(), t));
    staging.writeFacts(
        run.id(),
        source.name(),
        source.channel(),
        source.calendar().start(day.minusDays(REFERENCE_DAYS)),
        source.calendar().end(day.plusDays(REFERENCE_DAYS)));
    files.setState(file.id(), StatementFile.State.COMPARED);
    log.atInfo()
        .addKeyValue("source", source.name())
        .addKeyValue("run", run.id())
        .log(
            "a statement of {} was read in {} ms and compared in {} ms; {} differences, kept in {}"
                + " ms",
            day,
            millis(started, copied),
            millis(copied, compared),
            odd,
            millis(compared, System.nanoTime()));
    return run;
  }

  private static long millis(long from, long to) {
    return TimeUnit.NANOSECONDS.toMillis(to - from);
  }

  /** The day that a file is of, by all who say so, and whether it can be. */
  private LocalDate checkedDay(
      StatementFile file, Source source, StatementFormat.Coverage coverage, Intake intake)
      throws StatementRefused {
    if (source.account() != null
        && coverage.account() != null
        && !coverage.account().equals(source.account())) {
      throw new StatementRefused(Reason.WRONG_ACCOUNT, "is of another account");
    }
    LocalDate day = dayOf(file, source, coverage, intake);
    BusinessCalendar calendar = source.calendar();
    if (!calendar.isBusinessDay(day)) {
      throw new StatementRefused(Reason.WRONG_PERIOD, day + " is no business day");
    }
    if (clock.instant().isBefore(calendar.end(day))) {
      throw new StatementRefused(Reason.PERIOD_NOT_OVER, day + " is not over yet");
    }
    Instant first = calendar.start(day).minus(source.grace());
    Instant last = calendar.end(day).plus(source.grace());
    if ((intake.first != null && intake.first.isBefore(first))
        || (intake.last != null && !intake.last.isBefore(last))) {
      throw new StatementRefused(
          Reason.WRONG_PERIOD, "has entries that don't belong to %s".formatted(day));
    }
    return day;
  }

  private static LocalDate dayOf(
      StatementFile file, Source source, StatementFormat.Coverage coverage, Intake intake)
      throws StatementRefused {
    LocalDate said = file.businessDate();
    LocalDate covers = coverage.to();
    if (covers != null && !source.calendar().isBusinessDay(covers)) {
      covers = source.calendar().next(covers);
    }
    if (said != null && covers != null && !said.equals(covers)) {
      throw new StatementRefused(
          Reason.WRONG_PERIOD, "is of %s, not of %s".formatted(covers, said));
    }
    LocalDate from = coverage.from();
    if (covers != null && from != null && !from.isAfter(source.calendar().previous(covers))) {
      // It may begin with the days without business before it, or at the evening's cut-off.
      boolean cutOffTheDayBefore =
          source
              .calendar()
              .end(covers)
              .isBefore(covers.plusDays(1).atStartOfDay(source.calendar().zone()).toInstant());
      if (!cutOffTheDayBefore || from.isBefore(source.calendar().previous(covers))) {
        throw new StatementRefused(Reason.WRONG_PERIOD, "covers more than one business day");
      }
    }
    if (said != null) {
      return said;
    }
    if (covers != null) {
      return covers;
    }
    if (intake.first != null && intake.last != null) {
      LocalDate a = source.calendar().dayOf(intake.first);
      LocalDate b = source.calendar().dayOf(intake.last);
      if (a.equals(b)) {
        return a;
      }
    }
    throw new StatementRefused(
        Reason.WRONG_PERIOD, "neither the file nor who brought it says of which one day it is");
  }

  /** Takes lines as they are read. */
  private static final class Intake {
    private static final int PROGRESS_EVERY = 1024;

    final FileTally tally = new FileTally();
    final RepeatedNumbers repeated = new RepeatedNumbers();
    private final Progress progress;
    private @Nullable BinaryCopy copy;
    @Nullable Instant first;
    @Nullable Instant last;

    Intake(Progress progress) {
      this.progress = progress;
    }

    void into(BinaryCopy target) {
      copy = target;
    }

    void take(StatementLine line) throws IOException {
      tally.add(line);
      if (line.number() % PROGRESS_EVERY == 0) {
        progress.read(line.number());
      }
      Instant booked = line.bookedAt();
      if (booked != null) {
        first = first == null || booked.isBefore(first) ? booked : first;
        last = last == null || booked.isAfter(last) ? booked : last;
      }
      char kind =
          switch (line.kind()) {
            case PAID -> 'P';
            case REFUSED -> 'R';
            case RETURNED -> 'B';
            case FEE, OTHER -> 0;
          };
      if (kind != 0) {
        stage(line, kind);
      }
    }

    private void stage(StatementLine line, char kind) throws IOException {
      UUID request = RequestNumbers.parse(line.requestNumber());
      if (request != null && kind == 'P') {
        repeated.add(request);
      }
      try {
        StagingStore.write(
            java.util.Objects.requireNonNull(copy),
            new StagingStore.Staged(
                line.number(),
                kind,
                request,
                request == null ? RequestNumbers.shortened(line.requestNumber()) : null,
                RequestNumbers.shortened(line.reference()),
                line.minor(),
                line.currency(),
                ShownNumber.of(line.beneficiary()),
                line.bookedAt()));
      } catch (SQLException e) {
        throw new IOException("the database takes no more lines", e);
      }
    }
  }
}
