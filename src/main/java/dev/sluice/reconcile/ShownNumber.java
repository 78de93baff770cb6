package dev.sluice.reconcile;

import org.jspecify.annotations.Nullable;

/**
 * What a statement shows of a beneficiary's number, whichever way it masks it, and no more than we
 * show ourselves: up to 6 characters of its beginning and 4 of its end.
 */
record ShownNumber(String head, String tail) {
  private static final int MOST_HEAD = 6;
  private static final int MOST_TAIL = 4;
  private static final ShownNumber NOTHING = new ShownNumber("", "");

  static ShownNumber of(@Nullable String text) {
    if (text == null) {
      return NOTHING;
    }
    String number = text.replace(" ", "");
    int head = 0;
    while (head < number.length() && isShown(number.charAt(head))) {
      head++;
    }
    int tail = number.length();
    while (tail > 0 && isShown(number.charAt(tail - 1))) {
      tail--;
    }
    return new ShownNumber(
        number.substring(0, Math.min(head, MOST_HEAD)),
        number.substring(Math.max(tail, number.length() - MOST_TAIL)));
  }

  /** Whether it may be the number that we show masked. */
  boolean fits(String masked) {
    return masked.startsWith("*") || (masked.startsWith(head) && masked.endsWith(tail));
  }

  private static boolean isShown(char c) {
    return c != '*' && c != 'x' && c != 'X' && c != '#' && c != '\u2022';
  }
}
