package dev.sluice.api;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.slf4j.MDC;

/**
 * Gives each request an id: the caller's own {@code X-Request-Id} if it is 1 to 64 letters, digits,
 * dots, dashes or underscores without 12 digits in a row, else a new one. It stands in the answer,
 * in each log line of the request, and in problems.
 */
final class RequestId implements Filter {
  static final String HEADER = "X-Request-Id";
  private static final String ATTRIBUTE = RequestId.class.getName();
  private static final String LOG_KEY = "requestId";
  private static final Pattern SANE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /** Perhaps a card number, which must stand in no log and no answer. */
  private static final Pattern LONG_NUMBER = Pattern.compile("[0-9]{12}");

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String id = own((HttpServletRequest) request);
    request.setAttribute(ATTRIBUTE, id);
    ((HttpServletResponse) response).setHeader(HEADER, id);
    MDC.put(LOG_KEY, id);
    try {
      chain.doFilter(request, response);
    } finally {
      MDC.remove(LOG_KEY);
    }
  }

  /** Does a request's work outside of this filter, with the id in each log line. */
  static void logged(HttpServletRequest request, Runnable work) {
    MDC.put(LOG_KEY, of(request));
    try {
      work.run();
    } finally {
      MDC.remove(LOG_KEY);
    }
  }

  /** The id of a request, made now if it never got to the filter. */
  static String of(HttpServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof String id) {
      return id;
    }
    String id = fresh();
    request.setAttribute(ATTRIBUTE, id);
    return id;
  }

  /** The id that a request has asked for, or a new one. */
  static String own(HttpServletRequest request) {
    String sent = request.getHeader(HEADER);
    return sent != null && SANE.matcher(sent).matches() && !LONG_NUMBER.matcher(sent).find()
        ? sent
        : fresh();
  }

  private static String fresh() {
    String hex = Long.toHexString(ThreadLocalRandom.current().nextLong());
    return "0".repeat(16 - hex.length()) + hex;
  }
}
