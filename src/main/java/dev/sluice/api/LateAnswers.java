package dev.sluice.api;

import static java.util.Objects.requireNonNull;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.ServletServerHttpResponse;

/**
 * Lets a request that waits for the database do so where its stack is short: after its thread has
 * gone back through the framework and all filters. A virtual thread that waits keeps its stack, put
 * away and back each time, and they make it some 11 KB deep ({@code
 * docs/decisions/0016-waiting-at-the-door.md}).
 *
 * <p>To filters, metrics and Tomcat it is an asynchronous request (Jakarta Servlet 6.1, 2.3.3.3),
 * which is completed by the thread that began it, before Tomcat has it back.
 */
final class LateAnswers extends ValveBase {
  private static final Logger log = LoggerFactory.getLogger(LateAnswers.class);
  private static final String ATTRIBUTE = LateAnswers.class.getName();

  private final SizedJson json;

  LateAnswers(SizedJson json) {
    super(true);
    this.json = json;
  }

  /**
   * Answers as soon as the framework and the filters are done with the request.
   *
   * @param answer may wait; what it throws becomes a problem, as a handler's exception does
   * @return null, for which the framework writes nothing
   */
  <T> @Nullable ResponseEntity<T> later(
      HttpServletRequest request,
      HttpServletResponse response,
      Supplier<ResponseEntity<T>> answer) {
    AsyncContext async = request.startAsync(request, response);
    async.setTimeout(0); // what is waited for always ends
    Runnable late = () -> write(async, request, response, answer);
    request.setAttribute(ATTRIBUTE, late);
    return null;
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    getNext().invoke(request, response);
    answer(request);
  }

  /** Answers a request that has left everything behind, if that is still to be done. */
  static void answer(HttpServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof Runnable late && request.isAsyncStarted()) {
      RequestId.logged(request, late);
    }
  }

  private <T> void write(
      AsyncContext async,
      HttpServletRequest request,
      HttpServletResponse response,
      Supplier<ResponseEntity<T>> answer) {
    try {
      // Whatever goes wrong from here on must not look as if it had gone well.
      response.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
      write(answer.get(), response);
    } catch (IOException e) {
      log.debug("the caller went away before its answer was written", e);
    } catch (RuntimeException e) {
      ProblemResolver.write(request, response, e);
    } finally {
      async.complete();
    }
  }

  private <T> void write(ResponseEntity<T> answer, HttpServletResponse response)
      throws IOException {
    try (ServletServerHttpResponse out = new ServletServerHttpResponse(response)) {
      out.setStatusCode(answer.getStatusCode());
      out.getHeaders().putAll(answer.getHeaders());
      json.write(requireNonNull(answer.getBody()), MediaType.APPLICATION_JSON, out);
    }
  }
}
