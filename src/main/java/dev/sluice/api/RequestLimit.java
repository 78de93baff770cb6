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
import java.util.function.BooleanSupplier;

/**
 * Bounds how many requests are worked on at a time, and turns new orders away at the door while as
 * many wait as can be answered soon: before their token, body and JSON cost anything. While the
 * database is away each of them waits, callers send again, and every one that waits holds memory:
 * without a bound an instance would end for want of it. Nothing has been done for one that is
 * refused.
 */
final class RequestLimit implements Filter {
  /** Whoever asks how the service is must get an answer then, too. */
  private static final String HEALTH = "/actuator/";

  private static final String ORDERS = "/v1/withdrawals";

  private final Semaphore places;
  private final BooleanSupplier ordersAreFull;

  /**
   * A limit.
   *
   * @param requests of all kinds at a time
   * @param ordersAreFull whether one more order would be refused now
   */
  RequestLimit(int requests, BooleanSupplier ordersAreFull) {
    this.places = new Semaphore(requests);
    this.ordersAreFull = ordersAreFull;
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest http = (HttpServletRequest) request;
    if (http.getRequestURI().startsWith(HEALTH)) {
      chain.doFilter(request, response);
    } else if (isOrder(http) && ordersAreFull.getAsBoolean()) {
      refuse(http, (HttpServletResponse) response);
    } else if (places.tryAcquire()) {
      try {
        chain.doFilter(request, response);
      } finally {
        places.release();
      }
    } else {
      refuse(http, (HttpServletResponse) response);
    }
  }

  private static boolean isOrder(HttpServletRequest request) {
    return request.getRequestURI().equals(ORDERS) && request.getMethod().equals("POST");
  }

  private static void refuse(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    ProblemWriter.write(
        request, response, ProblemCode.OVERLOADED, "Nothing was done; send it again in a moment.");
  }
}
