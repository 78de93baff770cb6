package dev.sluice.reconcile.format;

import dev.sluice.reconcile.format.StatementLine.Kind;
import dev.sluice.reconcile.format.StatementRefused.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * A bank's statement as ISO 20022 camt.053 (BankToCustomerStatement, versions 001.02 to 001.13),
 * read as a stream. There are no document types, so no entities, and nothing is fetched.
 */
public final class Camt053Format implements StatementFormat {
  private static final Pattern NAMESPACE =
      Pattern.compile("urn:iso:std:iso:20022:tech:xsd:camt\\.053\\.001\\.(0[2-9]|1[0-3])");
  private static final int MAX_DEPTH = 40;
  private static final int MAX_TEXT_CHARS = 1_024;

  private final Limits limits;
  private final ZoneId zone;
  private final Map<String, Kind> kinds;

  /**
   * A reader of such statements.
   *
   * @param zone of dates without a zone
   * @param kinds what further sub-families of bank transaction codes ({@code SubFmlyCd}) mean
   */
  public Camt053Format(Limits limits, ZoneId zone, Map<String, Kind> kinds) {
    this.limits = limits;
    this.zone = zone;
    this.kinds = Map.copyOf(kinds);
  }

  @Override
  public Coverage read(InputStream file, Lines lines) throws IOException {
    Camt053Statement statement = new Camt053Statement(limits, zone, kinds, lines);
    try {
      XMLStreamReader xml = factory().createXMLStreamReader(LimitedInput.plain(file, limits));
      walk(xml, statement);
    } catch (XMLStreamException e) {
      throw refused(e);
    } catch (IOException e) {
      throw Texts.refused(e);
    }
    return statement.coverage();
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
    factory.setXMLResolver(
        (publicId, systemId, base, namespace) -> {
          throw new XMLStreamException("nothing is fetched");
        });
    // Else the parser writes to the process's own error stream.
    factory.setXMLReporter((message, type, information, location) -> {});
    return factory;
  }

  private static void walk(XMLStreamReader xml, Camt053Statement statement)
      throws XMLStreamException, IOException {
    ArrayDeque<String> path = new ArrayDeque<>();
    StringBuilder text = new StringBuilder();
    boolean ended = false;
    while (xml.hasNext()) {
      switch (xml.next()) {
        case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_DECLARATION ->
            throw new StatementRefused(Reason.DTD_FORBIDDEN, "has a document type");
        case XMLStreamConstants.ENTITY_REFERENCE ->
            throw new StatementRefused(Reason.DTD_FORBIDDEN, "refers to an entity");
        case XMLStreamConstants.START_ELEMENT -> {
          start(xml, path, statement);
          text.setLength(0);
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
          text.append(xml.getTextCharacters(), xml.getTextStart(), xml.getTextLength());
          if (text.length() > MAX_TEXT_CHARS) {
            // Only between elements may there be more, and there it is of no use.
            if (!text.toString().isBlank()) {
              throw new StatementRefused(Reason.LINE_TOO_LONG, "has a text that is too long");
            }
            text.setLength(0);
          }
        }
        case XMLStreamConstants.END_ELEMENT -> {
          statement.end(String.join("/", (Iterable<String>) path::descendingIterator), text);
          path.pop();
          text.setLength(0);
        }
        case XMLStreamConstants.END_DOCUMENT -> ended = true;
        default -> {
          // comments, instructions, blanks
        }
      }
    }
    if (!ended) {
      throw new StatementRefused(Reason.TRUNCATED, "ends in the middle");
    }
  }

  private static void start(
      XMLStreamReader xml, ArrayDeque<String> path, Camt053Statement statement) throws IOException {
    if (path.isEmpty()
        && (!xml.getLocalName().equals("Document")
            || !NAMESPACE.matcher(String.valueOf(xml.getNamespaceURI())).matches())) {
      throw new StatementRefused(Reason.WRONG_TEMPLATE, "is not a camt.053 document");
    }
    if (path.size() >= MAX_DEPTH) {
      throw new StatementRefused(Reason.WRONG_TEMPLATE, "nests too deeply");
    }
    path.push(xml.getLocalName());
    statement.start(path.size(), xml.getLocalName(), xml.getAttributeValue(null, "Ccy"));
  }

  /** The parser tells a file that was cut off from other broken ones by its words alone. */
  private static IOException refused(XMLStreamException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof StatementRefused refused) {
        return refused;
      }
      if (cause instanceof java.io.CharConversionException
          || cause instanceof java.nio.charset.CharacterCodingException) {
        return new StatementRefused(Reason.UNREADABLE, "is not in the encoding that it declares");
      }
    }
    String message = String.valueOf(e.getMessage());
    boolean cutOff =
        message.contains("must start and end within the same entity")
            || message.contains("Premature end")
            || message.contains("must be terminated by the matching");
    if (cutOff) {
      return new StatementRefused(Reason.TRUNCATED, "ends in the middle");
    }
    if (message.contains("DOCTYPE") || message.contains("DTD") || message.contains("entity")) {
      return new StatementRefused(Reason.DTD_FORBIDDEN, "has a document type or entities");
    }
    return new StatementRefused(Reason.UNREADABLE, "is not well-formed XML");
  }
}
