package dev.sluice.api;

import static dev.sluice.api.ProblemCode.IDEMPOTENCY_KEY_REUSED;
import static dev.sluice.api.ProblemCode.NOT_FOUND;
import static dev.sluice.api.Scope.LEDGER;
import static java.util.Objects.requireNonNull;

import dev.sluice.api.Views.AccountView;
import dev.sluice.api.Views.Listed;
import dev.sluice.ledger.Account;
import dev.sluice.ledger.CreditResult;
import dev.sluice.ledger.Ledger;
import dev.sluice.money.Money;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Currency;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Accounts and what is paid into them. */
@Tag(name = "Accounts", description = "Users' wallets, one per currency")
@RestController
@RequestMapping(path = "/v1/accounts", produces = MediaType.APPLICATION_JSON_VALUE)
class AccountsController {
  private static final int MOST_DIGITS = 18;

  private final Ledger ledger;

  AccountsController(Ledger ledger) {
    this.ledger = ledger;
  }

  @Operation(
      summary = "Open an account",
      description = "The same call again finds it.",
      requestBody =
          @RequestBody(
              required = true,
              content = @Content(schema = @Schema(implementation = Requests.NewAccount.class))))
  @ApiResponse(responseCode = "201", description = "Opened", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "200", description = "It was open", useReturnTypeSchema = true)
  @Contract(scopes = LEDGER)
  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<AccountView> open(Fields body) {
    String userId = body.required("userId", Rules::userId);
    Currency currency = body.required("currency", Rules::currency);
    body.done();
    Ledger.Opened opened = ledger.open(requireNonNull(userId), requireNonNull(currency));
    return ResponseEntity.status(opened.existed() ? HttpStatus.OK : HttpStatus.CREATED)
        .body(AccountView.of(opened.account()));
  }

  @Operation(
      summary = "Credit an account",
      description =
          "Tops it up. The reference is the credit's idempotency key: the same reference and amount"
              + " again answers 200 with Idempotent-Replayed: true and credits nothing.",
      requestBody =
          @RequestBody(
              required = true,
              content = @Content(schema = @Schema(implementation = Requests.NewCredit.class))))
  @ApiResponse(responseCode = "201", description = "Credited", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "200", description = "Credited before", useReturnTypeSchema = true)
  @Contract(
      scopes = LEDGER,
      refuses = {NOT_FOUND, IDEMPOTENCY_KEY_REUSED})
  @PostMapping(path = "/{id}/credits", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<AccountView> credit(
      @Parameter(description = "The account's id") @PathVariable String id, Fields body) {
    Account account = account(id);
    Money amount = body.amount("amount", account.available().currency());
    String reference = body.required("reference", Rules.visible(128));
    body.done();
    return switch (ledger.credit(account.id(), requireNonNull(amount), requireNonNull(reference))) {
      case CreditResult.Credited(Account credited, boolean replayed) ->
          replayed
              ? Replays.replayed(AccountView.of(credited))
              : ResponseEntity.status(HttpStatus.CREATED).body(AccountView.of(credited));
      case CreditResult.ReferenceReused() ->
          throw new ApiException(
              IDEMPOTENCY_KEY_REUSED,
              "This reference was used for another amount; use a new reference for a new credit.");
      case CreditResult.NoSuchAccount() -> throw ApiException.notFound("account");
      case CreditResult.NotPossible(String reason) ->
          throw ApiException.badField("amount", "is not possible: " + reason);
    };
  }

  @Operation(
      summary = "List a user's accounts",
      parameters =
          @Parameter(
              name = "userId",
              in = ParameterIn.QUERY,
              required = true,
              schema = @Schema(type = "string")))
  @ApiResponse(responseCode = "200", description = "All of them", useReturnTypeSchema = true)
  @Contract(scopes = LEDGER)
  @GetMapping
  Listed<AccountView> list(Query query) {
    String userId = query.optional("userId", Rules::userId);
    query.done();
    if (userId == null) {
      throw ApiException.badField("userId", "is missing");
    }
    return Listed.all(ledger.accounts(userId).stream().map(AccountView::of).toList());
  }

  private Account account(String id) {
    boolean number =
        !id.isEmpty()
            && id.length() <= MOST_DIGITS
            && id.chars().allMatch(c -> c >= '0' && c <= '9');
    return (number ? ledger.account(Long.parseLong(id)) : java.util.Optional.<Account>empty())
        .orElseThrow(() -> ApiException.notFound("account"));
  }
}
