package dev.sluice.channel.bankfile;

import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.money.Masking;
import dev.sluice.money.Money;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/**
 * Reads the bank's files: payment status reports (pain.002.001.10) and debit and credit
 * notifications (camt.054.001.08). Item by item: the state of a group or batch never decides for
 * what is in it.
 */
final class BankMessages {
  static final String STATUS = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10";
  static final String ADVICE = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08";
  private static final Pattern REQUEST_NUMBER = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern CODE = Pattern.compile("[A-Z0-9]{4}");
  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,16}(\\.[0-9]{1,5})?");
  private static final Pattern REFERENCE = Pattern.compile("[A-Za-z0-9/?:().,'+ _-]{1,64}");
  private static final Pattern LONG_NUMBER = Pattern.compile("[0-9]{11,}");
  private static final Pattern NOT_PRINTABLE = Pattern.compile("\\p{Cntrl}");
  private static final int MAX_DETAIL_CHARS = 200;

  private final BankFileSettings.Debtor debtor;

  BankMessages(BankFileSettings.Debtor debtor) {
    this.debtor = debtor;
  }

  /** Reads a file. What isn't one of the two messages is a flaw. */
  Told read(byte[] file) {
    Element root;
    try {
      root = Xml.parse(file);
    } catch (SAXException e) {
      return Told.unreadable("not XML that is safe to read");
    }
    String namespace = String.valueOf(root.getNamespaceURI());
    Element status = Xml.at(root, "CstmrPmtStsRpt");
    Element advice = Xml.at(root, "BkToCstmrDbtCdtNtfctn");
    if (namespace.equals(STATUS) && status != null) {
      return readStatus(status);
    }
    return namespace.equals(ADVICE) && advice != null
        ? new Advice(debtor).read(advice)
        : Told.unreadable("neither pain.002.001.10 nor camt.054.001.08");
  }

  private static Told readStatus(Element report) {
    List<Told.Item> items = new ArrayList<>();
    String flaw = null;
    String original = Xml.text(report, "OrgnlGrpInfAndSts/OrgnlMsgId");
    int place = 0;
    for (Element batch : Xml.children(report, "OrgnlPmtInfAndSts")) {
      for (Element item : Xml.children(batch, "TxInfAndSts")) {
        place++;
        String number = Xml.text(item, "OrgnlEndToEndId");
        if (number == null || !number.equals(original) || !isRequestNumber(number)) {
          flaw = "a status of a payment that isn't ours, or not of the message it names";
          continue;
        }
        items.add(
            new Told.Item(
                number,
                new ChannelEvent.Reported(outcome(item)),
                label(item),
                "pain.002 " + place));
      }
    }
    return new Told(items, items.isEmpty() && flaw == null ? "no status of any payment" : flaw);
  }

  private static Outcome outcome(Element item) {
    String status = code(Xml.text(item, "TxSts"));
    if (BankFileCodes.UNDER_WAY.contains(status)) {
      return new Outcome.Accepted(reference(Xml.text(item, "AcctSvcrRef")));
    }
    if (BankFileCodes.PAID.contains(status)) {
      return paid(item);
    }
    String reason = reason(item);
    BankFileCodes.Fault fault =
        status.equals(BankFileCodes.REJECTED) ? BankFileCodes.reason(reason) : null;
    return fault == null
        ? new Unknown(Why.UNLISTED_CODE, status + "_" + reason)
        : new Outcome.Refused(reason, detail(item), fault == BankFileCodes.Fault.BENEFICIARY);
  }

  /** The original's data may be left out; a status that has them must have them right. */
  private static Outcome paid(Element item) {
    Element original = Xml.at(item, "OrgnlTxRef");
    Element amount = Xml.at(original, "Amt/InstdAmt");
    Money money = money(amount);
    if (amount != null && money == null) {
      return new Unknown(Why.UNREADABLE, "ILLEGIBLE_AMOUNT");
    }
    return new Outcome.Paid(
        money, account(Xml.at(original, "CdtrAcct")), reference(Xml.text(item, "AcctSvcrRef")));
  }

  static boolean isRequestNumber(@Nullable String text) {
    return text != null && REQUEST_NUMBER.matcher(text).matches();
  }

  /** An amount with its currency, or null if it isn't exactly one. */
  static @Nullable Money money(@Nullable Element amount) {
    String text = amount == null ? null : String.valueOf(amount.getTextContent()).strip();
    if (amount == null || text == null || !DECIMAL.matcher(text).matches()) {
      return null;
    }
    try {
      return Money.of(new BigDecimal(text), Currency.getInstance(amount.getAttribute("Ccy")));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** An account's number as we mask it, or null. Some banks mask it themselves. */
  static @Nullable String account(@Nullable Element account) {
    String number = number(account);
    return number == null || number.contains("*") ? number : Masking.mask(number);
  }

  /** An account's number, or null. */
  static @Nullable String number(@Nullable Element account) {
    String iban = Xml.text(account, "Id/IBAN");
    String number = iban == null ? Xml.text(account, "Id/Othr/Id") : iban;
    return number == null ? null : number.replace(" ", "").toUpperCase(Locale.ROOT);
  }

  static @Nullable String reference(@Nullable String text) {
    return text != null && REFERENCE.matcher(text).matches() ? text : null;
  }

  private static String label(Element item) {
    String status = code(Xml.text(item, "TxSts"));
    return status.equals(BankFileCodes.REJECTED) ? status + " " + reason(item) : status;
  }

  /** The first reason; a rejection with several is told by the first. */
  private static String reason(Element item) {
    List<Element> reasons = Xml.children(item, "StsRsnInf");
    return reasons.isEmpty() ? "NONE" : code(Xml.text(reasons.getFirst(), "Rsn/Cd"));
  }

  private static String code(@Nullable String text) {
    return text != null && CODE.matcher(text).matches() ? text : "ILLEGIBLE";
  }

  /** The bank's words, without control characters and with any long number masked. */
  private static String detail(Element item) {
    StringBuilder words = new StringBuilder();
    for (Element reason : Xml.children(item, "StsRsnInf")) {
      for (Element line : Xml.children(reason, "AddtlInf")) {
        words.append(words.isEmpty() ? "" : " ").append(line.getTextContent());
        if (words.length() > MAX_DETAIL_CHARS) {
          break;
        }
      }
    }
    String printable = NOT_PRINTABLE.matcher(words).replaceAll(" ").strip();
    String masked =
        LONG_NUMBER.matcher(printable).replaceAll(number -> Masking.mask(number.group()));
    return masked.length() <= MAX_DETAIL_CHARS ? masked : masked.substring(0, MAX_DETAIL_CHARS);
  }
}
