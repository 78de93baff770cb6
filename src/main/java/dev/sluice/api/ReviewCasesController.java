package dev.sluice.api;

import static dev.sluice.api.ProblemCode.CONFLICT;
import static dev.sluice.api.ProblemCode.NOT_FOUND;
import static dev.sluice.api.Scope.OPS;
import static dev.sluice.api.Scope.OPS_APPROVE;
import static java.util.Objects.requireNonNull;

import dev.sluice.api.ReviewViews.CaseView;
import dev.sluice.api.ReviewViews.EvidenceView;
import dev.sluice.api.Views.EntryView;
import dev.sluice.api.Views.Listed;
import dev.sluice.api.Views.WithdrawalView;
import dev.sluice.payout.Decision;
import dev.sluice.payout.ReviewDecisions;
import dev.sluice.payout.Timeline;
import dev.sluice.review.ReviewCase;
import dev.sluice.review.ReviewCases;
import dev.sluice.withdrawal.Withdrawals;
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

/** Questions that people decide: one proposes, another approves or rejects. */
@Tag(name = "Review cases", description = "Questions that two people decide, with their evidence")
@RestController
@RequestMapping(path = "/v1/review-cases", produces = MediaType.APPLICATION_JSON_VALUE)
class ReviewCasesController {
  private static final int DEFAULT_LIMIT = 50;

  private final ReviewCases cases;
  private final ReviewDecisions decisions;
  private final Withdrawals withdrawals;
  private final Timeline timeline;

  ReviewCasesController(
      ReviewCases cases, ReviewDecisions decisions, Withdrawals withdrawals, Timeline timeline) {
    this.cases = cases;
    this.decisions = decisions;
    this.withdrawals = withdrawals;
    this.timeline = timeline;
  }

  @Operation(
      summary = "List cases that wait for a person, oldest first",
      parameters = {
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
  Listed<CaseView> list(Query query) {
    UUID cursor = query.optional("cursor", Rules::cursor);
    Integer asked = query.optional("limit", Rules::limit);
    query.done();
    int limit = asked == null ? DEFAULT_LIMIT : asked;
    ReviewCase after = cursor == null ? null : cases.find(cursor).orElse(null);
    List<ReviewCase> page = cases.waiting(after, limit);
    UUID next = page.size() == limit ? page.getLast().id() : null;
    return new Listed<>(page.stream().map(CaseView::of).toList(), Rules.cursor(next));
  }

  @Operation(
      summary = "Look at a case with its evidence",
      description = "The order and all that happened to it, where the case is about an order.")
  @ApiResponse(responseCode = "200", description = "All of it", useReturnTypeSchema = true)
  @Contract(
      scopes = {OPS, OPS_APPROVE},
      refuses = NOT_FOUND)
  @GetMapping("/{id}")
  EvidenceView get(@PathVariable String id) {
    ReviewCase found =
        PathIds.read(id).flatMap(cases::find).orElseThrow(() -> ApiException.notFound("case"));
    UUID order = found.withdrawalId();
    return new EvidenceView(
        CaseView.of(found),
        order == null ? null : withdrawals.find(order).map(WithdrawalView::of).orElse(null),
        order == null ? List.of() : timeline.of(order).stream().map(EntryView::of).toList());
  }

  @Operation(
      summary = "Propose a decision",
      requestBody =
          @RequestBody(
              required = true,
              content = @Content(schema = @Schema(implementation = ReviewViews.Proposal.class))))
  @ApiResponse(responseCode = "200", description = "Proposed", useReturnTypeSchema = true)
  @Contract(
      scopes = OPS,
      refuses = {NOT_FOUND, CONFLICT})
  @PostMapping(path = "/{id}/propose", consumes = MediaType.APPLICATION_JSON_VALUE)
  CaseView propose(Caller caller, @PathVariable String id, Fields body) {
    Decision decision = body.required("decision", Rules.oneOf(Decision.class));
    String reason = body.required("reason", Rules.text(1, 500));
    body.done();
    return answer(
        decisions.propose(
            caseId(id), requireNonNull(decision), requireNonNull(reason), caller.subject()));
  }

  @Operation(
      summary = "Approve another person's proposal",
      description = "Its effect is applied once, in the commit that closes the case.",
      requestBody =
          @RequestBody(
              required = true,
              content = @Content(schema = @Schema(implementation = ReviewViews.Verdict.class))))
  @ApiResponse(responseCode = "200", description = "Approved", useReturnTypeSchema = true)
  @Contract(
      scopes = OPS_APPROVE,
      refuses = {NOT_FOUND, CONFLICT})
  @PostMapping(path = "/{id}/approve", consumes = MediaType.APPLICATION_JSON_VALUE)
  CaseView approve(Caller caller, @PathVariable String id, Fields body) {
    String reason = body.required("reason", Rules.text(1, 500));
    body.done();
    return answer(decisions.approve(caseId(id), requireNonNull(reason), caller.subject()));
  }

  @Operation(
      summary = "Reject another person's proposal",
      description = "The case is open again.",
      requestBody =
          @RequestBody(
              required = true,
              content = @Content(schema = @Schema(implementation = ReviewViews.Verdict.class))))
  @ApiResponse(responseCode = "200", description = "Rejected", useReturnTypeSchema = true)
  @Contract(
      scopes = OPS_APPROVE,
      refuses = {NOT_FOUND, CONFLICT})
  @PostMapping(path = "/{id}/reject", consumes = MediaType.APPLICATION_JSON_VALUE)
  CaseView reject(Caller caller, @PathVariable String id, Fields body) {
    String reason = body.required("reason", Rules.text(1, 500));
    body.done();
    return answer(decisions.reject(caseId(id), requireNonNull(reason), caller.subject()));
  }

  private static UUID caseId(String id) {
    return PathIds.read(id).orElseThrow(() -> ApiException.notFound("case"));
  }

  private static CaseView answer(ReviewDecisions.Result result) {
    return switch (result) {
      case ReviewDecisions.Result.Done(ReviewCase now) -> CaseView.of(now);
      case ReviewDecisions.Result.NotPossible(String reason) ->
          throw new ApiException(CONFLICT, reason);
      case ReviewDecisions.Result.NotFound() -> throw ApiException.notFound("case");
    };
  }
}
