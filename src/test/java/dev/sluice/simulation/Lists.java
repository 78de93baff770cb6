package dev.sluice.simulation;

import dev.sluice.money.Masking;
import dev.sluice.money.Money;
import dev.sluice.reconcile.FetchSettings;
import dev.sluice.reconcile.ReconcileSettings;
import dev.sluice.reconcile.format.CsvMapping;
import dev.sluice.reconcile.format.Limits;
import dev.sluice.reconcile.format.StatementLine;
import dev.sluice.simulation.Bank.Entry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How banks write their lists, and how the engine is told to read them. */
final class Lists {
  static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

  private static final String HEADING =
      "request_number,reference,amount,currency,status,beneficiary,booked_at\n";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZONE);
  private static final CsvMapping CSV =
      new CsvMapping(
          "UTF-8",
          ',',
          new CsvMapping.Columns(
              "request_number",
              "reference",
              "amount",
              "currency",
              "status",
              "beneficiary",
              "booked_at"),
          CsvMapping.Unit.MAJOR,
          '.',
          "yyyy-MM-dd HH:mm:ss",
          CsvMapping.Sign.UNSIGNED,
          Map.of(
              "PAID", StatementLine.Kind.PAID,
              "REFUSED", StatementLine.Kind.REFUSED,
              "RETURNED", StatementLine.Kind.RETURNED),
          new CsvMapping.Trailer("TOTAL", 1, 2, null, null));

  private Lists() {}

  /** One line of a list. */
  record Row(
      @Nullable String number,
      String reference,
      long minor,
      String status,
      String account,
      Instant at) {

    static Row of(Entry entry) {
      return new Row(
          entry.told().number,
          entry.reference(),
          entry.minor(),
          entry.status(),
          entry.account(),
          entry.at());
    }

    Row with(String newStatus) {
      return new Row(number, reference, minor, newStatus, account, at);
    }

    Row with(long newMinor) {
      return new Row(number, reference, newMinor, status, account, at);
    }

    Row to(String newAccount) {
      return new Row(number, reference, minor, status, newAccount, at);
    }

    Row under(@Nullable String newNumber, String newReference) {
      return new Row(newNumber, newReference, minor, status, account, at);
    }
  }

  static LocalDate dayOf(Instant at) {
    return at.atZone(ZONE).toLocalDate();
  }

  static Instant end(LocalDate day) {
    return day.plusDays(1).atStartOfDay(ZONE).toInstant();
  }

  /** A list as a bank writes it. */
  static String write(List<Row> rows) {
    StringBuilder text = new StringBuilder(HEADING);
    long total = 0;
    for (Row row : rows) {
      text.append(
          "%s,%s,%s,CNY,%s,%s,%s\n"
              .formatted(
                  row.number() == null ? "" : row.number(),
                  row.reference(),
                  decimal(row.minor()),
                  row.status(),
                  Masking.mask(row.account()),
                  TIME.format(row.at())));
      total += row.minor();
    }
    return text.append("TOTAL,%d,%s\n".formatted(rows.size(), decimal(total))).toString();
  }

  private static String decimal(long minor) {
    return Money.ofMinor(minor, "CNY").decimal();
  }

  /** The engine's settings: one source for each bank. */
  static ReconcileSettings settings(Path directory, List<Bank> banks) {
    return new ReconcileSettings(
        directory,
        true,
        Duration.ofSeconds(5),
        Duration.ofMinutes(30),
        4,
        10_000,
        100,
        3,
        Duration.ofHours(12),
        Limits.DEFAULT,
        banks.stream()
            .map(bank -> bank.name)
            .collect(Collectors.toMap(Function.identity(), Lists::source)));
  }

  private static ReconcileSettings.Source source(String bank) {
    return new ReconcileSettings.Source(
        bank,
        ReconcileSettings.Format.CSV,
        null,
        "CNY",
        false,
        ZONE,
        LocalTime.MIDNIGHT,
        Duration.ofMinutes(30),
        true,
        List.of(),
        List.of(),
        LocalDate.of(2026, 3, 1),
        Map.of(),
        CSV,
        null,
        null,
        FetchSettings.NEVER);
  }
}
