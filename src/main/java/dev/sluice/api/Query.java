package dev.sluice.api;

import dev.sluice.api.Problem.BadField;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parameters of a request's query, checked as {@link Fields} are. */
final class Query {
  private final HttpServletRequest request;
  private final List<BadField> bad = new ArrayList<>();

  Query(HttpServletRequest request) {
    this.request = request;
  }

  /** A parameter that may be left out; null, too, if it is wrong, which {@link #done} reports. */
  <T> @Nullable T optional(String name, Rules.Rule<T> rule) {
    String[] values = request.getParameterValues(name);
    if (values == null) {
      return null;
    }
    if (values.length > 1) {
      bad.add(new BadField(name, "is given more than once"));
      return null;
    }
    try {
      return rule.read(values[0]);
    } catch (IllegalArgumentException e) {
      bad.add(new BadField(name, String.valueOf(e.getMessage())));
      return null;
    }
  }

  /**
   * All parameters are asked for.
   *
   * @throws ApiException INVALID_REQUEST with each bad parameter, if there are any
   */
  void done() {
    if (!bad.isEmpty()) {
      throw ApiException.badFields(bad);
    }
  }
}
