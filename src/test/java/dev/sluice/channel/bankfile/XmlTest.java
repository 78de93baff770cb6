package dev.sluice.channel.bankfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

@Timeout(20)
class XmlTest {

  @Test
  void readsNoFileThroughAnEntity(@TempDir Path folder) throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "the secret");
    assertRefused("<!DOCTYPE a [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]><a>&x;</a>");
    assertRefused("<!DOCTYPE a SYSTEM \"" + secret.toUri() + "\"><a/>");
    assertRefused("<!DOCTYPE a [<!ENTITY % p SYSTEM \"" + secret.toUri() + "\"> %p;]><a/>");
  }

  @Test
  void expandsNoBillionLaughs() {
    StringBuilder xml = new StringBuilder("<!DOCTYPE a [<!ENTITY l0 \"ha\">");
    for (int i = 1; i < 30; i++) {
      xml.append("<!ENTITY l%d \"&l%d;&l%d;\">".formatted(i, i - 1, i - 1));
    }
    assertRefused(xml + "]><a>&l29;</a>");
  }

  @Test
  void includesNothing(@TempDir Path folder) throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "the secret");
    Element root =
        parse(
            "<a xmlns:xi=\"http://www.w3.org/2001/XInclude\"><xi:include parse=\"text\" href=\""
                + secret.toUri()
                + "\"/></a>");
    assertThat(root.getTextContent()).isEmpty();
  }

  @Test
  void goesDownNoAbyss() {
    assertRefused("<a>".repeat(50_000) + "</a>".repeat(50_000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        "<html><body>502",
        "<a><b></a>",
        "<a/><b/>",
        "<a>&undeclared;</a>",
        "<?xml version=\"1.0\" encoding=\"no-such-code\"?><a/>",
        "<!DOCTYPE a><a/>"
      })
  void refusesWhatIsntOneWellFormedDocument(String text) {
    assertRefused(text);
  }

  @Test
  void readsByteOrderMarksAndDeclaredEncodings() throws SAXException {
    assertThat(parse("\uFEFF<a>成</a>", StandardCharsets.UTF_8).getTextContent()).isEqualTo("成");
    assertThat(parse("\uFEFF<a>成</a>", StandardCharsets.UTF_16BE).getTextContent()).isEqualTo("成");
    assertThat(
            parse(
                    "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>ö</a>",
                    StandardCharsets.ISO_8859_1)
                .getTextContent())
        .isEqualTo("ö");
  }

  @Test
  void refusesBytesThatBreakTheEncoding() {
    assertThatThrownBy(() -> Xml.parse(new byte[] {'<', 'a', '>', (byte) 0xff, '<', '/', 'a', '>'}))
        .isInstanceOf(SAXException.class);
  }

  @Test
  void aFieldThatIsThereTwiceIsThereNotAtAll() throws SAXException {
    Element root = parse("<a><b>1</b><b>2</b><c><d> x </d></c></a>");
    assertThat(Xml.text(root, "b")).isNull();
    assertThat(Xml.text(root, "c/d")).isEqualTo("x");
    assertThat(Xml.text(root, "c/e/f")).isNull();
    assertThat(Xml.text(parse("<a><b>" + "x".repeat(600) + "</b></a>"), "b")).isNull();
  }

  private static Element parse(String xml) throws SAXException {
    return parse(xml, StandardCharsets.UTF_8);
  }

  private static Element parse(String xml, Charset charset) throws SAXException {
    return Xml.parse(xml.getBytes(charset));
  }

  private static void assertRefused(String xml) {
    assertThatThrownBy(() -> parse(xml)).isInstanceOf(SAXException.class);
  }
}
