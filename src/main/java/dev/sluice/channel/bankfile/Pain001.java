package dev.sluice.channel.bankfile;

import dev.sluice.channel.PayoutInstruction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/**
 * Customer credit transfer initiation, ISO 20022 pain.001.001.09: one transaction per file, so that
 * the file's fate is the payment's. Message id, instruction id and end-to-end id are all our
 * request number, and nothing in it changes between two writings.
 */
final class Pain001 {
  static final String NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
  private static final int MAX_TEXT_CHARS = 140;
  private static final Pattern UNWRITABLE =
      Pattern.compile("[^\\p{L}\\p{M}\\p{N}\\p{P}\\p{Sc}\\p{Sk}\\p{Sm} ]");
  private static final Pattern BIC =
      Pattern.compile("[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?");
  private static final Schema SCHEMA = schema();

  private final BankFileSettings settings;

  Pain001(BankFileSettings settings) {
    this.settings = settings;
  }

  byte[] write(PayoutInstruction instruction) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(2_048);
    try {
      XMLStreamWriter xml =
          XMLOutputFactory.newDefaultFactory()
              .createXMLStreamWriter(out, StandardCharsets.UTF_8.name());
      xml.writeStartDocument(StandardCharsets.UTF_8.name(), "1.0");
      xml.writeStartElement("Document");
      xml.writeDefaultNamespace(NAMESPACE);
      xml.writeStartElement("CstmrCdtTrfInitn");
      writeHeader(xml, instruction);
      writePayment(xml, instruction);
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("a payment can't be written as XML", e);
    }
    return out.toByteArray();
  }

  /** What is wrong with a file for this request number, or null if it may be sent. */
  static @Nullable String flaw(byte[] file, String requestNumber) {
    try {
      Element root = Xml.parse(file);
      SCHEMA.newValidator().validate(new DOMSource(root.getOwnerDocument()));
      Element body = Xml.at(root, "CstmrCdtTrfInitn");
      Element transaction = Xml.at(body, "PmtInf/CdtTrfTxInf");
      boolean isAboutIt =
          requestNumber.equals(Xml.text(body, "GrpHdr/MsgId"))
              && requestNumber.equals(Xml.text(body, "PmtInf/PmtInfId"))
              && requestNumber.equals(Xml.text(transaction, "PmtId/EndToEndId"));
      return isAboutIt ? null : "OTHER_REQUEST";
    } catch (SAXException e) {
      return "SCHEMA"; // its message may quote the file
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory failed", e);
    }
  }

  private void writeHeader(XMLStreamWriter xml, PayoutInstruction instruction)
      throws XMLStreamException {
    xml.writeStartElement("GrpHdr");
    text(xml, "MsgId", instruction.requestNumber());
    text(
        xml,
        "CreDtTm",
        DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
            instruction.at().truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.UTC)));
    text(xml, "NbOfTxs", "1");
    text(xml, "CtrlSum", instruction.amount().decimal());
    party(xml, "InitgPty", settings.debtor().name());
    xml.writeEndElement();
  }

  private void writePayment(XMLStreamWriter xml, PayoutInstruction instruction)
      throws XMLStreamException {
    BankFileSettings.Debtor debtor = settings.debtor();
    xml.writeStartElement("PmtInf");
    text(xml, "PmtInfId", instruction.requestNumber());
    text(xml, "PmtMtd", "TRF");
    text(xml, "BtchBookg", "false");
    text(xml, "NbOfTxs", "1");
    text(xml, "CtrlSum", instruction.amount().decimal());
    xml.writeStartElement("ReqdExctnDt");
    text(xml, "Dt", instruction.at().atZone(settings.zone()).toLocalDate().toString());
    xml.writeEndElement();
    party(xml, "Dbtr", debtor.name());
    account(xml, "DbtrAcct", debtor.account(), debtor.hasIban());
    agent(xml, "DbtrAgt", debtor.bic());
    text(xml, "ChrgBr", debtor.chargeBearer());
    xml.writeStartElement("CdtTrfTxInf");
    xml.writeStartElement("PmtId");
    text(xml, "InstrId", instruction.requestNumber());
    text(xml, "EndToEndId", instruction.requestNumber());
    xml.writeEndElement();
    xml.writeStartElement("Amt");
    xml.writeStartElement("InstdAmt");
    xml.writeAttribute("Ccy", instruction.amount().currency().getCurrencyCode());
    xml.writeCharacters(instruction.amount().decimal());
    xml.writeEndElement();
    xml.writeEndElement();
    String bank = clean(instruction.bank());
    if (bank != null) {
      agent(xml, "CdtrAgt", bank);
    }
    String holder = clean(instruction.holderName());
    // The element is required; a bank that checks names refuses this one, which is definite.
    party(xml, "Cdtr", holder == null ? "NOTPROVIDED" : holder);
    account(xml, "CdtrAcct", instruction.account(), instruction.beneficiaryKind().equals("IBAN"));
    String note = clean(instruction.note());
    if (note != null) {
      xml.writeStartElement("RmtInf");
      text(xml, "Ustrd", note);
      xml.writeEndElement();
    }
    xml.writeEndElement();
    xml.writeEndElement();
  }

  private static void party(XMLStreamWriter xml, String element, String name)
      throws XMLStreamException {
    xml.writeStartElement(element);
    text(xml, "Nm", Objects.requireNonNullElse(clean(name), "NOTPROVIDED"));
    xml.writeEndElement();
  }

  private static void agent(XMLStreamWriter xml, String element, String bank)
      throws XMLStreamException {
    xml.writeStartElement(element);
    xml.writeStartElement("FinInstnId");
    text(xml, BIC.matcher(bank).matches() ? "BICFI" : "Nm", bank);
    xml.writeEndElement();
    xml.writeEndElement();
  }

  private static void account(XMLStreamWriter xml, String element, String number, boolean isIban)
      throws XMLStreamException {
    xml.writeStartElement(element);
    xml.writeStartElement("Id");
    if (isIban) {
      text(xml, "IBAN", number);
    } else {
      xml.writeStartElement("Othr");
      text(xml, "Id", number);
      xml.writeEndElement();
    }
    xml.writeEndElement();
    xml.writeEndElement();
  }

  private static void text(XMLStreamWriter xml, String element, String text)
      throws XMLStreamException {
    xml.writeStartElement(element);
    xml.writeCharacters(text);
    xml.writeEndElement();
  }

  /** Text that the format can carry, shortened to its 140 characters; null if nothing is left. */
  private static @Nullable String clean(@Nullable String text) {
    String plain = UNWRITABLE.matcher(text == null ? "" : text).replaceAll(" ").strip();
    int end = Math.min(plain.length(), MAX_TEXT_CHARS);
    if (end > 0 && Character.isHighSurrogate(plain.charAt(end - 1))) {
      end--;
    }
    String cut = plain.substring(0, end).strip();
    return cut.isEmpty() ? null : cut;
  }

  private static Schema schema() {
    try (InputStream in =
        Objects.requireNonNull(Pain001.class.getResourceAsStream("pain.001.xsd"))) {
      SchemaFactory factory = SchemaFactory.newDefaultInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
      factory.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
      return factory.newSchema(new StreamSource(in));
    } catch (IOException | SAXException e) {
      throw new IllegalStateException("the schema of payments is broken", e);
    }
  }
}
