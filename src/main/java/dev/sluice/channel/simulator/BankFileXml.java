package dev.sluice.channel.simulator;

import dev.sluice.money.Money;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Currency;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/** The files of ISO 20022 as the bank's side reads and writes them. */
final class BankFileXml {
  private static final String PAIN_001 = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
  private static final Map<String, String> REASONS =
      Map.of(
          "BANK_LIMIT", "AM14",
          "INSUFFICIENT_BANK_FUNDS", "AM04",
          "ACCOUNT_CLOSED", "AC04",
          "NAME_MISMATCH", "BE01",
          "UNKNOWN_MERCHANT", "AC02",
          "INVALID_REQUEST", "FF01",
          "DUPLICATE_OTHER_BODY", "AM05");

  private BankFileXml() {}

  /** What a payment's file asks for. */
  record Order(String messageId, String endToEndId, Money amount, String debtor, String creditor) {}

  /** Reads a file with one payment, or null if it isn't one. */
  static @Nullable Order read(byte[] file) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      Document document = factory.newDocumentBuilder().parse(new ByteArrayInputStream(file));
      Element amount = one(document, "InstdAmt");
      String messageId = text(document, "MsgId");
      String endToEndId = text(document, "EndToEndId");
      String debtor = text(one(document, "DbtrAcct"));
      String creditor = text(one(document, "CdtrAcct"));
      if (amount == null
          || messageId == null
          || endToEndId == null
          || debtor == null
          || creditor == null) {
        return null;
      }
      Currency currency = Currency.getInstance(amount.getAttribute("Ccy"));
      Money money = Money.of(new BigDecimal(String.valueOf(text(amount))), currency);
      return new Order(messageId, endToEndId, money, debtor, creditor);
    } catch (SAXException | IOException | IllegalArgumentException e) {
      return null;
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("this Java can't read XML", e);
    }
  }

  /** A status report about one payment. */
  static String status(Report report, String originalMessage, Instant now) {
    String status =
        switch (report.status()) {
          case "ACCEPTED", "PROCESSING" -> "ACCP";
          case "PAID" -> "ACSC";
          case "REFUSED" -> "RJCT";
          default -> report.status();
        };
    String reason =
        status.equals("RJCT")
            ? "<StsRsnInf><Rsn><Cd>%s</Cd></Rsn><AddtlInf>%s</AddtlInf></StsRsnInf>"
                .formatted(reason(report), escape(report.message()))
            : "";
    return """
    <?xml version="1.0" encoding="UTF-8"?>
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">
      <CstmrPmtStsRpt>
        <GrpHdr><MsgId>S%s</MsgId><CreDtTm>%s</CreDtTm></GrpHdr>
        <OrgnlGrpInfAndSts>
          <OrgnlMsgId>%s</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>
          <GrpSts>PART</GrpSts>
        </OrgnlGrpInfAndSts>
        <OrgnlPmtInfAndSts>
          <OrgnlPmtInfId>%s</OrgnlPmtInfId>
          <TxInfAndSts>
            <OrgnlInstrId>%s</OrgnlInstrId><OrgnlEndToEndId>%s</OrgnlEndToEndId>
            <TxSts>%s</TxSts>%s%s
            <OrgnlTxRef>%s%s</OrgnlTxRef>
          </TxInfAndSts>
        </OrgnlPmtInfAndSts>
      </CstmrPmtStsRpt>
    </Document>
    """
        .formatted(
            now.toEpochMilli(),
            now,
            escape(originalMessage),
            escape(originalMessage),
            report.requestNo(),
            report.requestNo(),
            status,
            reason,
            tag("AcctSvcrRef", report.bankReference()),
            report.amount() == null
                ? ""
                : "<Amt><InstdAmt Ccy=\"%s\">%s</InstdAmt></Amt>"
                    .formatted(report.currency(), report.amount()),
            report.account() == null
                ? ""
                : "<CdtrAcct><Id><Othr><Id>%s</Id></Othr></Id></CdtrAcct>"
                    .formatted(escape(report.account())));
  }

  /** A notification of a debit, or of a credit for money that came back. */
  static String advice(Report report, String account, boolean isReturn, Instant now) {
    String amount = isReturn ? report.returnedAmount() : report.amount();
    String reference = isReturn ? report.returnReference() : report.bankReference();
    String direction = isReturn ? "CRDT" : "DBIT";
    return """
    <?xml version="1.0" encoding="UTF-8"?>
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08">
      <BkToCstmrDbtCdtNtfctn>
        <GrpHdr><MsgId>A%s</MsgId><CreDtTm>%s</CreDtTm></GrpHdr>
        <Ntfctn>
          <Id>N%s</Id><CreDtTm>%s</CreDtTm>
          <Acct><Id><IBAN>%s</IBAN></Id></Acct>
          <Ntry>
            <Amt Ccy="%s">%s</Amt><CdtDbtInd>%s</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
            <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>%s</SubFmlyCd></Fmly></Domn></BkTxCd>
            <NtryDtls><TxDtls>
              <Refs>%s<EndToEndId>%s</EndToEndId></Refs>
              <Amt Ccy="%s">%s</Amt><CdtDbtInd>%s</CdtDbtInd>
              <RltdPties><CdtrAcct><Id><Othr><Id>%s</Id></Othr></Id></CdtrAcct></RltdPties>%s
            </TxDtls></NtryDtls>
          </Ntry>
        </Ntfctn>
      </BkToCstmrDbtCdtNtfctn>
    </Document>
    """
        .formatted(
            now.toEpochMilli(),
            now,
            now.toEpochMilli(),
            now,
            escape(account),
            report.currency(),
            amount,
            direction,
            isReturn ? "RRTN" : "ESCT",
            tag("AcctSvcrRef", reference),
            report.requestNo(),
            report.currency(),
            amount,
            direction,
            escape(String.valueOf(report.account())),
            isReturn ? "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>" : "");
  }

  private static String reason(Report report) {
    String code = REASONS.getOrDefault(report.code(), report.code());
    return code.length() == 4 ? code : "ZZZZ";
  }

  private static String tag(String name, @Nullable String text) {
    return text == null ? "" : "<%s>%s</%s>".formatted(name, escape(text), name);
  }

  private static @Nullable Element one(Document document, String name) {
    var found = document.getElementsByTagNameNS(PAIN_001, name);
    return found.getLength() == 1 && found.item(0) instanceof Element element ? element : null;
  }

  private static @Nullable String text(Document document, String name) {
    return text(one(document, name));
  }

  private static @Nullable String text(@Nullable Element element) {
    String text = element == null ? "" : String.valueOf(element.getTextContent()).strip();
    return text.isEmpty() ? null : text;
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
