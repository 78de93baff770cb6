package dev.sluice.reconcile;

import dev.sluice.channel.BillDownload;
import dev.sluice.channel.BillDownload.Bill;
import dev.sluice.reconcile.Reconciliation.Receipt;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches each business day's file at its hour, again after a pause until it is there, and once
 * more later in case it was corrected. No transaction is open while it waits for the network.
 */
final class Fetching {
  private static final Logger log = LoggerFactory.getLogger(Fetching.class);

  private final FetchStore store;
  private final Receiving receiving;
  private final Rejections rejections;
  private final Map<String, BillDownload> bills;
  private final Clock clock;
  private final Path directory;
  private final long maxBytes;

  /**
   * A fetcher.
   *
   * @param bills by channel: those that can be asked for their bills
   * @param directory where files lie while they are fetched
   */
  Fetching(
      FetchStore store,
      Receiving receiving,
      Rejections rejections,
      Map<String, BillDownload> bills,
      Clock clock,
      Path directory,
      long maxBytes) {
    this.store = store;
    this.receiving = receiving;
    this.rejections = rejections;
    this.bills = bills;
    this.clock = clock;
    this.directory = directory;
    this.maxBytes = maxBytes;
  }

  /** Fetches one day's file of a source, if one is due; returns how many it tried. */
  int one(Source source) throws IOException {
    FetchSettings fetch = source.fetch();
    if (fetch.from() == FetchSettings.From.NEVER) {
      return 0;
    }
    expect(source);
    Instant now = clock.instant();
    Optional<LocalDate> day =
        store.claim(source.name(), now, now.plus(fetch.again()).plus(fetch.within()));
    if (day.isEmpty()) {
      return 0;
    }
    Files.createDirectories(directory);
    Path file = Files.createTempFile(directory, source.name() + "-", ".fetched");
    try {
      arrived(source, day.get(), fetch(source, day.get(), file), file);
    } finally {
      Files.deleteIfExists(file);
    }
    return 1;
  }

  private void expect(Source source) {
    BusinessCalendar calendar = source.calendar();
    Instant now = clock.instant();
    LocalDate day = calendar.previous(calendar.dayOf(now));
    LocalDate first = day.minusDays(source.fetch().daysBack());
    for (; day.isAfter(first); day = calendar.previous(day)) {
      LocalDate since = source.since();
      Instant due = dueAt(source, day);
      if ((since == null || !day.isBefore(since)) && !due.isAfter(now)) {
        store.expect(source.name(), day, due);
      }
    }
  }

  /** The first such hour after the day's end. */
  static Instant dueAt(Source source, LocalDate day) {
    Instant end = source.calendar().end(day);
    LocalTime at = source.fetch().at();
    LocalDateTime local = end.atZone(source.calendar().zone()).toLocalDateTime();
    LocalDateTime due = local.toLocalDate().atTime(at);
    LocalDateTime next = due.isBefore(local) ? due.plusDays(1) : due;
    return next.atZone(source.calendar().zone()).toInstant();
  }

  private Bill fetch(Source source, LocalDate day, Path file) {
    try {
      return switch (source.fetch().from()) {
        case NEVER -> new Bill.NotNow("NEVER");
        case URL -> UrlFetch.fetch(source.fetch(), source.name(), day, file, maxBytes);
        case CHANNEL -> {
          BillDownload channel = bills.get(source.channel());
          yield channel == null
              ? new Bill.NotNow("CHANNEL_HAS_NO_BILLS")
              : channel.bill(day, source.fetch().bill(), file, maxBytes);
        }
      };
    } catch (IOException | RuntimeException e) {
      log.atWarn().addKeyValue("source", source.name()).log("fetching failed", e);
      return new Bill.NotNow("FAILED");
    }
  }

  private void arrived(Source source, LocalDate day, Bill bill, Path file) throws IOException {
    Instant now = clock.instant();
    switch (bill) {
      case Bill.NotNow(String code) -> {
        log.atInfo()
            .addKeyValue("source", source.name())
            .log("the statement of {} isn't to be had yet: {}", day, code);
        store.note(source.name(), day, code, now.plus(source.fetch().again()));
      }
      case Bill.Fetched(String name) -> {
        Receipt receipt;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
          receipt =
              receiving.receive(source.name(), name, in, day, StatementFile.Origin.FETCH, "fetch");
        }
        if (receipt instanceof Receipt.Rejected(String reason, String detail)) {
          rejections.open(source.name(), name, reason, detail);
        }
        store.note(source.name(), day, "FETCHED", recheckAt(source, day, now));
      }
    }
  }

  private static @Nullable Instant recheckAt(Source source, LocalDate day, Instant now) {
    if (source.fetch().recheckAfter().isZero()) {
      return null;
    }
    Instant recheck = dueAt(source, day).plus(source.fetch().recheckAfter());
    return recheck.isAfter(now) ? recheck : null;
  }
}
