package dev.sluice.api;

import dev.sluice.money.Money;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Base64;
import java.util.Currency;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What each kind of field may hold. Each rule returns the value or throws an {@link
 * IllegalArgumentException} whose message completes "field …" and never repeats the value.
 */
final class Rules {
  private static final Pattern USER_ID = Pattern.compile("[A-Za-z0-9._@:-]{1,64}");
  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,16}(\\.[0-9]{1,18})?");
  private static final Pattern VISIBLE_ASCII = Pattern.compile("[\\x21-\\x7E]+");
  private static final Pattern ACCOUNT = Pattern.compile("[A-Za-z0-9* ]+");
  private static final Pattern UUID_FORM =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final Pattern NAME =
      Pattern.compile("[\\p{L}\\p{M}]([\\p{L}\\p{M} .'’·-]*[\\p{L}\\p{M}.])?");

  /** Letters, marks, digits, punctuation, signs and spaces; no emoji, no control characters. */
  private static final Pattern TEXT =
      Pattern.compile(
          "[\\p{L}\\p{M}\\p{N}\\p{P}\\p{Sc}\\p{Sm}\\p{Zs}"
              + "&&[^\\uFE00-\\uFE0F\\u20E3\\x{10000}-\\x{10FFFF}]]+");

  private static final int LARGEST_SCALE = 64;
  private static final int UUID_BYTES = 16;

  /** Currencies with a minor unit; anything else has no exact amount. */
  private static final Map<String, Currency> CURRENCIES =
      Currency.getAvailableCurrencies().stream()
          .filter(c -> c.getDefaultFractionDigits() >= 0)
          .collect(Collectors.toUnmodifiableMap(Currency::getCurrencyCode, Function.identity()));

  private Rules() {}

  /** Reads a field's text. */
  @FunctionalInterface
  interface Rule<T> {
    /**
     * Reads it.
     *
     * @throws IllegalArgumentException with a message for the caller
     */
    T read(String text);
  }

  static String userId(String text) {
    demand(
        USER_ID.matcher(text).matches(),
        "must be 1 to 64 letters, digits, '.', '_', '@', ':' or '-'");
    return text;
  }

  static Currency currency(String text) {
    Currency currency = CURRENCY.matcher(text).matches() ? CURRENCIES.get(text) : null;
    if (currency == null) {
      throw new IllegalArgumentException("must be an ISO 4217 currency code, such as CNY");
    }
    return currency;
  }

  /** A decimal in a string: digits, and decimals after a point. */
  static BigDecimal decimal(String text) {
    demand(
        DECIMAL.matcher(text).matches(),
        "must be a plain decimal such as \"500.00\": up to 16 digits, no sign, exponent or spaces");
    return new BigDecimal(text);
  }

  /** An amount in a currency; without one, only what holds for each. */
  static @Nullable Money amount(BigDecimal value, @Nullable Currency currency) {
    demand(value.signum() > 0, "must be greater than zero");
    // Before any arithmetic: the exponent may be as large as an int, and overflow.
    demand(Math.abs((long) value.scale()) <= LARGEST_SCALE, "is out of range");
    return currency == null ? null : Money.of(value, currency);
  }

  /** A card number, masked or not, or an IBAN; its kind's own rules come on top. */
  static String bankAccount(String text) {
    String compact = text.replace(" ", "");
    demand(
        ACCOUNT.matcher(text).matches()
            && compact.length() >= 6
            && compact.length() <= 34
            && text.length() <= 64,
        "must be a card number, an IBAN, or a masked number such as 622208******1234");
    return text;
  }

  static String holderName(String text) {
    demand(
        text.codePointCount(0, text.length()) <= 128 && NAME.matcher(text).matches(),
        "must be 1 to 128 letters of any script, with spaces, '.', ''', '·' and '-' between");
    return text;
  }

  /** Plain text of a length. */
  static Rule<String> text(int shortest, int longest) {
    String otherwise =
        "must be %d to %d letters, digits, punctuation and spaces; no emoji, no line breaks"
            .formatted(shortest, longest);
    return text -> {
      demand(
          text.length() >= shortest
              && text.length() <= longest
              && (text.isEmpty() || TEXT.matcher(text).matches() && !text.isBlank()),
          otherwise);
      return text;
    };
  }

  /** Visible ASCII without spaces. */
  static Rule<String> visible(int longest) {
    String otherwise = "must be 1 to %d visible ASCII characters".formatted(longest);
    return text -> {
      demand(text.length() <= longest && VISIBLE_ASCII.matcher(text).matches(), otherwise);
      return text;
    };
  }

  static UUID uuid(String text) {
    demand(UUID_FORM.matcher(text).matches(), "must be a UUID");
    return UUID.fromString(text);
  }

  /** One of an enum's names. */
  static <E extends Enum<E>> Rule<E> oneOf(Class<E> type) {
    E[] all = type.getEnumConstants();
    return text -> {
      for (E value : all) {
        if (value.name().equals(text)) {
          return value;
        }
      }
      StringBuilder names = new StringBuilder();
      for (E value : all) {
        names.append(names.isEmpty() ? "" : ", ").append(value.name());
      }
      throw new IllegalArgumentException("must be one of " + names);
    };
  }

  /** A day. */
  static LocalDate date(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("must be a day such as 2026-03-01", e);
    }
  }

  /** A thing's version, as it was shown. */
  static Integer version(String text) {
    demand(text.matches("[0-9]{1,9}"), "must be the version that was shown, such as \"3\"");
    return Integer.valueOf(text);
  }

  /** A number of items. */
  static Integer limit(String text) {
    demand(text.matches("[0-9]{1,4}"), "must be a number from 1 to 200");
    int limit = Integer.parseInt(text);
    demand(limit >= 1 && limit <= 200, "must be a number from 1 to 200");
    return limit;
  }

  /** Where a page begins, as {@link #cursor(UUID)} wrote it. */
  static UUID cursor(String text) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
      demand(bytes.remaining() == UUID_BYTES, "");
      return new UUID(bytes.getLong(), bytes.getLong());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("must be what the page before gave as next", e);
    }
  }

  /** Where the next page begins, opaque to clients. */
  static @Nullable String cursor(@Nullable UUID id) {
    return id == null
        ? null
        : Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                ByteBuffer.allocate(UUID_BYTES)
                    .putLong(id.getMostSignificantBits())
                    .putLong(id.getLeastSignificantBits())
                    .array());
  }

  private static void demand(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
