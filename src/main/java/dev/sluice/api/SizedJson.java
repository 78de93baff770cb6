package dev.sluice.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes answers with their {@code Content-Length}, so that head and body leave in one piece.
 * Without it they go out in chunks (RFC 9112, 7.1), whose empty last one is a packet of its own: a
 * second call of the kernel here, and a second wake-up of the client. What is longer than 16 KiB is
 * streamed in chunks all the same.
 */
final class SizedJson extends JacksonJsonHttpMessageConverter {
  private static final int MOST_BYTES = 16 << 10;
  private static final int USUAL_BYTES = 1 << 10;

  SizedJson(JsonMapper json) {
    super(json);
  }

  @Override
  protected void writeInternal(
      Object object,
      ResolvableType type,
      HttpOutputMessage message,
      @Nullable Map<String, Object> hints)
      throws IOException {
    Body body = new Body(message);
    super.writeInternal(object, type, new Answer(message.getHeaders(), body), hints);
    body.end();
  }

  private record Answer(HttpHeaders headers, OutputStream body) implements HttpOutputMessage {
    @Override
    public HttpHeaders getHeaders() {
      return headers;
    }

    @Override
    public OutputStream getBody() {
      return body;
    }
  }

  /** Holds the beginning back until it's whole or long. */
  private static final class Body extends OutputStream {
    private final HttpOutputMessage message;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream(USUAL_BYTES);
    private @Nullable OutputStream streamed;

    Body(HttpOutputMessage message) {
      this.message = message;
    }

    @Override
    public void write(int next) throws IOException {
      write(new byte[] {(byte) next}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      if (streamed == null && held.size() + length > MOST_BYTES) {
        streamed = message.getBody();
        held.writeTo(streamed);
      }
      (streamed == null ? held : streamed).write(from, offset, length);
    }

    void end() throws IOException {
      if (streamed == null) {
        message.getHeaders().setContentLength(held.size());
        held.writeTo(message.getBody());
      }
    }
  }
}
