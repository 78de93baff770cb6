package dev.sluice.api;

import static dev.sluice.api.ProblemCode.ACCOUNT_NOT_ACTIVE;
import static dev.sluice.api.ProblemCode.CONFLICT;
import static dev.sluice.api.ProblemCode.FORBIDDEN;
import static dev.sluice.api.ProblemCode.IDEMPOTENCY_KEY_REUSED;
import static dev.sluice.api.ProblemCode.INSUFFICIENT_FUNDS;
import static dev.sluice.api.ProblemCode.MISSING_IDEMPOTENCY_KEY;
import static dev.sluice.api.ProblemCode.NOT_CANCELLABLE;
import static dev.sluice.api.ProblemCode.NOT_FOUND;
import static dev.sluice.api.ProblemCode.NOT_PAYABLE;
import static dev.sluice.api.Scope.OPS;
import static dev.sluice.api.Scope.WITHDRAWALS;
import static java.util.Objects.requireNonNull;

import dev.sluice.api.Requests.Decision;
import dev.sluice.api.Views.EntryView;
import dev.sluice.api.Views.Listed;
import dev.sluice.api.Views.TimelineView;
import dev.sluice.api.Views.WithdrawalView;
import dev.sluice.payout.HandOvers;
import dev.sluice.payout.Timeline;
import dev.sluice.withdrawal.AcceptResult;
import dev.sluice.withdrawal.Page;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalRequest;
import dev.sluice.withdrawal.WithdrawalState;
import dev.sluice.withdrawal.Withdrawals;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
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

/** Orders. A token with scope withdrawals sees its own user's alone; others' look like none. */
@Tag(name = "Withdrawals", description = "Orders to move money from a wallet to an account outside")
@RestController
@RequestMapping(path = "/v1/withdrawals", produces = MediaType.APPLICATION_JSON_VALUE)
class WithdrawalsController {
  private static final int DEFAULT_LIMIT = 50;

  private final Withdrawals withdrawals;
  private final Timeline timeline;
  private final WithdrawalReader reader;
  private final Bodies bodies;
  private final LateAnswers answers;
  private final HandOvers handOvers;

  WithdrawalsController(
      Withdrawals withdrawals,
      Timeline timeline,
      WithdrawalReader reader,
      Bodies bodies,
      LateAnswers answers,
      HandOvers handOvers) {
    this.withdrawals = withdrawals;
    this.timeline = timeline;
    this.reader = reader;
    this.bodies = bodies;
    this.answers = answers;
    this.handOvers = handOvers;
  }

  @Operation(
      summary = "Withdraw",
      description =
          """
          Accepts the order and holds amount and fee, in one commit. The same key and request \
          again answers 200 with Idempotent-Replayed: true and the order as it stands now, for \
          ever; the same key with another request answers 422.\
          """,
      parameters =
          @Parameter(
              name = WithdrawalReader.KEY_HEADER,
              in = ParameterIn.HEADER,
              required = true,
              description = "Your id of this withdrawal, 1 to 255 visible ASCII characters",
              schema = @Schema(type = "string", pattern = "[!-~]{1,255}"),
              example = "order-20260105-0001"),
      requestBody =
          @RequestBody(
              required = true,
              content =
                  @Content(
                      schema = @Schema(implementation = Requests.NewWithdrawal.class),
                      examples =
                          @ExampleObject(
                              name = "500 CNY to a registered card",
                              value = Requests.WITHDRAWAL))))
  @ApiResponse(
      responseCode = "201",
      description = "Accepted; the funds are held",
      useReturnTypeSchema = true,
      headers = @Header(name = "Location", description = "The order's path"))
  @ApiResponse(
      responseCode = "200",
      description = "Accepted before; the order as it stands now",
      useReturnTypeSchema = true,
      headers = @Header(name = Replays.HEADER, description = "true"))
  @Contract(
      scopes = WITHDRAWALS,
      refuses = {
        MISSING_IDEMPOTENCY_KEY,
        IDEMPOTENCY_KEY_REUSED,
        NOT_PAYABLE,
        ACCOUNT_NOT_ACTIVE,
        INSUFFICIENT_FUNDS
      })
  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  @Nullable ResponseEntity<WithdrawalView> withdraw(
      Caller caller, HttpServletRequest http, HttpServletResponse response) {
    String key = reader.key(http);
    Fields body = bodies.fields(http);
    WithdrawalRequest request = reader.read(caller, key, body);
    String beneficiaryField = body.has("beneficiaryId") ? "beneficiaryId" : "bankAccount";
    return answers.later(
        http, response, () -> answer(withdrawals.accept(request), beneficiaryField));
  }

  private static ResponseEntity<WithdrawalView> answer(
      AcceptResult result, String beneficiaryField) {
    return switch (result) {
      case AcceptResult.Accepted(Withdrawal order) ->
          ResponseEntity.created(URI.create("/v1/withdrawals/" + order.id()))
              .body(WithdrawalView.of(order));
      case AcceptResult.Replayed(Withdrawal order) -> Replays.replayed(WithdrawalView.of(order));
      case AcceptResult.Refused refused -> throw refusal(refused, beneficiaryField);
    };
  }

  /** A refusal as a problem; the field is the one that named the beneficiary. */
  static ApiException refusal(AcceptResult.Refused refused, String beneficiaryField) {
    return switch (refused.why()) {
      case IDEMPOTENCY_KEY_REUSED -> new ApiException(IDEMPOTENCY_KEY_REUSED, refused.detail());
      case NOT_PAYABLE -> new ApiException(NOT_PAYABLE, refused.detail());
      case ACCOUNT_NOT_ACTIVE -> new ApiException(ACCOUNT_NOT_ACTIVE, refused.detail());
      case INSUFFICIENT_FUNDS -> new ApiException(INSUFFICIENT_FUNDS, refused.detail());
      case BENEFICIARY_NOT_FOUND -> ApiException.badField(beneficiaryField, refused.detail());
    };
  }

  @Operation(
      summary = "Look up an order",
      description =
          "While a channel waits for the user, handOver tells the order's owner what their app"
              + " must pass to the channel's app.")
  @ApiResponse(responseCode = "200", description = "As it stands", useReturnTypeSchema = true)
  @Contract(
      scopes = {WITHDRAWALS, OPS},
      refuses = NOT_FOUND)
  @GetMapping("/{id}")
  @Nullable ResponseEntity<WithdrawalView> get(
      Caller caller,
      @PathVariable String id,
      HttpServletRequest http,
      HttpServletResponse response) {
    return answers.later(http, response, () -> ResponseEntity.ok(get(caller, id)));
  }

  private WithdrawalView get(Caller caller, String id) {
    Withdrawal order = visible(caller, id);
    boolean handsOver =
        order.status() == WithdrawalState.PROCESSING
            && caller.may(WITHDRAWALS)
            && caller.subject().equals(order.userId());
    return WithdrawalView.of(order, handsOver ? handOvers.of(order.id()).orElse(null) : null);
  }

  @Operation(
      summary = "List orders, newest first",
      description = "With a status a page may hold fewer orders than asked for and still have next",
      parameters = {
        @Parameter(
            name = "userId",
            in = ParameterIn.QUERY,
            description = "The token's subject if left out; with scope ops then all users",
            schema = @Schema(type = "string")),
        @Parameter(
            name = "status",
            in = ParameterIn.QUERY,
            schema = @Schema(implementation = WithdrawalState.class)),
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
  @Contract(scopes = {WITHDRAWALS, OPS})
  @GetMapping
  @Nullable ResponseEntity<Listed<WithdrawalView>> list(
      Caller caller, Query query, HttpServletRequest http, HttpServletResponse response) {
    String asked = query.optional("userId", Rules::userId);
    WithdrawalState status = query.optional("status", Rules.oneOf(WithdrawalState.class));
    UUID cursor = query.optional("cursor", Rules::cursor);
    Integer limit = query.optional("limit", Rules::limit);
    query.done();
    if (!caller.may(OPS) && asked != null && !asked.equals(caller.subject())) {
      throw new ApiException(
          FORBIDDEN, "userId must be the token's subject; other users' need the scope ops.");
    }
    String userId = caller.may(OPS) ? asked : caller.subject();
    return answers.later(
        http, response, () -> ResponseEntity.ok(list(userId, status, cursor, limit)));
  }

  private Listed<WithdrawalView> list(
      @Nullable String userId,
      @Nullable WithdrawalState status,
      @Nullable UUID cursor,
      @Nullable Integer limit) {
    Page page = withdrawals.list(userId, status, cursor, limit == null ? DEFAULT_LIMIT : limit);
    return new Listed<>(
        page.orders().stream().map(WithdrawalView::of).toList(), Rules.cursor(page.next()));
  }

  @Operation(
      summary = "What happened to an order",
      description =
          "Every move, attempt, message of a channel and transfer, oldest first. Which operator"
              + " decided is told to operators alone.")
  @ApiResponse(responseCode = "200", description = "All of it", useReturnTypeSchema = true)
  @Contract(
      scopes = {WITHDRAWALS, OPS},
      refuses = NOT_FOUND)
  @GetMapping("/{id}/timeline")
  TimelineView timeline(Caller caller, @PathVariable String id) {
    Withdrawal order = visible(caller, id);
    List<Timeline.Entry> entries =
        caller.may(OPS) ? timeline.of(order.id()) : timeline.forUser(order.id(), caller.subject());
    return new TimelineView(order.id(), entries.stream().map(EntryView::of).toList());
  }

  @Operation(
      summary = "Cancel an order",
      description =
          "Before its first attempt; its funds are released. Cancelling twice is cancelling once.")
  @ApiResponse(responseCode = "200", description = "Cancelled", useReturnTypeSchema = true)
  @Contract(
      scopes = {WITHDRAWALS, OPS},
      refuses = {NOT_FOUND, NOT_CANCELLABLE})
  @PostMapping("/{id}/cancel")
  WithdrawalView cancel(Caller caller, @PathVariable String id) {
    Withdrawal order = visible(caller, id);
    return switch (withdrawals.cancel(order.id(), caller.subject())) {
      case Withdrawals.Change.Done(Withdrawal cancelled) -> WithdrawalView.of(cancelled);
      case Withdrawals.Change.NotPossible(Withdrawal now) ->
          throw new ApiException(
              NOT_CANCELLABLE,
              "The order is %s; only one that waits for its first attempt can be cancelled."
                  .formatted(now.status()));
      case Withdrawals.Change.NotFound() -> throw ApiException.notFound("withdrawal");
    };
  }

  @Operation(
      summary = "Decide the review of an order",
      description = "By a person who isn't the order's user. Rejecting releases its funds.",
      requestBody =
          @RequestBody(
              required = true,
              content = @Content(schema = @Schema(implementation = Requests.ReviewDecision.class))))
  @ApiResponse(responseCode = "200", description = "Decided", useReturnTypeSchema = true)
  @Contract(
      scopes = OPS,
      refuses = {NOT_FOUND, CONFLICT})
  @PostMapping(path = "/{id}/review", consumes = MediaType.APPLICATION_JSON_VALUE)
  WithdrawalView review(Caller caller, @PathVariable String id, Fields body) {
    Decision decision = body.required("decision", Rules.oneOf(Decision.class));
    String reason = body.required("reason", Rules.text(1, 500));
    body.done();
    Withdrawal order = visible(caller, id);
    if (order.userId().equals(caller.subject())) {
      throw new ApiException(FORBIDDEN, "Nobody decides their own order; ask somebody else to.");
    }
    boolean approve = decision == Decision.APPROVE;
    return switch (withdrawals.review(
        order.id(), approve, requireNonNull(reason), caller.subject())) {
      case Withdrawals.Change.Done(Withdrawal decided) -> WithdrawalView.of(decided);
      case Withdrawals.Change.NotPossible(Withdrawal now) ->
          throw new ApiException(
              CONFLICT, "The order is %s and waits for no review.".formatted(now.status()));
      case Withdrawals.Change.NotFound() -> throw ApiException.notFound("withdrawal");
    };
  }

  private Withdrawal visible(Caller caller, String id) {
    return PathIds.read(id)
        .flatMap(withdrawals::look)
        .filter(order -> caller.may(OPS) || order.userId().equals(caller.subject()))
        .orElseThrow(() -> ApiException.notFound("withdrawal"));
  }
}
