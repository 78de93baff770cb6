package dev.sluice.channel.bankfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.money.Money;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BankMessagesTest {
  private static final String A = "019b7c1f3b4a7000800000000000000a";
  private static final String B = "019b7c1f3b4a7000800000000000000b";
  private final BankMessages messages = new BankMessages(BankFileTestSettings.DEBTOR);

  @ParameterizedTest
  @ValueSource(strings = {"RCVD", "PDNG", "ACTC", "ACCP", "ACSP"})
  void underWayIsAccepted(String status) {
    assertThat(outcome(item(A, status, ""))).isEqualTo(new Outcome.Accepted("REF1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ACSC", "ACCC"})
  void settledIsPaid(String status) {
    assertThat(outcome(item(A, status, "")))
        .isEqualTo(new Outcome.Paid(Money.ofMinor(50_000, "EUR"), "FR1420******2606", "REF1"));
  }

  @Test
  void aPaidWithoutTheOriginalsDataSaysNoMore() {
    String bare = item(A, "ACSC", "").replaceAll("<OrgnlTxRef>.*</OrgnlTxRef>", "");
    assertThat(outcome(bare)).isEqualTo(new Outcome.Paid(null, null, "REF1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "5e2", "-500.00", "500.001", "500,00", ""})
  void aPaidWithAnIllegibleAmountIsUnknown(String amount) {
    assertThat(outcome(item(A, "ACSC", "").replace("500.00", amount)))
        .isEqualTo(new Unknown(Why.UNREADABLE, "ILLEGIBLE_AMOUNT"));
  }

  @ParameterizedTest
  @CsvSource({
    "AC01,true",
    "AC03,true",
    "AC04,true",
    "AC06,true",
    "AC07,true",
    "BE01,true",
    "BE06,true",
    "MD07,true",
    "AM04,false",
    "AM02,false",
    "AM14,false",
    "DT01,false",
    "AB01,false",
    "AB10,false",
    "AC02,false",
    "AG01,false",
    "FF01,false",
    "RC01,false",
    "TM01,false"
  })
  void listedReasonsAreRefusals(String reason, boolean beneficiaryAtFault) {
    assertThat(outcome(item(A, "RJCT", reason)))
        .isEqualTo(new Outcome.Refused(reason, "no: 622208******1234", beneficiaryAtFault));
  }

  @ParameterizedTest
  @ValueSource(strings = {"AM05", "DUPL", "DU01", "MS03", "NARR", "ZZZZ", "x", ""})
  void aRejectionForAnyOtherReasonIsUnknown(String reason) {
    assertThat(((Unknown) outcome(item(A, "RJCT", reason))).why()).isEqualTo(Why.UNLISTED_CODE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PART", "CANC", "ACWC", "paid", ""})
  void anyOtherStatusIsUnknown(String status) {
    assertThat(((Unknown) outcome(item(A, status, "AC04"))).why()).isEqualTo(Why.UNLISTED_CODE);
  }

  @Test
  void theGroupNeverDecidesForAnItem() {
    String items = item(A, "ACSC", "") + item(A, "RJCT", "AC04");
    Told told = read(status(A, "RJCT", items));
    assertThat(told.items()).hasSize(2);
    assertThat(told.flaw()).isNull();
    for (String state : List.of("RJCT", "PART", "ACSC")) {
      Told group = read(status(A, state, ""));
      assertThat(group.items()).isEmpty();
      assertThat(group.flaw()).isEqualTo("no status of any payment");
    }
  }

  @Test
  void aStatusOfAnotherMessageOrNumberIsAFlaw() {
    assertThat(read(status(B, "PART", item(A, "ACSC", ""))))
        .matches(told -> told.items().isEmpty() && told.flaw() != null);
    assertThat(read(status("X", "PART", item("X", "ACSC", ""))))
        .matches(told -> told.items().isEmpty() && told.flaw() != null);
    assertThat(read(status(A, "PART", item(B, "RJCT", "AC04") + item(A, "ACSC", ""))))
        .matches(told -> told.items().size() == 1 && told.flaw() != null);
  }

  @Test
  void anotherMessageOrVersionIsAFlaw() {
    String right = status(A, "PART", item(A, "ACSC", ""));
    for (String wrong :
        List.of(
            right.replace("pain.002.001.10", "pain.002.001.03"),
            right.replace("CstmrPmtStsRpt", "Other"),
            right.substring(0, right.length() / 2),
            "<html/>",
            "")) {
      assertThat(read(wrong)).matches(told -> told.items().isEmpty() && told.flaw() != null);
    }
  }

  @Test
  void aBookedDebitIsPaid() {
    assertThat(read(advice("DBIT", "BOOK", "", "ESCT")).items())
        .singleElement()
        .satisfies(
            item ->
                assertThat(((ChannelEvent.Reported) item.event()).outcome())
                    .isEqualTo(
                        new Outcome.Paid(
                            Money.ofMinor(50_000, "EUR"), "FR1420******2606", "REF1")));
  }

  @Test
  void aBookedCreditThatSaysSoIsAReturn() {
    String reason = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>";
    for (String file :
        List.of(
            advice("CRDT", "BOOK", reason, "ESCT"),
            advice("CRDT", "BOOK", "", "RRTN"),
            advice("CRDT", "BOOK", "", "ESCT").replace("<Sts>", "<RvslInd>true</RvslInd><Sts>"))) {
      assertThat(read(file).items())
          .singleElement()
          .matches(
              item ->
                  item.event()
                      .equals(new ChannelEvent.Returned(Money.ofMinor(50_000, "EUR"), "REF1")));
    }
  }

  @Test
  void whatIsntBookedOrOursIsLetBe() {
    for (String file :
        List.of(
            advice("DBIT", "PDNG", "", "ESCT"),
            advice("CRDT", "INFO", "", "RRTN"),
            advice("DBIT", "BOOK", "", "ESCT").replace(A, "NOTPROVIDED"),
            advice("DBIT", "BOOK", "", "ESCT").replaceAll("<TxDtls>.*</TxDtls>", ""))) {
      assertThat(read(file)).isEqualTo(new Told(List.of(), null));
    }
  }

  @Test
  void whatDoesntFitTogetherIsAFlaw() {
    for (String file :
        List.of(
            advice("CRDT", "BOOK", "", "ESCT"),
            advice("DBIT", "BOOK", "", "RRTN"),
            advice("DBIT", "BOOK", "", "ESCT").replace("500.00", "x"),
            advice("CRDT", "BOOK", "", "RRTN").replaceAll("<AcctSvcrRef>.*</AcctSvcrRef>", ""),
            advice("DBIT", "BOOK", "", "ESCT").replace("DE89370400440532013000", "DE00"))) {
      assertThat(read(file)).matches(told -> told.items().isEmpty() && told.flaw() != null, file);
    }
  }

  @Test
  void anEntrysReferenceServesOneReturnOnly() {
    String one =
        advice("CRDT", "BOOK", "", "RRTN")
            .replace("<AcctSvcrRef>REF1</AcctSvcrRef>", "")
            .replace("<BkTxCd>", "<AcctSvcrRef>ENTRY</AcctSvcrRef><BkTxCd>");
    assertThat(read(one).items())
        .singleElement()
        .matches(item -> ((ChannelEvent.Returned) item.event()).reference().equals("ENTRY"));

    String details = one.substring(one.indexOf("<TxDtls>"), one.indexOf("</NtryDtls>"));
    assertThat(read(one.replace(details, details + details.replace(A, B))))
        .matches(told -> told.items().isEmpty() && told.flaw() != null);
  }

  private Outcome outcome(String item) {
    Told.Item only = read(status(A, "PART", item)).items().getFirst();
    assertThat(only.requestNumber()).isEqualTo(A);
    return ((ChannelEvent.Reported) only.event()).outcome();
  }

  private Told read(String xml) {
    return messages.read(xml.getBytes(StandardCharsets.UTF_8));
  }

  static String item(String number, String status, String reason) {
    String why =
        reason.isEmpty()
            ? ""
            : "<StsRsnInf><Rsn><Cd>%s</Cd></Rsn><AddtlInf>no: 6222081234567891234</AddtlInf></StsRsnInf>"
                .formatted(reason);
    return ("<TxInfAndSts><OrgnlEndToEndId>%s</OrgnlEndToEndId><TxSts>%s</TxSts>%s"
            + "<AcctSvcrRef>REF1</AcctSvcrRef><OrgnlTxRef><Amt><InstdAmt Ccy=\"EUR\">500.00"
            + "</InstdAmt></Amt><CdtrAcct><Id><IBAN>FR1420041010050500013M02606</IBAN></Id>"
            + "</CdtrAcct></OrgnlTxRef></TxInfAndSts>")
        .formatted(number, status, why);
  }

  static String status(String message, String group, String items) {
    return ("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt>"
            + "<GrpHdr><MsgId>S1</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>%s</OrgnlMsgId>"
            + "<GrpSts>%s</GrpSts></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><PmtInfSts>%s</PmtInfSts>"
            + "%s</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>")
        .formatted(message, group, group, items);
  }

  private static String advice(String direction, String booked, String more, String family) {
    return ("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\">"
                + "<BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>A1</MsgId></GrpHdr><Ntfctn><Id>N</Id>"
                + "<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct><Ntry><Amt"
                + " Ccy=\"EUR\">500.00</Amt><CdtDbtInd>%s</CdtDbtInd><Sts><Cd>%s</Cd></Sts>"
                + "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>%s</SubFmlyCd></Fmly></Domn>"
                + "</BkTxCd><NtryDtls><TxDtls><Refs><AcctSvcrRef>REF1</AcctSvcrRef><EndToEndId>%s"
                + "</EndToEndId></Refs><RltdPties><CdtrAcct><Id><IBAN>FR1420041010050500013M02606"
                + "</IBAN></Id></CdtrAcct></RltdPties>%s</TxDtls></NtryDtls></Ntry></Ntfctn>"
                + "</BkToCstmrDbtCdtNtfctn></Document>")
        .formatted(direction, booked, family, A, more);
  }
}
