package dev.sluice.api;

import static dev.sluice.api.Scope.LEDGER;
import static dev.sluice.api.Scope.WITHDRAWALS;
import static java.util.Objects.requireNonNull;

import dev.sluice.api.Views.BeneficiaryView;
import dev.sluice.api.Views.Listed;
import dev.sluice.beneficiary.AccountNumber;
import dev.sluice.beneficiary.Beneficiaries;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Where users' money goes. A token with scope withdrawals sees its own user's alone. */
@Tag(name = "Beneficiaries", description = "Where users' money goes; numbers are shown masked")
@RestController
@RequestMapping(path = "/v1/beneficiaries", produces = MediaType.APPLICATION_JSON_VALUE)
class BeneficiariesController {
  private static final Map<String, Rules.Rule<AccountNumber>> NUMBERS = numbers();

  private final Beneficiaries beneficiaries;

  BeneficiariesController(Beneficiaries beneficiaries) {
    this.beneficiaries = beneficiaries;
  }

  private static Map<String, Rules.Rule<AccountNumber>> numbers() {
    Map<String, Rules.Rule<AccountNumber>> numbers = new LinkedHashMap<>();
    numbers.put("bankAccount", text -> AccountNumber.card(Rules.bankAccount(text)));
    numbers.put("iban", text -> AccountNumber.iban(Rules.bankAccount(text)));
    numbers.put("alipayId", AccountNumber::alipay);
    numbers.put("wechatOpenId", AccountNumber::wechat);
    return numbers;
  }

  @Operation(
      summary = "Register a beneficiary",
      description =
          "With one of bankAccount, iban, alipayId and wechatOpenId. It is checked by its form,"
              + " stored encrypted, and shown masked. The same again finds the first registration.",
      requestBody =
          @RequestBody(
              required = true,
              content = @Content(schema = @Schema(implementation = Requests.NewBeneficiary.class))))
  @ApiResponse(responseCode = "201", description = "Registered", useReturnTypeSchema = true)
  @ApiResponse(
      responseCode = "200",
      description = "It was registered before",
      useReturnTypeSchema = true)
  @Contract(scopes = {WITHDRAWALS, LEDGER})
  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<BeneficiaryView> register(Caller caller, Fields body) {
    String userId = body.required("userId", Rules::userId);
    AccountNumber number = number(body);
    String holderName = body.required("holderName", Rules::holderName);
    String bank = body.optional("bank", Rules.text(1, 64));
    body.done();
    demandOwn(caller, requireNonNull(userId));
    Beneficiaries.Registered registered =
        beneficiaries.register(userId, requireNonNull(number), holderName, bank);
    Boolean luhn = number.kind() == AccountNumber.Kind.CARD ? number.luhnValid() : null;
    return ResponseEntity.status(registered.existed() ? HttpStatus.OK : HttpStatus.CREATED)
        .body(BeneficiaryView.of(registered.beneficiary(), luhn));
  }

  /** The one of these fields that is given. */
  private static @Nullable AccountNumber number(Fields body) {
    List<String> given = NUMBERS.keySet().stream().filter(body::has).toList();
    if (given.size() > 1) {
      body.refuse(given.get(1), "and %s can't both be given".formatted(given.get(0)));
      return null;
    }
    String field = given.isEmpty() ? "bankAccount" : given.getFirst();
    return body.required(field, requireNonNull(NUMBERS.get(field)));
  }

  @Operation(
      summary = "List a user's beneficiaries",
      description = "Oldest first, at most 1,000.",
      parameters =
          @Parameter(
              name = "userId",
              in = ParameterIn.QUERY,
              description = "The token's subject if left out; needed with scope ledger alone",
              schema = @Schema(type = "string")))
  @ApiResponse(responseCode = "200", description = "All of them", useReturnTypeSchema = true)
  @Contract(scopes = {WITHDRAWALS, LEDGER})
  @GetMapping
  Listed<BeneficiaryView> list(Caller caller, Query query) {
    String asked = query.optional("userId", Rules::userId);
    query.done();
    if (asked == null && !caller.may(WITHDRAWALS)) {
      throw ApiException.badField("userId", "is missing");
    }
    String userId = asked == null ? caller.subject() : asked;
    demandOwn(caller, userId);
    return Listed.all(
        beneficiaries.list(userId).stream().map(b -> BeneficiaryView.of(b, null)).toList());
  }

  private static void demandOwn(Caller caller, String userId) {
    if (!caller.may(LEDGER) && !caller.subject().equals(userId)) {
      throw new ApiException(
          ProblemCode.FORBIDDEN,
          "userId must be the token's subject; other users' need the scope ledger.");
    }
  }
}
