package dev.sluice.channel.bankfile;

import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.Outcome;
import dev.sluice.money.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/**
 * Reads a debit and credit notification (camt.054): a booked debit with our end-to-end id is proof
 * of payment; a booked credit with it, that says it is a return, is money come back. Other entries
 * on the account are none of our business.
 */
final class Advice {
  private final BankFileSettings.Debtor debtor;
  private final List<Told.Item> items = new ArrayList<>();
  private @Nullable String flaw;

  Advice(BankFileSettings.Debtor debtor) {
    this.debtor = debtor;
  }

  Told read(Element message) {
    int place = 0;
    for (Element notification : Xml.children(message, "Ntfctn")) {
      String account = BankMessages.number(Xml.at(notification, "Acct"));
      if (!debtor.account().toUpperCase(Locale.ROOT).equals(account)) {
        flaw = "a notification about another account";
        continue;
      }
      for (Element entry : Xml.children(notification, "Ntry")) {
        List<Element> details =
            Xml.children(entry, "NtryDtls").stream()
                .flatMap(group -> Xml.children(group, "TxDtls").stream())
                .toList();
        for (Element detail : details) {
          place++;
          if (isBooked(entry)) {
            readDetail(entry, detail, details.size() == 1, "camt.054 " + place);
          }
        }
      }
    }
    return new Told(items, flaw);
  }

  private void readDetail(Element entry, Element detail, boolean isOnly, String place) {
    String number = Xml.text(detail, "Refs/EndToEndId");
    if (number == null || !BankMessages.isRequestNumber(number)) {
      return;
    }
    Element own = Xml.at(detail, "Amt");
    Money amount = BankMessages.money(own == null && isOnly ? Xml.at(entry, "Amt") : own);
    String direction = Xml.text(detail, "CdtDbtInd");
    if (direction == null) {
      direction = Xml.text(entry, "CdtDbtInd");
    }
    boolean isReturn = isReturn(entry, detail);
    if (amount == null) {
      flaw = "an entry of ours without a legible amount";
    } else if ("DBIT".equals(direction) && !isReturn) {
      Outcome paid =
          new Outcome.Paid(
              amount,
              BankMessages.account(Xml.at(detail, "RltdPties/CdtrAcct")),
              reference(entry, detail));
      items.add(new Told.Item(number, new ChannelEvent.Reported(paid), "BOOK DBIT", place));
    } else if ("CRDT".equals(direction) && isReturn) {
      readReturn(number, amount, isOnly ? entry : null, detail, place);
    } else {
      flaw = "an entry of ours that is neither a payment nor a return";
    }
  }

  /**
   * Reads a return.
   *
   * @param entry null if it holds other details too: then its reference isn't this return's own
   */
  private void readReturn(
      String number, Money amount, @Nullable Element entry, Element detail, String place) {
    String reference = reference(entry, detail);
    if (reference == null) {
      // Without one the same return, told twice, would be two.
      flaw = "a return without a reference";
      return;
    }
    String reason = Xml.text(detail, "RtrInf/Rsn/Cd");
    String code = reason != null && reason.matches("[A-Z0-9]{4}") ? "RETURN " + reason : "RETURN";
    items.add(new Told.Item(number, new ChannelEvent.Returned(amount, reference), code, place));
  }

  private static boolean isBooked(Element entry) {
    return "BOOK".equals(Xml.text(entry, "Sts/Cd"));
  }

  private static boolean isReturn(Element entry, Element detail) {
    return Xml.at(detail, "RtrInf") != null
        || "true".equals(Xml.text(entry, "RvslInd"))
        || "RRTN".equals(Xml.text(detail, "BkTxCd/Domn/Fmly/SubFmlyCd"))
        || "RRTN".equals(Xml.text(entry, "BkTxCd/Domn/Fmly/SubFmlyCd"));
  }

  private static @Nullable String reference(@Nullable Element entry, Element detail) {
    for (String text :
        new @Nullable String[] {
          Xml.text(detail, "Refs/AcctSvcrRef"),
          Xml.text(detail, "Refs/TxId"),
          Xml.text(entry, "AcctSvcrRef")
        }) {
      if (BankMessages.reference(text) != null) {
        return text;
      }
    }
    return null;
  }
}
