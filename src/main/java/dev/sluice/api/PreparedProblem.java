package dev.sluice.api;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A problem that is the same each time but for the request's id. Its text is made once, since it is
 * answered most when there is least time for it.
 */
final class PreparedProblem {
  private static final String MARK = "REQUEST-ID";

  private final ProblemCode code;
  private final byte[] before;
  private final byte[] after;

  PreparedProblem(ProblemCode code, String detail) {
    this.code = code;
    byte[] whole = ProblemWriter.bytes(Problem.of(code, detail, List.of(), MARK));
    int at = new String(whole, StandardCharsets.ISO_8859_1).indexOf(MARK);
    this.before = Arrays.copyOf(whole, at);
    this.after = Arrays.copyOfRange(whole, at + MARK.length(), whole.length);
  }

  /**
   * Answers with it.
   *
   * @param requestId as {@link RequestId} makes it: it needs no escapes
   */
  void write(HttpServletResponse response, String requestId) throws IOException {
    response.setStatus(code.status().value());
    ProblemWriter.setHeaders(response, code);
    response.setHeader(RequestId.HEADER, requestId);
    byte[] id = requestId.getBytes(StandardCharsets.ISO_8859_1);
    response.setContentLength(before.length + id.length + after.length);
    ServletOutputStream out = response.getOutputStream();
    out.write(before);
    out.write(id);
    out.write(after);
  }
}
