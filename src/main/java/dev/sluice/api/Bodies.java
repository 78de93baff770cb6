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
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
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

  private static final ObjectReader ELEMENTS =
      STRICT.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final int AT_ONCE = 8_192;

  private final int largest;
  private final Duration longest;

  /**
   * A reader of bodies.
   *
   * @param largest bytes that a body may have
   * @param longest time that one may take: a body that drips in, each byte in time, ends, too
   */
  Bodies(int largest, Duration longest) {
    this.largest = largest;
    this.longest = longest;
  }

  /** Reads a JSON object. */
  Fields fields(HttpServletRequest request) {
    requireUtf8(request);
    return parse(bytes(request));
  }

  static void requireUtf8(HttpServletRequest request) {
    String coding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
    if (!isUtf8(request.getContentType())
        || (coding != null && !"identity".equalsIgnoreCase(coding))) {
      throw new ApiException(
          ProblemCode.UNSUPPORTED_MEDIA_TYPE, "Send the body in UTF-8, not compressed.");
    }
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
      bytes = read(request.getInputStream(), (int) request.getContentLengthLong());
    } catch (IOException e) {
      if (e instanceof SocketTimeoutException || e.getCause() instanceof SocketTimeoutException) {
        throw tooSlow();
      }
      throw invalid("The body ended early or is not framed as its headers say.");
    }
    if (bytes.length > largest) {
      throw tooLarge();
    }
    return bytes;
  }

  /** Up to one byte more than is allowed. */
  private byte[] read(InputStream in, int announced) throws IOException {
    long deadline = System.nanoTime() + longest.toNanos();
    byte[] bytes = new byte[announced >= 0 ? announced : AT_ONCE];
    int size = 0;
    while (size <= largest) {
      if (size == bytes.length) {
        if (size == announced) {
          break;
        }
        bytes = Arrays.copyOf(bytes, Math.min(size + Math.max(size, AT_ONCE), largest + 1));
      }
      int read = in.read(bytes, size, bytes.length - size);
      if (read < 0) {
        break;
      }
      size += read;
      if (System.nanoTime() - deadline > 0) {
        throw tooSlow();
      }
    }
    return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
  }

  /** Strictly and first: the parser itself would guess UTF-16 and let some bad UTF-8 pass. */
  private static String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      throw invalid("The body is not valid UTF-8.");
    }
  }

  static Fields parse(byte[] bytes) {
    String text = text(bytes);
    if (strictly(() -> STRICT.readTree(text)) instanceof ObjectNode object) {
      return new Fields(object);
    }
    throw invalid("The body must be a JSON object.");
  }

  /**
   * Reads an object that has one field, an array of objects, and hands out each element; all of it
   * is known to be well formed before the first one is handed out.
   *
   * @param name the field's
   * @param most elements that there may be
   * @param wellFormed is told once, before the first element
   */
  static void elements(
      byte[] bytes, String name, int most, Runnable wellFormed, Consumer<Fields> element) {
    String text = text(bytes);
    strictly(() -> walk(text, name, most, null));
    wellFormed.run();
    walk(text, name, most, element);
  }

  private static int walk(String text, String name, int most, @Nullable Consumer<Fields> element) {
    int count = 0;
    try (JsonParser parser = STRICT.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT
          || parser.nextToken() != JsonToken.PROPERTY_NAME
          || !parser.currentName().equals(name)) {
        throw invalid("The body must be an object whose field is %s.".formatted(name));
      }
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw ApiException.badField(name, "must be an array of objects");
      }
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (++count > most) {
          throw ApiException.badField(name, "may have %,d elements at most".formatted(most));
        }
        if (parser.currentToken() != JsonToken.START_OBJECT) {
          throw ApiException.badField(name, "must hold objects only");
        }
        if (element == null) {
          pass(parser);
        } else {
          element.accept(new Fields((ObjectNode) ELEMENTS.readTree(parser)));
        }
      }
      if (parser.nextToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        throw invalid("The body must have the field %s and nothing else.".formatted(name));
      }
      return count;
    }
  }

  /** Goes past an object, and finds all that would be wrong with it if it were read. */
  private static void pass(JsonParser parser) {
    int depth = 1;
    while (depth > 0) {
      JsonToken token = parser.nextToken();
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      } else if (token == JsonToken.VALUE_NUMBER_FLOAT) {
        parser.getDecimalValue(); // its exponent may be out of range
      } else if (token == JsonToken.VALUE_STRING && parser.getStringLength() > LONGEST_STRING) {
        throw invalid("The body has a string of more than 1 MB.");
      }
    }
  }

  private static <T> T strictly(Supplier<T> parse) {
    try {
      return parse.get();
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

  private static ApiException tooSlow() {
    return new ApiException(
        ProblemCode.REQUEST_TIMEOUT, "Send the whole body at once, without pauses.");
  }

  private static ApiException invalid(String detail) {
    return new ApiException(ProblemCode.INVALID_REQUEST, detail);
  }
}
