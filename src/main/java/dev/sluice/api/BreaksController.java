package dev.sluice.api;

import static dev.sluice.api.ProblemCode.CONFLICT;
import static dev.sluice.api.ProblemCode.NOT_FOUND;
import static dev.sluice.api.Scope.OPS;
import static dev.sluice.api.Scope.OPS_APPROVE;
import static java.util.Objects.requireNonNull;

import dev.sluice.api.StatementViews.BreakView;
import dev.sluice.api.Views.Listed;
import dev.sluice.reconcile.Break;
import dev.sluice.reconcile.Reconciliation;
import dev.sluice.reconcile.Reports;
import dev.sluice.reconcile.Resolution;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Differences between statements and our books, and how two people resolve them. */
@Tag(name = "Breaks", description = "Differences that statements showed; two people resolve them")
@RestController
@RequestMapping(path = "/v1/breaks", produces = MediaType.APPLICATION_JSON_VALUE)
class BreaksController {
  private static final int DEFAULT_LIMIT = 50;

  private final Reconciliation reconciliation;
  private final Reports reports;

  BreaksController(Reconciliation reconciliation) {
    this.reconciliation = reconciliation;
    this.reports = reconciliation.reports();
  }

  @Operation(
      summary = "List differences, oldest first",
      parameters = {
        @Parameter(name = "source", in = ParameterIn.QUERY),
        @Parameter(
            name = "runId",
            in = ParameterIn.QUERY,
            schema = @Schema(type = "string", format = "uuid")),
        @Parameter(
            name = "state",
            in = ParameterIn.QUERY,
            schema = @Schema(implementation = Break.State.class)),
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
  @Contract(scopes = {OPS, OPS_APPROVE})
  @GetMapping
  Listed<BreakView> list(Query query) {
    String source = query.optional("source", Rules.text(1, 32));
    UUID run = query.optional("runId", Rules::uuid);
    Break.State state = query.optional("state", Rules.oneOf(Break.State.class));
    UUID cursor = query.optional("cursor", Rules::cursor);
    Integer asked = query.optional("limit", Rules::limit);
    query.done();
    int limit = asked == null ? DEFAULT_LIMIT : asked;
    List<Break> page = reports.breaks(source, run, state, cursor, limit);
    UUID next = page.size() == limit ? page.getLast().id() : null;
    return new Listed<>(page.stream().map(BreakView::of).toList(), Rules.cursor(next));
  }

  @Operation(summary = "Look at a difference")
  @ApiResponse(responseCode = "200", description = "As it stands", useReturnTypeSchema = true)
  @Contract(
      scopes = {OPS, OPS_APPROVE},
      refuses = NOT_FOUND)
  @GetMapping("/{id}")
  BreakView get(@PathVariable String id) {
    return PathIds.read(id)
        .flatMap(reports::find)
        .map(BreakView::of)
        .orElseThrow(() -> ApiException.notFound("break"));
  }

  @Operation(
      summary = "Propose how to resolve a difference",
      description =
          """
          ACKNOWLEDGE: explained elsewhere. WRITE_OFF: the fees account bears it. RECOVER: the \
          user owes it. RETURN_TO_USER: the user gets it back, as if it had been returned. Which \
          of these are possible stands in the break.\
          """,
      requestBody =
          @RequestBody(
              required = true,
              content = @Content(schema = @Schema(implementation = StatementViews.Proposal.class))))
  @ApiResponse(responseCode = "200", description = "Proposed", useReturnTypeSchema = true)
  @Contract(
      scopes = OPS,
      refuses = {NOT_FOUND, CONFLICT})
  @PostMapping(path = "/{id}/propose", consumes = MediaType.APPLICATION_JSON_VALUE)
  BreakView propose(Caller caller, @PathVariable String id, Fields body) {
    Break.Decision decision = body.required("decision", Rules.oneOf(Break.Decision.class));
    String reason = body.required("reason", Rules.text(1, 500));
    Integer version = body.required("version", Rules::version);
    body.done();
    return answer(
        reconciliation.propose(
            breakId(id),
            requireNonNull(version),
            requireNonNull(decision),
            requireNonNull(reason),
            caller.subject()));
  }

  @Operation(
      summary = "Approve another person's proposal",
      description = "Its transfers are written, once, in the commit that closes the break.",
      requestBody =
          @RequestBody(
              required = true,
              content = @Content(schema = @Schema(implementation = StatementViews.Verdict.class))))
  @ApiResponse(responseCode = "200", description = "Resolved", useReturnTypeSchema = true)
  @Contract(
      scopes = OPS_APPROVE,
      refuses = {NOT_FOUND, CONFLICT})
  @PostMapping(path = "/{id}/approve", consumes = MediaType.APPLICATION_JSON_VALUE)
  BreakView approve(Caller caller, @PathVariable String id, Fields body) {
    Integer version = body.required("version", Rules::version);
    body.done();
    return answer(reconciliation.approve(breakId(id), requireNonNull(version), caller.subject()));
  }

  @Operation(
      summary = "Reject a proposal",
      description = "The break is open again.",
      requestBody =
          @RequestBody(
              required = true,
              content = @Content(schema = @Schema(implementation = StatementViews.Verdict.class))))
  @ApiResponse(responseCode = "200", description = "Rejected", useReturnTypeSchema = true)
  @Contract(
      scopes = OPS_APPROVE,
      refuses = {NOT_FOUND, CONFLICT})
  @PostMapping(path = "/{id}/reject", consumes = MediaType.APPLICATION_JSON_VALUE)
  BreakView reject(Caller caller, @PathVariable String id, Fields body) {
    Integer version = body.required("version", Rules::version);
    body.done();
    return answer(reconciliation.reject(breakId(id), requireNonNull(version), caller.subject()));
  }

  private static UUID breakId(String id) {
    return PathIds.read(id).orElseThrow(() -> ApiException.notFound("break"));
  }

  private static BreakView answer(Resolution.Result result) {
    return switch (result) {
      case Resolution.Result.Done(Break now) -> BreakView.of(now);
      case Resolution.Result.NotPossible(String why) ->
          throw new ApiException(CONFLICT, "It can't be done: " + why + ".");
      case Resolution.Result.NoSuchBreak() -> throw ApiException.notFound("break");
    };
  }
}
