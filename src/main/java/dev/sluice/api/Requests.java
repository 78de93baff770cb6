package dev.sluice.api;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/**
 * The bodies that calls take, as OpenAPI publishes them. {@link Fields} reads them; a test holds
 * the two together.
 */
final class Requests {
  static final String WITHDRAWAL =
      """
      {"userId":"U1001","amount":500.00,"bankAccount":"622208******1234"}\
      """;

  private Requests() {}

  @Schema(name = "NewAccount")
  record NewAccount(
      @Schema(
              requiredMode = REQUIRED,
              pattern = "[A-Za-z0-9._@:-]{1,64}",
              example = "U1001",
              description = "Your id of the user")
          String userId,
      @Schema(requiredMode = REQUIRED, example = "CNY", description = "ISO 4217 code")
          String currency) {}

  @Schema(name = "NewCredit")
  record NewCredit(
      @Schema(
              requiredMode = REQUIRED,
              oneOf = {java.math.BigDecimal.class, String.class},
              example = "10000.00",
              description = "In the account's currency; a number or a string, read exactly")
          Object amount,
      @Schema(
              requiredMode = REQUIRED,
              pattern = "[!-~]{1,128}",
              example = "payment-20260105-0001",
              description = "Your id of this credit: the same again credits nothing")
          String reference) {}

  @Schema(
      name = "NewBeneficiary",
      description = "With one of bankAccount, iban, alipayId, wechatOpenId")
  record NewBeneficiary(
      @Schema(requiredMode = REQUIRED, example = "U1001") String userId,
      @Schema(description = "Card or account number, 12 to 19 digits", example = "6222081234561234")
          String bankAccount,
      @Schema(description = "IBAN; its checksum is checked", example = "DE89370400440532013000")
          String iban,
      @Schema(
              description =
                  "Alipay user id (16 digits beginning with 2088) or logon id (mobile number or"
                      + " e-mail address)",
              example = "2088123412341234")
          String alipayId,
      @Schema(
              description =
                  "WeChat user's openid in the application that pays, 20 to 64 characters",
              example = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
          String wechatOpenId,
      @Schema(requiredMode = REQUIRED, maxLength = 128, example = "张伟") String holderName,
      @Schema(maxLength = 64, example = "ICBC") String bank) {}

  @Schema(name = "NewWithdrawal", description = "With either bankAccount or beneficiaryId")
  record NewWithdrawal(
      @Schema(
              requiredMode = REQUIRED,
              example = "U1001",
              description = "Must be the token's subject")
          String userId,
      @Schema(
              requiredMode = REQUIRED,
              oneOf = {java.math.BigDecimal.class, String.class},
              example = "500.00",
              description = "A number or a string, read exactly; at most the currency's decimals")
          Object amount,
      @Schema(
              example = "622208******1234",
              description =
                  "A full card number or IBAN, or a masked one that fits exactly one registered"
                      + " beneficiary of the user")
          String bankAccount,
      @Schema(description = "A registered beneficiary", format = "uuid") String beneficiaryId,
      @Schema(example = "CNY", description = "ISO 4217 code; CNY if left out") String currency,
      @Schema(
              maxLength = 140,
              description = "For the user; letters, digits, punctuation, spaces",
              example = "rent")
          String note) {}

  @Schema(
      name = "NewBatchedWithdrawal",
      description = "As NewWithdrawal, of any user, with its own key")
  record NewBatchedWithdrawal(
      @Schema(
              requiredMode = REQUIRED,
              pattern = "[!-~]{1,255}",
              example = "order-20260105-0001",
              description = "The Idempotency-Key of this order")
          String idempotencyKey,
      @Schema(requiredMode = REQUIRED, example = "U1001") String userId,
      @Schema(
              requiredMode = REQUIRED,
              oneOf = {java.math.BigDecimal.class, String.class},
              example = "500.00")
          Object amount,
      @Schema(example = "622208******1234") String bankAccount,
      @Schema(format = "uuid") String beneficiaryId,
      @Schema(example = "CNY") String currency,
      @Schema(maxLength = 140) String note) {}

  @Schema(name = "NewBatch")
  record NewBatch(@Schema(requiredMode = REQUIRED) List<NewBatchedWithdrawal> orders) {}

  @Schema(name = "ReviewDecision")
  record ReviewDecision(
      @Schema(requiredMode = REQUIRED, description = "What the person decided") Decision decision,
      @Schema(requiredMode = REQUIRED, maxLength = 500, example = "known customer, called back")
          String reason) {}

  /** What a person may decide. */
  enum Decision {
    APPROVE,
    REJECT
  }

  @Schema(name = "NewWebhookEndpoint")
  record NewWebhookEndpoint(
      @Schema(
              requiredMode = REQUIRED,
              maxLength = 2048,
              example = "https://shop.example/hooks/sluice")
          String url,
      @Schema(
              description = "Event types; all, also those to come, if left out",
              example = "[\"withdrawal.succeeded\", \"withdrawal.failed\"]")
          List<String> events) {}
}
