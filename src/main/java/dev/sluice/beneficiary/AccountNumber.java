package dev.sluice.beneficiary;

import dev.sluice.money.Masking;
import java.util.Locale;
import java.util.regex.Pattern;
import org.iban4j.Iban4jException;
import org.iban4j.IbanUtil;

/**
 * A full account number whose form was checked. Never logged: {@link #toString} masks it.
 *
 * @param kind what it is
 * @param number without spaces
 */
public record AccountNumber(Kind kind, String number) {
  private static final Pattern CARD = Pattern.compile("[0-9]{12,19}");
  private static final Pattern ALIPAY_USER = Pattern.compile("2088[0-9]{12}");
  private static final Pattern PHONE = Pattern.compile("1[3-9][0-9]{9}");
  private static final Pattern EMAIL =
      Pattern.compile("[a-z0-9._%+-]{1,40}@[a-z0-9][a-z0-9.-]{0,40}\\.[a-z]{2,12}");
  private static final Pattern OPEN_ID = Pattern.compile("[A-Za-z0-9_-]{20,64}");
  private static final int MAX_LOGON_ID_CHARS = 64;
  private static final Pattern IBAN = Pattern.compile("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}");

  /** Kinds of accounts outside. */
  public enum Kind {
    CARD,
    IBAN,
    ALIPAY,
    WECHAT
  }

  /**
   * Reads a bank card or account number: 12 to 19 digits; spaces between digits are dropped.
   *
   * @throws IllegalArgumentException with a message for the caller that doesn't repeat the number
   */
  public static AccountNumber card(String text) {
    String number = text.replace(" ", "");
    if (!CARD.matcher(number).matches()) {
      throw new IllegalArgumentException("must be 12 to 19 digits");
    }
    return new AccountNumber(Kind.CARD, number);
  }

  /**
   * Reads an IBAN (ISO 13616) and checks its country's length and its checksum (ISO 7064 mod
   * 97-10).
   *
   * @throws IllegalArgumentException with a message for the caller that doesn't repeat the number
   */
  public static AccountNumber iban(String text) {
    String number = text.replace(" ", "").toUpperCase(Locale.ROOT);
    if (!IBAN.matcher(number).matches()) {
      throw new IllegalArgumentException(
          "must be an IBAN: two letters, two digits, 11 to 30 letters and digits");
    }
    try {
      IbanUtil.validate(number);
    } catch (Iban4jException e) {
      throw new IllegalArgumentException("is not a valid IBAN: its checksum or length is wrong");
    }
    return new AccountNumber(Kind.IBAN, number);
  }

  /**
   * Reads an Alipay identity: a user id, 16 digits beginning with 2088, or a logon id, which is a
   * mobile number of China's mainland or an e-mail address. Capital letters of an address count as
   * small ones.
   *
   * @throws IllegalArgumentException with a message for the caller that doesn't repeat the identity
   */
  public static AccountNumber alipay(String text) {
    String id = text.toLowerCase(Locale.ROOT);
    if (id.length() > MAX_LOGON_ID_CHARS
        || !(ALIPAY_USER.matcher(id).matches()
            || PHONE.matcher(id).matches()
            || EMAIL.matcher(id).matches())) {
      throw new IllegalArgumentException(
          "must be an Alipay user id (16 digits beginning with 2088), a mobile number of 11 digits"
              + " or an e-mail address");
    }
    return new AccountNumber(Kind.ALIPAY, id);
  }

  /**
   * Reads a WeChat user's openid in the application that pays; letters' case counts.
   *
   * @throws IllegalArgumentException with a message for the caller that doesn't repeat the identity
   */
  public static AccountNumber wechat(String text) {
    if (!OPEN_ID.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "must be a WeChat openid: 20 to 64 letters, digits, '_' and '-'");
    }
    return new AccountNumber(Kind.WECHAT, text);
  }

  /** A card, or an IBAN if it starts with a letter. */
  public static AccountNumber cardOrIban(String text) {
    return !text.isEmpty() && Character.isLetter(text.charAt(0)) ? iban(text) : card(text);
  }

  /** What a person needs to recognise it, see {@link Masking#mask}. */
  public String masked() {
    return Masking.mask(number);
  }

  /**
   * Whether a card's check digit is right (ISO/IEC 7812, Luhn). Advice only: UnionPay has issued
   * cards that fail it.
   */
  public boolean luhnValid() {
    int sum = 0;
    boolean twice = false;
    for (int i = number.length() - 1; i >= 0; i--) {
      int digit = Character.digit(number.charAt(i), 10) * (twice ? 2 : 1);
      sum += digit > 9 ? digit - 9 : digit;
      twice = !twice;
    }
    return kind == Kind.CARD && sum % 10 == 0;
  }

  @Override
  public String toString() {
    return kind + " " + masked();
  }
}
