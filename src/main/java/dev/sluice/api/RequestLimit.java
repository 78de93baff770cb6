package dev.sluice.api;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * Bounds how many requests are worked on at a time. While the database is away each of them waits,
 * callers send again, and every one that waits holds memory: without a bound an instance would end
 * for want of it. Nothing has been done for one that is refused.
 */
final class RequestLimit implements Filter {
  /** Whoever asks how the service is must get an answer then, too. */
  private static final String HEALTH = "/actuator/";

  private final Semaphore places;

  RequestLimit(int requests) {
    this.places = new Semaphore(requests);
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest http = (HttpServletRequest) request;
    if (http.getRequestURI().startsWith(HEALTH)) {
      chain.doFilter(request, response);
    } else if (places.tryAcquire()) {
      try {
        chain.doFilter(request, response);
      } finally {
        places.release();
      }
    } else {
      ProblemWriter.write(
          http,
          (HttpServletResponse) response,
          ProblemCode.OVERLOADED,
          "Nothing was done; send it again in a moment.");
    }
  }
}
