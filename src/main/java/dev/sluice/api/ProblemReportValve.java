package dev.sluice.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports what Tomcat refuses before the application sees it (a malformed path, say) as a problem.
 * Tomcat makes it by its name, hence public.
 */
public final class ProblemReportValve extends ErrorReportValve {
  private static final Logger log = LoggerFactory.getLogger(ProblemReportValve.class);

  @Override
  protected void report(Request request, Response response, @Nullable Throwable failure) {
    int status = response.getStatus();
    if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
      return;
    }
    // 501 and 505 are the request's fault, whatever else was wrong with it.
    if (failure != null && ProblemCode.ofStatus(status).status().is5xxServerError()) {
      log.error("a request failed inside the container", failure);
    }
    try {
      AtomicBoolean open = new AtomicBoolean();
      response.getCoyoteResponse().action(ActionCode.IS_IO_ALLOWED, open);
      if (!open.get()) {
        return; // the connection is given up
      }
      ProblemCode code = ProblemCode.ofStatus(status);
      Problem problem =
          Problem.of(code, ProblemResolver.sentence(code), List.of(), RequestId.of(request));
      response.setStatus(code.status().value()); // 417, say, has no code of its own
      ProblemWriter.setHeaders(response, code);
      response
          .getReporter()
          .write(new String(ProblemWriter.bytes(problem), StandardCharsets.UTF_8));
      response.finishResponse();
    } catch (IOException | IllegalStateException e) {
      log.debug("the caller went away before its problem was written", e);
    }
  }
}
