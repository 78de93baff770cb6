package dev.sluice.api;

import static java.util.Objects.requireNonNull;

import dev.sluice.beneficiary.Beneficiaries;
import dev.sluice.beneficiary.BeneficiaryReference;
import dev.sluice.money.Money;
import dev.sluice.vault.Vault;
import dev.sluice.withdrawal.WithdrawalRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Currency;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/** Reads a request to withdraw: its form, whose it is, and what makes a repetition of it. */
class WithdrawalReader {
  static final String KEY_HEADER = "Idempotency-Key";
  static final String KEY_FIELD = "idempotencyKey";
  private static final Currency DEFAULT_CURRENCY = Currency.getInstance("CNY");
  private static final Rules.Rule<String> KEY = Rules.visible(255);
  private static final Rules.Rule<String> NOTE = Rules.text(0, 140);

  private final Beneficiaries beneficiaries;
  private final Vault vault;

  WithdrawalReader(Beneficiaries beneficiaries, Vault vault) {
    this.beneficiaries = beneficiaries;
    this.vault = vault;
  }

  /** The key of a request, checked before its body is read. */
  String key(HttpServletRequest request) {
    Enumeration<String> values = request.getHeaders(KEY_HEADER);
    String key = values.hasMoreElements() ? values.nextElement() : "";
    if (key.isEmpty()) {
      throw new ApiException(
          ProblemCode.MISSING_IDEMPOTENCY_KEY,
          "Send a header Idempotency-Key with an id of your own for this withdrawal, and the same"
              + " one whenever you send it again.");
    }
    if (values.hasMoreElements()) {
      throw ApiException.badField(KEY_HEADER, "is given more than once");
    }
    try {
      return KEY.read(key);
    } catch (IllegalArgumentException e) {
      throw ApiException.badField(KEY_HEADER, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Reads the body.
   *
   * @throws ApiException INVALID_REQUEST with each bad field; FORBIDDEN for another user's wallet
   */
  WithdrawalRequest read(Caller caller, String key, Fields body) {
    WithdrawalRequest request = read(key, body);
    if (!caller.subject().equals(request.userId())) {
      throw new ApiException(
          ProblemCode.FORBIDDEN, "userId must be the token's subject: one withdraws one's own.");
    }
    return request;
  }

  /**
   * Reads one order of a batch, of whichever user, with its key among its fields.
   *
   * @throws ApiException INVALID_REQUEST with each bad field
   */
  WithdrawalRequest readKeyed(Fields body) {
    String key = body.required(KEY_FIELD, KEY);
    return read(String.valueOf(key), body);
  }

  private WithdrawalRequest read(String key, Fields body) {
    String userId = body.required("userId", Rules::userId);
    Currency currency =
        body.has("currency") ? body.optional("currency", Rules::currency) : DEFAULT_CURRENCY;
    Money amount = body.amount("amount", currency);
    BeneficiaryReference beneficiary = beneficiary(body);
    String note = body.optional("note", NOTE);
    body.done();
    return request(
        requireNonNull(userId), requireNonNull(amount), requireNonNull(beneficiary), note, key);
  }

  private @Nullable BeneficiaryReference beneficiary(Fields body) {
    boolean number = body.has("bankAccount");
    boolean id = body.has("beneficiaryId");
    if (number && id) {
      body.refuse("beneficiaryId", "and bankAccount can't both be given");
      return null;
    }
    return id
        ? body.optional("beneficiaryId", text -> new BeneficiaryReference.ById(Rules.uuid(text)))
        : body.required("bankAccount", text -> beneficiaries.parse(Rules.bankAccount(text)));
  }

  private WithdrawalRequest request(
      String userId,
      Money amount,
      BeneficiaryReference beneficiary,
      @Nullable String note,
      String key) {
    return new WithdrawalRequest(
        userId,
        amount,
        beneficiary,
        note,
        vault.fingerprint("withdrawal-key", userId, key),
        vault.fingerprint(
            "withdrawal-request",
            userId,
            Long.toString(amount.minor()),
            amount.currency().getCurrencyCode(),
            name(beneficiary),
            note));
  }

  /** The same beneficiary called the same way; a mask and the number it hides are two requests. */
  private static String name(BeneficiaryReference beneficiary) {
    return switch (beneficiary) {
      case BeneficiaryReference.ById(var id) -> "id:" + id;
      case BeneficiaryReference.ByMask(String masked) -> "mask:" + masked;
      case BeneficiaryReference.ByNumber number -> "number:" + number.fingerprint();
    };
  }
}
