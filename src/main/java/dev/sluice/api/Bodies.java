package dev.sluice.api;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads bodies within bounds, and JSON strictly as RFC 8259 has it. */
final class Bodies {
  /** A field that is too long is named by its own rule; this is only the largest body there is. */
  private static final int LONGEST_STRING = 1 << 20;

  private static final JsonMapper STRICT =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(20)
                          .maxStringLength(LONGEST_STRING)
                          .maxNameLength(128)
                          .maxNumberLength(1_000)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final int largest;

  /**
   * A reader of bodies.
   *
   * @param largest bytes that a body may have
   */
  Bodies(int largest) {
    this.largest = largest;
  }

  /** Reads a JSON object. */
  Fields fields(HttpServletRequest request) {
    String coding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
    if (!isUtf8(request.getContentType())
        || (coding != null && !"identity".equalsIgnoreCase(coding))) {
      throw new ApiException(
          ProblemCode.UNSUPPORTED_MEDIA_TYPE, "Send the body in UTF-8, not compressed.");
    }
    return parse(bytes(request));
  }

  /** By the header itself: the framework's request always says that it is UTF-8. */
  private static boolean isUtf8(@Nullable String contentType) {
    if (contentType == null || contentType.equalsIgnoreCase("application/json")) {
      return true;
    }
    try {
      Charset charset = MediaType.parseMediaType(contentType).getCharset();
      return charset == null || charset.equals(StandardCharsets.UTF_8);
    } catch (InvalidMediaTypeException e) {
      return false;
    }
  }

  /** Reads the raw bytes, however they are framed. */
  byte[] bytes(HttpServletRequest request) {
    if (request.getContentLengthLong() > largest) {
      throw tooLarge();
    }
    byte[] bytes;
    try {
      bytes = read(request);
    } catch (IOException e) {
      if (e instanceof SocketTimeoutException || e.getCause() instanceof SocketTimeoutException) {
        throw new ApiException(ProblemCode.REQUEST_TIMEOUT, "Send the whole body without pauses.");
      }
      throw invalid("The body ended early or is not framed as its headers say.");
    }
    if (bytes.length > largest) {
      throw tooLarge();
    }
    return bytes;
  }

  /** Into an array of the announced length, where there is one: most bodies are a few lines. */
  private byte[] read(HttpServletRequest request) throws IOException {
    InputStream in = request.getInputStream();
    int announced = request.getContentLength();
    if (announced < 0) {
      return in.readNBytes(largest + 1);
    }
    byte[] bytes = new byte[announced];
    int got = in.readNBytes(bytes, 0, announced);
    return got == announced ? bytes : Arrays.copyOf(bytes, got);
  }

  static Fields parse(byte[] bytes) {
    JsonNode tree;
    try {
      // Strictly and first: the parser itself would guess UTF-16 and let some bad UTF-8 pass.
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes))
              .toString();
      tree = STRICT.readTree(text);
    } catch (CharacterCodingException e) {
      throw invalid("The body is not valid UTF-8.");
    } catch (StreamConstraintsException e) {
      throw invalid(
          "The body nests deeper than 20 levels, or has a name of more than 128 characters or a"
              + " number of more than 1,000"
              + where(e));
    } catch (NumberFormatException | ArithmeticException e) {
      throw invalid("The body has a number whose exponent is out of range."); // 1e99999999999
    } catch (JacksonException e) {
      String what = e.getOriginalMessage();
      throw invalid(
          (what != null && what.startsWith("Duplicate")
                  ? "The body names a field twice"
                  : "The body is not valid JSON")
              + where(e));
    }
    if (tree instanceof ObjectNode object) {
      return new Fields(object);
    }
    throw invalid("The body must be a JSON object.");
  }

  private static String where(JacksonException e) {
    return e.getLocation() == null
        ? "."
        : ", at line %d, column %d."
            .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
  }

  private ApiException tooLarge() {
    return new ApiException(
        ProblemCode.PAYLOAD_TOO_LARGE, "The body may have %,d bytes at most.".formatted(largest));
  }

  private static ApiException invalid(String detail) {
    return new ApiException(ProblemCode.INVALID_REQUEST, detail);
  }
}
