package dev.sluice.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One request, byte for byte.
 *
 * @param operation what the document calls it, such as {@code POST /v1/withdrawals}
 * @param caller whose token it carries, in {@link Target#tokens}; empty for none
 * @param target path and query as they stand in the request line, in ISO 8859-1
 * @param framed whether it is framed as HTTP has it: a server may just hang up on what isn't
 * @param sound whether path and method are those of the operation, so that its answers are known
 */
record Shot(
    String operation,
    String caller,
    String method,
    String target,
    String version,
    List<Header> headers,
    byte[] body,
    boolean framed,
    boolean sound) {
  private static final int LONGEST_SHOWN = 4_000;

  /** One header line. */
  record Header(String name, String value) {}

  Shot {
    headers = List.copyOf(headers);
  }

  Shot withHeaders(List<Header> other) {
    return new Shot(operation, caller, method, target, version, other, body, framed, sound);
  }

  Shot without(String name) {
    return withHeaders(headers.stream().filter(h -> !h.name().equalsIgnoreCase(name)).toList());
  }

  Shot plus(String name, String value) {
    List<Header> more = new ArrayList<>(headers);
    more.add(new Header(name, value));
    return withHeaders(more);
  }

  Shot with(String name, String value) {
    return without(name).plus(name, value);
  }

  Shot withBody(byte[] other) {
    return new Shot(operation, caller, method, target, version, headers, other, framed, sound);
  }

  Shot withTarget(String other, boolean stillSound) {
    return new Shot(
        operation, caller, method, other, version, headers, body, framed, sound && stillSound);
  }

  Shot withMethod(String other) {
    return new Shot(operation, caller, other, target, version, headers, body, framed, false);
  }

  Shot withVersion(String other) {
    return new Shot(operation, caller, method, target, other, headers, body, false, false);
  }

  Shot unframed() {
    return new Shot(operation, caller, method, target, version, headers, body, false, sound);
  }

  boolean has(String name) {
    return headers.stream().anyMatch(h -> h.name().equalsIgnoreCase(name));
  }

  /** All of it as text, to look for what it says itself. */
  String text() {
    return target + headers + new String(body, StandardCharsets.UTF_8);
  }

  /** As it goes over the wire. */
  byte[] bytes(String authorization) {
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(target).append(' ').append(version).append("\r\n");
    if (!has("Host")) {
      head.append("Host: 127.0.0.1\r\n");
    }
    head.append("Connection: close\r\n");
    if (!authorization.isEmpty()) {
      head.append("Authorization: Bearer ").append(authorization).append("\r\n");
    }
    for (Header header : headers) {
      head.append(header.name()).append(": ").append(header.value()).append("\r\n");
    }
    if (!has("Content-Length") && !has("Transfer-Encoding") && body.length > 0) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    all.writeBytes(body);
    return all.toByteArray();
  }

  /** The same by hand, in a shell that has $BASE and the tokens of {@code bin/fuzz --serve}. */
  String curl() {
    StringBuilder line = new StringBuilder();
    if (body.length > 0) {
      line.append("printf ").append(quoted(escaped(body))).append(" | ");
    }
    line.append("curl -si --path-as-is -X ").append(method);
    if (!caller.isEmpty()) {
      line.append(" -H \"Authorization: Bearer $").append(caller).append('"');
    }
    for (Header header : headers) {
      line.append(" -H ").append(quoted(header.name() + ": " + header.value()));
    }
    if (body.length > 0) {
      line.append(" --data-binary @-");
    }
    line.append(" \"$BASE\"").append(quoted(target));
    return line.length() <= LONGEST_SHOWN
        ? line.toString()
        : line.substring(0, LONGEST_SHOWN) + "… (" + line.length() + " characters)";
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  private static String escaped(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      int c = b & 0xff;
      if (c == '\\' || c == '%' || c < ' ' || c > '~') {
        text.append(String.format(Locale.ROOT, "\\%03o", c));
      } else {
        text.append((char) c);
      }
    }
    return text.toString();
  }
}
