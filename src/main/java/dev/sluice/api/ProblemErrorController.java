package dev.sluice.api;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/** Answers what filters and the container report as an error, in place of an HTML page. */
@Controller
class ProblemErrorController implements ErrorController {
  private static final Logger log = LoggerFactory.getLogger(ProblemErrorController.class);

  /** The container's error dispatch; asked for directly, there is nothing here. */
  @RequestMapping("${server.error.path:${error.path:/error}}")
  void error(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    Object failure = request.getAttribute(RequestDispatcher.ERROR_EXCEPTION);
    ProblemCode code =
        status instanceof Integer number ? ProblemCode.ofStatus(number) : ProblemCode.NOT_FOUND;
    if (failure instanceof Throwable thrown && code.status().is5xxServerError()) {
      log.error("a request failed outside of its handler", thrown);
    }
    ProblemWriter.write(request, response, code, ProblemResolver.sentence(code));
  }
}
