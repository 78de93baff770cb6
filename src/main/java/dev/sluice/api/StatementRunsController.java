package dev.sluice.api;

import static dev.sluice.api.ProblemCode.NOT_FOUND;
import static dev.sluice.api.Scope.OPS;

import dev.sluice.api.StatementViews.CurrencyView;
import dev.sluice.api.StatementViews.KindView;
import dev.sluice.api.StatementViews.LineView;
import dev.sluice.api.StatementViews.ReportView;
import dev.sluice.api.StatementViews.RunView;
import dev.sluice.api.Views.Listed;
import dev.sluice.reconcile.Break;
import dev.sluice.reconcile.Reconciliation;
import dev.sluice.reconcile.Reports;
import dev.sluice.reconcile.StatementRun;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Comparisons of statements with our books, and their reports. */
@Tag(name = "Statement runs", description = "Comparisons of statements with our books")
@RestController
@RequestMapping(path = "/v1/statement-runs", produces = MediaType.APPLICATION_JSON_VALUE)
class StatementRunsController {
  private static final int DEFAULT_LIMIT = 50;
  private static final int TREND_DAYS = 31;
  private static final int PAGE = 1_000;
  private static final int MOST_BREAKS_IN_A_FILE = 100_000;
  private static final String CSV = "text/csv;charset=UTF-8";
  private static final String HTML = "text/html;charset=UTF-8";

  private final Reports reports;

  StatementRunsController(Reconciliation reconciliation) {
    this.reports = reconciliation.reports();
  }

  @Operation(
      summary = "List runs, the latest business day first",
      parameters = {
        @Parameter(name = "source", in = ParameterIn.QUERY),
        @Parameter(
            name = "before",
            in = ParameterIn.QUERY,
            description = "Only days before this one",
            schema = @Schema(type = "string", format = "date")),
        @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            schema = @Schema(type = "integer", minimum = "1", maximum = "200", defaultValue = "50"))
      })
  @ApiResponse(responseCode = "200", description = "A page", useReturnTypeSchema = true)
  @Contract(scopes = OPS)
  @GetMapping
  Listed<RunView> list(Query query) {
    String source = query.optional("source", Rules.text(1, 32));
    LocalDate before = query.optional("before", Rules::date);
    Integer asked = query.optional("limit", Rules::limit);
    query.done();
    return Listed.all(
        reports.runs(source, before, asked == null ? DEFAULT_LIMIT : asked).stream()
            .map(RunView::of)
            .toList());
  }

  @Operation(summary = "Show what a run found")
  @ApiResponse(responseCode = "200", description = "Its report", useReturnTypeSchema = true)
  @Contract(scopes = OPS, refuses = NOT_FOUND)
  @GetMapping("/{id}")
  ReportView get(@PathVariable String id) {
    return report(id);
  }

  @Operation(
      summary = "List a run's lines that don't match outright",
      description = "What matches leaves no line: the kept file and the totals say as much.",
      parameters = {
        @Parameter(
            name = "after",
            in = ParameterIn.QUERY,
            description = "Only lines after this number",
            schema = @Schema(type = "string")),
        @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            schema = @Schema(type = "integer", minimum = "1", maximum = "200", defaultValue = "50"))
      })
  @ApiResponse(responseCode = "200", description = "A page", useReturnTypeSchema = true)
  @Contract(scopes = OPS, refuses = NOT_FOUND)
  @GetMapping("/{id}/lines")
  Listed<LineView> lines(@PathVariable String id, Query query) {
    Integer after = query.optional("after", Rules::version);
    Integer asked = query.optional("limit", Rules::limit);
    query.done();
    int limit = asked == null ? DEFAULT_LIMIT : asked;
    List<LineView> page =
        reports.lines(run(id).id(), after == null ? 0 : after, limit).stream()
            .map(LineView::of)
            .toList();
    @Nullable String next = page.size() == limit ? Integer.toString(page.getLast().number()) : null;
    return new Listed<>(page, next);
  }

  @Operation(summary = "A run's report as CSV; no cell is a formula")
  @ApiResponse(
      responseCode = "200",
      description = "One row for each currency and for each kind of difference",
      content = @Content(mediaType = "text/csv", schema = @Schema(type = "string")))
  @Contract(scopes = OPS, refuses = NOT_FOUND)
  @GetMapping(path = "/{id}/report.csv", produces = CSV)
  ResponseEntity<String> reportCsv(@PathVariable String id) {
    ReportView report = report(id);
    Csv csv = new Csv().row("item", "currency", "count", "closed", "amount");
    for (CurrencyView c : report.currencies()) {
      csv.row("paid", c.currency(), c.paidLines(), null, c.paid())
          .row("ours", c.currency(), c.ourPayouts(), null, c.ours())
          .row("matched", c.currency(), c.matchedLines(), null, c.matched())
          .row("returned", c.currency(), c.returnedLines(), null, c.returned())
          .row("refused", c.currency(), c.refusedLines(), null, null)
          .row("fees", c.currency(), c.feeLines(), null, c.fees())
          .row("other", c.currency(), c.otherLines(), null, null)
          .row("at risk", c.currency(), null, null, c.atRisk());
    }
    for (KindView k : report.breaks()) {
      csv.row(k.kind(), null, k.count(), k.closed(), null);
    }
    return attachment("report-" + report.run().id() + ".csv", csv);
  }

  @Operation(summary = "A run's differences as CSV; no cell is a formula")
  @ApiResponse(
      responseCode = "200",
      description = "One row for each, 100,000 at most",
      content = @Content(mediaType = "text/csv", schema = @Schema(type = "string")))
  @Contract(scopes = OPS, refuses = NOT_FOUND)
  @GetMapping(path = "/{id}/breaks.csv", produces = CSV)
  ResponseEntity<String> breaksCsv(@PathVariable String id) {
    StatementRun run = run(id);
    Csv csv =
        new Csv()
            .row(
                "id",
                "kind",
                "state",
                "line",
                "attempt",
                "withdrawal",
                "ours",
                "theirs",
                "at risk",
                "currency",
                "decision",
                "reason",
                "proposed by",
                "closed by",
                "detail");
    UUID after = null;
    for (int count = 0; count < MOST_BREAKS_IN_A_FILE; ) {
      List<Break> page = reports.breaks(null, run.id(), null, after, PAGE);
      page.forEach(b -> row(csv, b));
      if (page.size() < PAGE) {
        break;
      }
      count += page.size();
      after = page.getLast().id();
    }
    return attachment("breaks-" + run.id() + ".csv", csv);
  }

  private static void row(Csv csv, Break b) {
    csv.row(
        b.id(),
        b.kind(),
        b.state(),
        b.lineNo(),
        b.attemptId(),
        b.withdrawalId(),
        b.ours() == null ? null : b.ours().decimal(),
        b.theirs() == null ? null : b.theirs().decimal(),
        b.risk().decimal(),
        b.risk().currency().getCurrencyCode(),
        b.decision(),
        b.reason(),
        b.proposedBy(),
        b.closedBy(),
        b.detail());
  }

  @Operation(summary = "A run's report as a page, with the trend of its source as a plot")
  @ApiResponse(
      responseCode = "200",
      description = "A page without scripts",
      content = @Content(mediaType = "text/html", schema = @Schema(type = "string")))
  @Contract(scopes = OPS, refuses = NOT_FOUND)
  @GetMapping(path = "/{id}/page", produces = HTML)
  ResponseEntity<String> page(@PathVariable String id) {
    ReportView report = report(id);
    LocalDate from = report.run().businessDate().minusDays(TREND_DAYS);
    String page = StatementPage.of(report, reports.trend(report.run().source(), from));
    return ResponseEntity.ok()
        .cacheControl(CacheControl.noStore())
        .header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        .body(page);
  }

  private static ResponseEntity<String> attachment(String name, Csv csv) {
    return ResponseEntity.ok()
        .cacheControl(CacheControl.noStore())
        .header("Content-Disposition", "attachment; filename=\"" + name + "\"")
        .body(csv.toString());
  }

  private StatementRun run(String id) {
    return PathIds.read(id).flatMap(reports::run).orElseThrow(() -> ApiException.notFound("run"));
  }

  private ReportView report(String id) {
    StatementRun run = run(id);
    return ReportView.of(run, reports.report(run.id()).orElseThrow());
  }
}
