package dev.sluice.channel.bankfile;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * Reads XML from outside: no document types, so no entities to expand or fetch, nothing fetched in
 * any other way, bounded depth. The caller bounds the bytes.
 */
final class Xml {
  private static final int MAX_DEPTH = 40;
  private static final int MAX_TEXT_CHARS = 512;

  private Xml() {}

  /**
   * The root element.
   *
   * @throws SAXException if it isn't well-formed, or has a document type
   */
  static Element parse(byte[] bytes) throws SAXException {
    try {
      DocumentBuilder builder = factory().newDocumentBuilder();
      builder.setErrorHandler(SILENT);
      builder.setEntityResolver((publicId, systemId) -> new InputSource(new StringReader("")));
      return Objects.requireNonNull(
          builder.parse(new ByteArrayInputStream(bytes)).getDocumentElement());
    } catch (IOException e) {
      throw new SAXException("not in the encoding that it claims", e);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("this Java can't read XML safely", e);
    }
  }

  /** The child elements with a local name, in the element's own namespace. */
  static List<Element> children(Element element, String name) {
    List<Element> found = new ArrayList<>();
    for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element child
          && name.equals(child.getLocalName())
          && Objects.equals(child.getNamespaceURI(), element.getNamespaceURI())) {
        found.add(child);
      }
    }
    return found;
  }

  /** The element at a path such as {@code Id/Othr/Id}; null if it, or any above, isn't just one. */
  static @Nullable Element at(@Nullable Element element, String path) {
    Element here = element;
    for (String name : path.split("/", -1)) {
      List<Element> next = here == null ? List.of() : children(here, name);
      here = next.size() == 1 ? next.getFirst() : null;
    }
    return here;
  }

  /** The text at a path, stripped; null if there is none, or more than any field holds. */
  static @Nullable String text(@Nullable Element element, String path) {
    Element found = at(element, path);
    String text = found == null ? "" : String.valueOf(found.getTextContent()).strip();
    return text.isEmpty() || text.length() > MAX_TEXT_CHARS ? null : text;
  }

  private static DocumentBuilderFactory factory() throws ParserConfigurationException {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
    factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
    factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
    factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
    factory.setAttribute("jdk.xml.maxElementDepth", MAX_DEPTH);
    factory.setXIncludeAware(false);
    factory.setExpandEntityReferences(false);
    return factory;
  }

  /** The default one writes to standard error. */
  private static final ErrorHandler SILENT =
      new ErrorHandler() {
        @Override
        public void warning(SAXParseException e) {
          // Nothing that matters here.
        }

        @Override
        public void error(SAXParseException e) throws SAXException {
          throw e;
        }

        @Override
        public void fatalError(SAXParseException e) throws SAXException {
          throw e;
        }
      };
}
