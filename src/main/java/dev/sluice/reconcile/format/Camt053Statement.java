package dev.sluice.reconcile.format;

import dev.sluice.reconcile.format.StatementFormat.Coverage;
import dev.sluice.reconcile.format.StatementLine.Kind;
import dev.sluice.reconcile.format.StatementRefused.Reason;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a camt.053 document says, put together from its elements as they end. */
final class Camt053Statement {
  private static final String STATEMENT = "Document/BkToCstmrStmt/Stmt";
  private static final String ENTRY = STATEMENT + "/Ntry";
  private static final String TX = ENTRY + "/NtryDtls/TxDtls";
  private static final String BALANCE = STATEMENT + "/Bal";
  private static final String SUMMARY = STATEMENT + "/TxsSummry/";
  private static final Set<String> FEES = Set.of("CHRG", "FEES", "COMM", "CHGS", "COMI", "CAJT");
  private static final int STATEMENT_DEPTH = 3;
  private static final int ENTRY_DEPTH = 4;
  private static final int TX_DEPTH = 6;

  private final Limits limits;
  private final ZoneId zone;
  private final Map<String, Kind> kinds;
  private final StatementFormat.Lines lines;

  private final Map<String, String> said = new HashMap<>();
  private final Map<String, String> balance = new HashMap<>();
  private Map<String, String> entry = new HashMap<>();
  private Map<String, String> tx = new HashMap<>();
  private @Nullable Map<String, String> held;
  private String currency = "";
  private int statements;
  private int number;
  private long txCount;
  private long txMinor;
  private @Nullable String accountCurrency;
  private @Nullable Long opening;
  private @Nullable Long closing;
  private @Nullable LocalDate closingDay;
  private long entries;
  private long debits;
  private long credits;
  private long debitMinor;
  private long creditMinor;

  Camt053Statement(
      Limits limits, ZoneId zone, Map<String, Kind> kinds, StatementFormat.Lines lines) {
    this.limits = limits;
    this.zone = zone;
    this.kinds = kinds;
    this.lines = lines;
  }

  void start(int depth, String name, @Nullable String amountsCurrency) throws StatementRefused {
    currency = amountsCurrency == null ? "" : amountsCurrency;
    if (depth == STATEMENT_DEPTH && name.equals("Stmt") && ++statements > 1) {
      throw new StatementRefused(Reason.WRONG_TEMPLATE, "holds more than one statement");
    }
    if (depth == ENTRY_DEPTH && name.equals("Ntry")) {
      entry = new HashMap<>();
      held = null;
      txCount = 0;
      txMinor = 0;
    } else if (depth == ENTRY_DEPTH && name.equals("Bal")) {
      balance.clear();
    } else if (depth == TX_DEPTH && name.equals("TxDtls")) {
      tx = new HashMap<>();
    }
  }

  void end(String path, CharSequence text) throws IOException {
    String value = text.toString().strip();
    if (path.startsWith(TX)) {
      endOfTx(path, value);
    } else if (path.startsWith(ENTRY)) {
      if (path.equals(ENTRY)) {
        endOfEntry();
      } else {
        keep(entry, path.substring(ENTRY.length() + 1), value);
      }
    } else if (path.startsWith(BALANCE)) {
      if (path.equals(BALANCE)) {
        endOfBalance();
      } else {
        keep(balance, path.substring(BALANCE.length() + 1), value);
      }
    } else if (path.startsWith(STATEMENT + "/")) {
      said.putIfAbsent(path.substring(STATEMENT.length() + 1), value);
    }
  }

  private void endOfTx(String path, String value) throws IOException {
    if (!path.equals(TX)) {
      keep(tx, path.substring(TX.length() + 1), value);
      return;
    }
    if (!isBooked()) {
      return;
    }
    txCount++;
    if (held != null) {
      line(held, txAmount(held));
    }
    held = tx;
  }

  private void keep(Map<String, String> map, String name, String value) {
    if (!value.isEmpty() || name.endsWith("RtrInf")) {
      map.putIfAbsent(name, value);
      if (name.endsWith("Amt")) {
        map.putIfAbsent(name + "@", currency);
      }
    }
  }

  private boolean isBooked() {
    String status = entry.getOrDefault("Sts", entry.getOrDefault("Sts/Cd", ""));
    return status.equals("BOOK");
  }

  private void endOfEntry() throws IOException {
    if (!isBooked()) {
      return;
    }
    long minor = amount(entry, "Amt");
    boolean debit = isDebit(entry);
    entries++;
    debits += debit ? 1 : 0;
    credits += debit ? 0 : 1;
    debitMinor = Math.addExact(debitMinor, debit ? minor : 0);
    creditMinor = Math.addExact(creditMinor, debit ? 0 : minor);
    String of = entry.getOrDefault("Amt@", "");
    accountCurrency = accountCurrency == null ? of : accountCurrency;
    if (!of.equals(accountCurrency)) {
      throw StatementRefused.badLine(entries, "is not in the account's currency");
    }
    if (held == null) {
      line(entry, minor);
    } else if (txCount == 1) {
      line(held, minor);
    } else {
      line(held, txAmount(held));
      if (txMinor != minor) {
        throw new StatementRefused(
            Reason.TOTAL_DIFFERS,
            "entry %d says %d, and its details add up to %d".formatted(entries, minor, txMinor));
      }
    }
  }

  private long txAmount(Map<String, String> of) throws StatementRefused {
    String name =
        of.containsKey("Amt")
            ? "Amt"
            : of.containsKey("AmtDtls/TxAmt/Amt") ? "AmtDtls/TxAmt/Amt" : "AmtDtls/InstdAmt/Amt";
    if (!of.containsKey(name)) {
      throw StatementRefused.badLine(entries + 1, "has details without amounts");
    }
    long minor = amount(of, name);
    txMinor = Math.addExact(txMinor, minor);
    return minor;
  }

  private void line(Map<String, String> of, long minor) throws IOException {
    if (++number > limits.maxLines()) {
      throw new StatementRefused(
          Reason.TOO_MANY_LINES, "more than %d lines".formatted(limits.maxLines()));
    }
    Kind kind = kind(of);
    boolean whole = of == entry;
    String order =
        whole ? null : first(of, "RtrInf/OrgnlEndToEndId", "Refs/EndToEndId", "Refs/InstrId");
    String reference =
        whole
            ? first(of, "NtryDtls/Btch/MsgId", "NtryDtls/Btch/PmtInfId", "AcctSvcrRef", "NtryRef")
            : first(of, "Refs/AcctSvcrRef", "Refs/TxId", "Refs/ClrSysRef");
    lines.take(
        new StatementLine(
            number,
            kind,
            order == null || order.equals("NOTPROVIDED") ? null : order,
            reference == null ? first(entry, "AcctSvcrRef", "NtryRef") : reference,
            minor,
            entry.getOrDefault("Amt@", ""),
            first(of, "RltdPties/CdtrAcct/Id/IBAN", "RltdPties/CdtrAcct/Id/Othr/Id"),
            booked()));
  }

  private Kind kind(Map<String, String> of) throws StatementRefused {
    String code =
        String.valueOf(
            first(of, "BkTxCd/Domn/Fmly/SubFmlyCd") == null
                ? first(entry, "BkTxCd/Domn/Fmly/SubFmlyCd")
                : first(of, "BkTxCd/Domn/Fmly/SubFmlyCd"));
    if (kinds.containsKey(code)) {
      return java.util.Objects.requireNonNull(kinds.get(code));
    }
    boolean debit = isDebit(of.containsKey("CdtDbtInd") ? of : entry);
    boolean reversal = "true".equals(entry.get("RvslInd")) || "1".equals(entry.get("RvslInd"));
    boolean returned =
        reversal || code.equals("RRTN") || of.keySet().stream().anyMatch(k -> k.contains("RtrInf"));
    if (!debit) {
      return returned ? Kind.RETURNED : Kind.OTHER;
    }
    return reversal ? Kind.OTHER : FEES.contains(code) ? Kind.FEE : Kind.PAID;
  }

  private static boolean isDebit(Map<String, String> of) throws StatementRefused {
    return switch (of.getOrDefault("CdtDbtInd", "")) {
      case "DBIT" -> true;
      case "CRDT" -> false;
      default -> throw new StatementRefused(Reason.BAD_LINE, "an amount has no direction");
    };
  }

  private @Nullable Instant booked() throws StatementRefused {
    String time = entry.get("BookgDt/DtTm");
    String day = entry.get("BookgDt/Dt");
    try {
      return time != null
          ? instant(time)
          : day == null ? null : day(day).atTime(LocalTime.NOON).atZone(zone).toInstant();
    } catch (DateTimeException e) {
      throw StatementRefused.badLine(entries + 1, "its time is not of the expected form");
    }
  }

  private Instant instant(String text) {
    boolean zoned = text.endsWith("Z") || text.matches(".*[+-]\\d\\d:\\d\\d");
    return zoned
        ? OffsetDateTime.parse(text).toInstant()
        : java.time.LocalDateTime.parse(text).atZone(zone).toInstant();
  }

  private static LocalDate day(String text) {
    return LocalDate.parse(text.length() > 10 ? text.substring(0, 10) : text);
  }

  private void endOfBalance() throws StatementRefused {
    String code = first(balance, "Tp/CdOrPrtry/Cd");
    if (code == null || !(code.equals("OPBD") || code.equals("PRCD") || code.equals("CLBD"))) {
      return;
    }
    String of = balance.getOrDefault("Amt@", "");
    long minor = isDebit(balance) ? -amount(balance, "Amt") : amount(balance, "Amt");
    if (accountCurrency != null && !accountCurrency.equals(of)) {
      throw new StatementRefused(Reason.BALANCE_DIFFERS, "its balances are in two currencies");
    }
    accountCurrency = of;
    if (code.equals("CLBD")) {
      closing = minor;
      String at = first(balance, "Dt/Dt", "Dt/DtTm");
      try {
        closingDay = at == null ? null : day(at);
      } catch (DateTimeException e) {
        throw new StatementRefused(Reason.WRONG_TEMPLATE, "its closing balance has no day");
      }
    } else if (opening == null || code.equals("OPBD")) {
      opening = minor;
    }
  }

  private long amount(Map<String, String> of, String name) throws StatementRefused {
    try {
      String text = of.getOrDefault(name, "");
      return Amounts.minor(text, '.', Amounts.digits(of.getOrDefault(name + "@", "")));
    } catch (NumberFormatException e) {
      throw StatementRefused.badLine(entries + 1, "an amount or currency " + e.getMessage());
    }
  }

  private static @Nullable String first(Map<String, String> of, String... names) {
    for (String name : names) {
      String value = of.get(name);
      if (value != null && !value.isEmpty()) {
        return value;
      }
    }
    return null;
  }

  /** The document has ended: whether it can be believed, and what it covers. */
  Coverage coverage() throws StatementRefused {
    String account = first(said, "Acct/Id/IBAN", "Acct/Id/Othr/Id");
    if (statements == 0 || account == null || opening == null || closing == null) {
      throw new StatementRefused(
          Reason.WRONG_TEMPLATE, "lacks a statement, its account, or its balances");
    }
    if ("false".equals(said.get("StmtPgntn/LastPgInd"))) {
      throw new StatementRefused(Reason.TRUNCATED, "is not the last page");
    }
    long none = -1;
    agree("entries", "TtlNtries/NbOfNtries", entries, none);
    agree("debits", "TtlDbtNtries/NbOfNtries", debits, none);
    agree("credits", "TtlCdtNtries/NbOfNtries", credits, none);
    agree("debits", "TtlDbtNtries/Sum", none, debitMinor);
    agree("credits", "TtlCdtNtries/Sum", none, creditMinor);
    agree("entries", "TtlNtries/Sum", none, debitMinor + creditMinor);
    if (opening + creditMinor - debitMinor != closing) {
      throw new StatementRefused(
          Reason.BALANCE_DIFFERS,
          "opening %d and entries %d don't make closing %d"
              .formatted(opening, creditMinor - debitMinor, closing));
    }
    try {
      String from = first(said, "FrToDt/FrDtTm");
      String to = first(said, "FrToDt/ToDtTm");
      return new Coverage(
          account, from == null ? null : day(from), to == null ? closingDay : lastDay(to));
    } catch (DateTimeException e) {
      throw new StatementRefused(Reason.WRONG_TEMPLATE, "its period is not of the expected form");
    }
  }

  /** A period may end with the first instant after it. */
  private LocalDate lastDay(String to) {
    return instant(to).minusMillis(1).atZone(zone).toLocalDate();
  }

  private void agree(String what, String name, long count, long minor) throws StatementRefused {
    String text = said.get(SUMMARY.substring(STATEMENT.length() + 1) + name);
    if (text == null) {
      return;
    }
    boolean counts = count >= 0;
    long value;
    try {
      value =
          Amounts.minor(
              text,
              '.',
              counts ? 0 : Amounts.digits(accountCurrency == null ? "" : accountCurrency));
    } catch (NumberFormatException e) {
      throw new StatementRefused(
          Reason.WRONG_TEMPLATE, "its summary of %s is no number".formatted(what));
    }
    if (value != (counts ? count : minor)) {
      throw new StatementRefused(
          counts ? Reason.COUNT_DIFFERS : Reason.TOTAL_DIFFERS,
          "says %d for its %s, and has %d".formatted(value, what, counts ? count : minor));
    }
  }
}
