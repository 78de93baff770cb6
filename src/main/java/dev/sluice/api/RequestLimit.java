package dev.sluice.api;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Bounds how many requests are worked on at a time, and turns new orders away at the door while as
 * many wait as can be answered soon: before their token, body and JSON cost anything. While the
 * database is away each of them waits, callers send again, and every one that waits holds memory:
 * without a bound an instance would end for want of it. Nothing has been done for one that is
 * refused.
 *
 * <p>It stands before all filters, for what a refusal costs is taken from the orders that are
 * accepted: with three times as many orders as an instance can take, most of what it does is
 * refusing. So refusals are counted here, and not among the measured requests.
 */
final class RequestLimit extends ValveBase {
  /** Whoever asks how the service is must get an answer then, too. */
  private static final String HEALTH = "/actuator/";

  private static final String ORDERS = "/v1/withdrawals";

  private final PreparedProblem problem =
      new PreparedProblem(ProblemCode.OVERLOADED, "Nothing was done; send it again in a moment.");
  private final Semaphore places;
  private final BooleanSupplier ordersAreFull;
  private final LongAdder refused = new LongAdder();

  /**
   * A limit.
   *
   * @param requests of all kinds at a time
   * @param ordersAreFull whether one more order would be refused now
   */
  RequestLimit(int requests, BooleanSupplier ordersAreFull) {
    super(true);
    this.places = new Semaphore(requests);
    this.ordersAreFull = ordersAreFull;
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    String path = request.getRequestURI();
    // Without a path it is malformed, and refused already.
    if (path == null || path.startsWith(HEALTH)) {
      getNext().invoke(request, response);
    } else if (isOrder(request, path) && ordersAreFull.getAsBoolean()) {
      refuse(request, response);
    } else if (places.tryAcquire()) {
      try {
        getNext().invoke(request, response);
      } finally {
        places.release();
      }
    } else {
      refuse(request, response);
    }
  }

  /** How many were refused since the start. */
  double refused() {
    return refused.sum();
  }

  private static boolean isOrder(Request request, String path) {
    return path.equals(ORDERS) && "POST".equals(request.getMethod());
  }

  private void refuse(Request request, Response response) throws IOException {
    refused.increment();
    problem.write(response, RequestId.own(request));
  }
}
