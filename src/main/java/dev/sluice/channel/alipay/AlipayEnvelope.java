package dev.sluice.channel.alipay;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/**
 * A reply as it came: the node that answers the call, its signature beside it, and in certificate
 * mode the serial number of the certificate that made the signature.
 *
 * @param node the node's raw bytes, exactly as between its braces in the reply: the signature is
 *     over these, so they are never written anew
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record AlipayEnvelope(byte[] node, @Nullable String sign, @Nullable String certificateSerial) {
  private static final String CERTIFICATE_SERIAL = "alipay_cert_sn";

  /**
   * Finds the parts by walking the JSON, so that nothing inside a string can pose as one of them.
   *
   * @return null if the reply isn't one strict JSON object, or doesn't answer this call
   */
  static @Nullable AlipayEnvelope read(byte[] reply, String method) {
    String nodeName = method.replace('.', '_') + "_response";
    byte[] node = null;
    String sign = null;
    String serial = null;
    try (JsonParser parser =
        AlipayMessage.MAPPER.tokenStreamFactory().createParser(ObjectReadContext.empty(), reply)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (name.equals(nodeName) && value == JsonToken.START_OBJECT) {
          int from = (int) parser.currentTokenLocation().getByteOffset();
          parser.skipChildren();
          int to = (int) parser.currentTokenLocation().getByteOffset() + 1;
          node = Arrays.copyOfRange(reply, from, to);
        } else if (name.equals(AlipaySignature.SIGN) && value == JsonToken.VALUE_STRING) {
          sign = parser.getString();
        } else if (name.equals(CERTIFICATE_SERIAL) && value == JsonToken.VALUE_STRING) {
          serial = parser.getString();
        } else {
          parser.skipChildren();
        }
      }
      boolean whole = parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
      return whole && node != null ? new AlipayEnvelope(node, sign, serial) : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  /** Whether a body is a page from some proxy rather than anything of Alipay's. */
  static boolean isPage(byte[] reply) {
    return new String(reply, StandardCharsets.ISO_8859_1).stripLeading().startsWith("<");
  }
}
