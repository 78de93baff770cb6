package dev.sluice.api;

import static dev.sluice.api.ProblemCode.CONFLICT;
import static dev.sluice.api.ProblemCode.NOT_FOUND;
import static dev.sluice.api.ProblemCode.PAYLOAD_TOO_LARGE;
import static dev.sluice.api.ProblemCode.REQUEST_TIMEOUT;
import static dev.sluice.api.ProblemCode.UNSUPPORTED_MEDIA_TYPE;
import static dev.sluice.api.Scope.OPS;

import dev.sluice.api.StatementViews.FileView;
import dev.sluice.api.StatementViews.SourceView;
import dev.sluice.api.StatementViews.TrendView;
import dev.sluice.api.StatementViews.UnconfirmedView;
import dev.sluice.api.Views.Listed;
import dev.sluice.reconcile.ReconcileSettings;
import dev.sluice.reconcile.Reconciliation;
import dev.sluice.reconcile.Reconciliation.Receipt;
import dev.sluice.reconcile.Reports;
import dev.sluice.reconcile.StatementFile;
import dev.sluice.reconcile.StatementRun;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Channels' own lists of what they paid: where they come from, and the files themselves. */
@Tag(name = "Statements", description = "Channels' own lists of what they paid, as they came")
@RestController
@RequestMapping(produces = MediaType.APPLICATION_JSON_VALUE)
class StatementsController {
  private static final int DEFAULT_LIMIT = 50;
  private static final int TREND_DAYS = 90;

  private final Reconciliation reconciliation;
  private final Reports reports;
  private final ReconcileSettings settings;
  private final Clock clock;

  StatementsController(Reconciliation reconciliation, ReconcileSettings settings, Clock clock) {
    this.reconciliation = reconciliation;
    this.reports = reconciliation.reports();
    this.settings = settings;
    this.clock = clock;
  }

  @Operation(summary = "List sources, with what is open and what is missing")
  @ApiResponse(responseCode = "200", description = "All of them", useReturnTypeSchema = true)
  @Contract(scopes = OPS)
  @GetMapping("/v1/statement-sources")
  Listed<SourceView> sources() {
    List<Reports.MissingStatement> missing = reports.missing(settings.expectAfter());
    return Listed.all(
        reports.sources().stream()
            .map(
                name -> {
                  Reports.OpenBreaks open = reports.open(name);
                  return new SourceView(
                      name,
                      open.count(),
                      open.oldestSeconds(),
                      missing.stream()
                          .filter(m -> m.source().equals(name))
                          .map(Reports.MissingStatement::day)
                          .sorted()
                          .toList());
                })
            .toList());
  }

  @Operation(summary = "Show a source's days: lines, differences, and those still open")
  @ApiResponse(responseCode = "200", description = "90 days back", useReturnTypeSchema = true)
  @Contract(scopes = OPS, refuses = NOT_FOUND)
  @GetMapping("/v1/statement-sources/{name}/trend")
  Listed<TrendView> trend(@PathVariable String name) {
    requireSource(name);
    return Listed.all(
        reports.trend(name, today().minusDays(TREND_DAYS)).stream().map(TrendView::of).toList());
  }

  @Operation(
      summary = "Show what was paid and no statement confirms yet, by day",
      description = "What lies in the clearing account by its age, however old.")
  @ApiResponse(
      responseCode = "200",
      description = "The latest day first",
      useReturnTypeSchema = true)
  @Contract(scopes = OPS, refuses = NOT_FOUND)
  @GetMapping("/v1/statement-sources/{name}/unconfirmed")
  Listed<UnconfirmedView> unconfirmed(@PathVariable String name) {
    requireSource(name);
    return Listed.all(reports.unconfirmed(name).stream().map(UnconfirmedView::of).toList());
  }

  @Operation(
      summary = "Upload a statement",
      description =
          """
          Keeps the file and answers; it is compared at once after that, and GET shows how far it \
          is. The same content again changes nothing and answers 200 with Idempotent-Replayed: \
          true. Another file of the same day takes the place of the one before.\
          """,
      parameters = {
        @Parameter(name = "source", in = ParameterIn.QUERY, required = true),
        @Parameter(
            name = "name",
            in = ParameterIn.QUERY,
            description = "The file's name, for people"),
        @Parameter(
            name = "businessDate",
            in = ParameterIn.QUERY,
            description = "The day that it is of, where the file itself doesn't say it",
            schema = @Schema(type = "string", format = "date"))
      },
      requestBody =
          @RequestBody(
              required = true,
              content =
                  @Content(
                      mediaType = MediaType.APPLICATION_OCTET_STREAM_VALUE,
                      schema = @Schema(type = "string", format = "binary"))))
  @ApiResponse(responseCode = "201", description = "Kept", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "200", description = "Kept before", useReturnTypeSchema = true)
  @Contract(
      scopes = OPS,
      refuses = {PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, REQUEST_TIMEOUT})
  @PostMapping(path = "/v1/statements", consumes = MediaType.APPLICATION_OCTET_STREAM_VALUE)
  ResponseEntity<FileView> upload(Caller caller, Query query, HttpServletRequest http) {
    String source = query.optional("source", Rules.text(1, 32));
    String name = query.optional("name", Rules.text(1, 200));
    LocalDate day = query.optional("businessDate", Rules::date);
    query.done();
    if (source == null) {
      throw ApiException.badField("source", "is missing");
    }
    Receipt receipt;
    try (UploadedFile file = new UploadedFile(http)) {
      receipt =
          reconciliation.receive(
              source,
              name == null ? "upload" : name,
              file,
              day,
              StatementFile.Origin.UPLOAD,
              caller.subject());
    } catch (IOException e) {
      throw UploadedFile.problem(e);
    }
    return switch (receipt) {
      case Receipt.Stored(StatementFile file) ->
          ResponseEntity.created(URI.create("/v1/statements/" + file.id())).body(view(file));
      case Receipt.Known(StatementFile file) -> Replays.replayed(view(file));
      case Receipt.Rejected(String reason, String detail) ->
          throw new ApiException(
              PAYLOAD_TOO_LARGE, "The file was not kept (%s): %s.".formatted(reason, detail));
      case Receipt.NoSuchSource() ->
          throw ApiException.badField("source", "must be one that is configured");
    };
  }

  @Operation(
      summary = "List statements, the latest first",
      parameters = {
        @Parameter(name = "source", in = ParameterIn.QUERY),
        @Parameter(
            name = "cursor",
            in = ParameterIn.QUERY,
            description = "next of the page before",
            schema = @Schema(type = "string")),
        @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            schema = @Schema(type = "integer", minimum = "1", maximum = "200", defaultValue = "50"))
      })
  @ApiResponse(responseCode = "200", description = "A page", useReturnTypeSchema = true)
  @Contract(scopes = OPS)
  @GetMapping("/v1/statements")
  Listed<FileView> list(Query query) {
    String source = query.optional("source", Rules.text(1, 32));
    UUID cursor = query.optional("cursor", Rules::cursor);
    Integer asked = query.optional("limit", Rules::limit);
    query.done();
    int limit = asked == null ? DEFAULT_LIMIT : asked;
    List<StatementFile> page = reports.files(source, cursor, limit);
    UUID next = page.size() == limit ? page.getLast().id() : null;
    return new Listed<>(page.stream().map(this::view).toList(), Rules.cursor(next));
  }

  @Operation(
      summary = "Look at a statement: how far it is, or why it was refused",
      description = "While it is read, linesRead grows, on the instance that reads it.")
  @ApiResponse(responseCode = "200", description = "As it stands", useReturnTypeSchema = true)
  @Contract(scopes = OPS, refuses = NOT_FOUND)
  @GetMapping("/v1/statements/{id}")
  FileView get(@PathVariable String id) {
    return view(file(id));
  }

  @Operation(
      summary = "Read and compare a statement again",
      description =
          """
          A refused one, for another day if one is given; or one that was compared, as a new version \
          of its day against our books as they are now: also one that a corrected one had replaced.\
          """,
      parameters =
          @Parameter(
              name = "businessDate",
              in = ParameterIn.QUERY,
              schema = @Schema(type = "string", format = "date")))
  @ApiResponse(responseCode = "200", description = "It will be", useReturnTypeSchema = true)
  @Contract(
      scopes = OPS,
      refuses = {NOT_FOUND, CONFLICT})
  @PostMapping("/v1/statements/{id}/rerun")
  FileView rerun(@PathVariable String id, Query query) {
    LocalDate day = query.optional("businessDate", Rules::date);
    query.done();
    StatementFile file = file(id);
    if (!reconciliation.readAgain(file.id(), day)) {
      throw new ApiException(
          CONFLICT, "Only a refused statement, or one that was compared, is compared again.");
    }
    return view(file(id));
  }

  private StatementFile file(String id) {
    return PathIds.read(id)
        .flatMap(reports::file)
        .orElseThrow(() -> ApiException.notFound("statement"));
  }

  private FileView view(StatementFile file) {
    @Nullable UUID run = reports.runOf(file.id()).map(StatementRun::id).orElse(null);
    return FileView.of(file, reconciliation.progress(file.id()).orElse(null), run);
  }

  private void requireSource(String name) {
    if (!reports.sources().contains(name)) {
      throw ApiException.notFound("source");
    }
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }
}
