package dev.sluice.money;

/** Shows of a number only what a person needs to recognise it. */
public final class Masking {
  private static final int SHOWN_FIRST = 6;
  private static final int SHOWN_LAST = 4;

  /** Below this, six and four characters would show nearly all of it: a phone number has eleven. */
  private static final int LEAST_NUMBER = 12;

  private static final int LEAST_PHONE = 8;
  private static final int SHOWN_FIRST_OF_PHONE = 3;

  private Masking() {}

  /**
   * First 6 and last 4 characters, six stars between: {@code 622208******1234}. Of a phone number
   * the first 3 and last 4, {@code 138****8000}; of an e-mail address the first character and the
   * domain, {@code z***@example.com}.
   */
  public static String mask(String number) {
    int at = number.indexOf('@');
    if (at > 0) {
      return number.charAt(0) + "***" + number.substring(at);
    }
    if (number.length() < LEAST_PHONE) {
      return "*".repeat(Math.max(1, number.length()));
    }
    if (number.length() < LEAST_NUMBER) {
      return number.substring(0, SHOWN_FIRST_OF_PHONE)
          + "****"
          + number.substring(number.length() - SHOWN_LAST);
    }
    return number.substring(0, SHOWN_FIRST)
        + "******"
        + number.substring(number.length() - SHOWN_LAST);
  }
}
