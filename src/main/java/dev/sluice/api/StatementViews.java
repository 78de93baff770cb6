package dev.sluice.api;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sluice.money.Money;
import dev.sluice.reconcile.Break;
import dev.sluice.reconcile.Progress;
import dev.sluice.reconcile.Reports;
import dev.sluice.reconcile.Resolution;
import dev.sluice.reconcile.RunReport;
import dev.sluice.reconcile.StatementFile;
import dev.sluice.reconcile.StatementRun;
import dev.sluice.reconcile.Totals;
import io.swagger.v3.oas.annotations.media.Schema;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Currency;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is shown of statements. */
final class StatementViews {
  private StatementViews() {}

  /** A decimal of minor units that may be negative. */
  static String decimal(long minor, String currency) {
    int digits = Currency.getInstance(currency).getDefaultFractionDigits();
    return BigDecimal.valueOf(minor, digits).toPlainString();
  }

  private static @Nullable String decimal(@Nullable Money money) {
    return money == null ? null : money.decimal();
  }

  /** A list that a channel keeps of what it paid. */
  @Schema(name = "StatementSource")
  record SourceView(
      String name,
      @Schema(description = "Breaks that aren't closed") long openBreaks,
      @Schema(description = "How long the oldest of these is open") long oldestOpenSeconds,
      @Schema(description = "Days whose statement should be here by now")
          List<LocalDate> missing) {}

  /** A statement as it came. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "Statement")
  record FileView(
      UUID id,
      String source,
      String name,
      @Schema(description = "Of its content, hexadecimal") String sha256,
      long bytes,
      @Nullable LocalDate businessDate,
      StatementFile.Origin origin,
      String receivedBy,
      Instant receivedAt,
      StatementFile.State state,
      @Schema(description = "Why it was refused, by name") @Nullable String refusal,
      @Nullable String detail,
      @Schema(description = "Lines read so far, while the instance that answers reads it")
          @Nullable Long linesRead,
      @Schema(description = "How many of its bytes these are") @Nullable Long bytesRead,
      @Schema(description = "Its latest comparison") @Nullable UUID runId) {
    static FileView of(StatementFile f, @Nullable Progress reading, @Nullable UUID runId) {
      return new FileView(
          f.id(),
          f.source(),
          f.name(),
          f.sha256(),
          f.bytes(),
          f.businessDate(),
          f.origin(),
          f.receivedBy(),
          f.receivedAt(),
          f.state(),
          f.refusal(),
          f.detail(),
          reading == null ? null : reading.lines(),
          reading == null ? null : reading.bytes(),
          runId);
    }
  }

  /** A comparison of a statement with our books. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "StatementRun")
  record RunView(
      UUID id,
      UUID statementId,
      String source,
      String channel,
      LocalDate businessDate,
      @Schema(description = "A corrected file makes a new one") int version,
      @Schema(description = "false once a corrected file took its place") boolean current,
      Instant comparedAt,
      @Nullable Instant finishedAt) {
    static RunView of(StatementRun r) {
      return new RunView(
          r.id(),
          r.fileId(),
          r.source(),
          r.channel(),
          r.businessDate(),
          r.version(),
          r.current(),
          r.comparedAt(),
          r.finishedAt());
    }
  }

  /** What a run found in one currency. */
  @Schema(name = "StatementTotals")
  record CurrencyView(
      @Schema(example = "CNY") String currency,
      long paidLines,
      @Schema(description = "By the statement", example = "1200.00") String paid,
      long returnedLines,
      String returned,
      long refusedLines,
      long feeLines,
      String fees,
      long otherLines,
      @Schema(description = "Payouts that our books hold for paid on the day") long ourPayouts,
      String ours,
      long matchedLines,
      @Schema(description = "Moved from clearing to bank for this day") String matched,
      @Schema(description = "What open breaks may cost") String atRisk) {
    static CurrencyView of(RunReport.Currency c) {
      Totals t = c.totals();
      String currency = t.currency();
      return new CurrencyView(
          currency,
          t.paidLines(),
          decimal(t.paidMinor(), currency),
          t.returnedLines(),
          decimal(t.returnedMinor(), currency),
          t.refusedLines(),
          t.feeLines(),
          decimal(t.feeMinor(), currency),
          t.otherLines(),
          t.oursCount(),
          decimal(t.oursMinor(), currency),
          c.matchedLines(),
          decimal(c.matchedMinor(), currency),
          decimal(c.atRiskMinor(), currency));
    }
  }

  /** Breaks of a kind. */
  @Schema(name = "BreakCount")
  record KindView(Break.Kind kind, long count, long closed) {}

  /** All that a run found. */
  @Schema(name = "StatementReport")
  record ReportView(
      RunView run,
      List<CurrencyView> currencies,
      List<KindView> breaks,
      long openBreaks,
      long oldestOpenSeconds) {
    static ReportView of(StatementRun run, RunReport report) {
      return new ReportView(
          RunView.of(run),
          report.currencies().stream().map(CurrencyView::of).toList(),
          report.breaks().stream().map(k -> new KindView(k.kind(), k.count(), k.closed())).toList(),
          report.openBreaks(),
          report.oldestOpenSeconds());
    }
  }

  /** A line that doesn't match outright. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "StatementLine")
  record LineView(
      @Schema(description = "Where it stands in its file, from 1") int number,
      @Schema(description = "PAID, REFUSED or RETURNED") String kind,
      String amount,
      String currency,
      @Nullable String reference,
      @Schema(description = "The attempt that it names") @Nullable UUID attemptId,
      @Schema(description = "The attempt that it confirms after all") @Nullable UUID confirms) {
    static LineView of(Reports.OddLine l) {
      return new LineView(
          l.number(),
          l.kind(),
          l.amount().decimal(),
          l.amount().currency().getCurrencyCode(),
          l.reference(),
          l.attemptId(),
          l.confirms());
    }
  }

  /** A difference between a statement and our books. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "Break")
  record BreakView(
      UUID id,
      String source,
      String channel,
      UUID runId,
      LocalDate businessDate,
      Break.Kind kind,
      Break.State state,
      String detail,
      @Nullable UUID attemptId,
      @Nullable UUID withdrawalId,
      @Nullable Integer line,
      @Schema(description = "What our books say") @Nullable String ours,
      @Schema(description = "What the statement says") @Nullable String theirs,
      String atRisk,
      @Schema(description = "Of what is at risk") String currency,
      @Schema(description = "While it waits: the business day that may explain it")
          @Nullable LocalDate waitUntil,
      @Schema(description = "How it can be resolved") Set<Break.Decision> decisions,
      int version,
      @Nullable String decision,
      @Nullable String reason,
      @Nullable String proposedBy,
      @Nullable String closedBy,
      Instant openedAt,
      @Nullable Instant closedAt) {
    static BreakView of(Break b) {
      return new BreakView(
          b.id(),
          b.source(),
          b.channel(),
          b.runId(),
          b.businessDate(),
          b.kind(),
          b.state(),
          b.detail(),
          b.attemptId(),
          b.withdrawalId(),
          b.lineNo(),
          decimal(b.ours()),
          decimal(b.theirs()),
          b.risk().decimal(),
          b.risk().currency().getCurrencyCode(),
          b.waitUntil(),
          new TreeSet<>(Resolution.possible(b.kind())),
          b.version(),
          b.decision(),
          b.reason(),
          b.proposedBy(),
          b.closedBy(),
          b.openedAt(),
          b.closedAt());
    }
  }

  /** How somebody would resolve a break. */
  @Schema(name = "BreakProposal")
  record Proposal(
      @Schema(requiredMode = REQUIRED) Break.Decision decision,
      @Schema(
              requiredMode = REQUIRED,
              minLength = 1,
              maxLength = 500,
              example = "The channel has confirmed it in writing")
          String reason,
      @Schema(requiredMode = REQUIRED, description = "As it was shown", example = "1")
          String version) {}

  /** Which proposal somebody speaks about. */
  @Schema(name = "BreakVerdict")
  record Verdict(
      @Schema(requiredMode = REQUIRED, description = "As it was shown", example = "2")
          String version) {}

  /** Paid by our books on a day, and not confirmed by a statement. */
  @Schema(name = "Unconfirmed")
  record UnconfirmedView(
      String source,
      LocalDate businessDate,
      String currency,
      long payouts,
      String amount,
      @Schema(description = "Whether the day's statement is in") boolean statementIsIn) {
    static UnconfirmedView of(Reports.Unconfirmed u) {
      return new UnconfirmedView(
          u.source(),
          u.day(),
          u.currency(),
          u.payouts(),
          decimal(u.minor(), u.currency()),
          u.stated());
    }
  }

  /** One day in a source's trend. */
  @Schema(name = "TrendDay")
  record TrendView(LocalDate businessDate, long lines, long breaks, long open) {
    static TrendView of(Reports.TrendDay d) {
      return new TrendView(d.day(), d.lines(), d.breaks(), d.open());
    }
  }
}
