package dev.sluice.money;

/** Shows of a number only what a person needs to recognise it. */
public final class Masking {
  private static final int SHOWN_FIRST = 6;
  private static final int SHOWN_LAST = 4;

  private Masking() {}

  /** First 6 and last 4 characters, six stars between: {@code 622208******1234}. */
  public static String mask(String number) {
    if (number.length() <= SHOWN_FIRST + SHOWN_LAST) {
      return "*".repeat(Math.max(1, number.length()));
    }
    return number.substring(0, SHOWN_FIRST)
        + "******"
        + number.substring(number.length() - SHOWN_LAST);
  }
}
