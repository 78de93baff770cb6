package dev.sluice.channel.simulator;

import com.sun.net.httpserver.HttpExchange;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A payment as the bank shows it to people and tests. */
record PaymentView(
    String protocol,
    String requestNo,
    String amount,
    String currency,
    String account,
    int timesPaid,
    String status,
    String reference,
    String returned,
    @Nullable String returnReference) {
  static final String PATH = "/payments";
  private static final int BUFFER_BYTES = 64 * 1024;

  static PaymentView of(Payment payment) {
    return new PaymentView(
        payment.key().protocol(),
        payment.key().requestNo(),
        payment.amount().decimal(),
        payment.amount().currency().getCurrencyCode(),
        payment.account(),
        payment.timesPaid(),
        payment.state().name(),
        payment.reference(),
        payment.returned().decimal(),
        payment.returnReference());
  }

  /**
   * Serves {@code GET /payments}: the whole record as a JSON array, written as it is read, or one
   * request number's with {@code ?requestNo=}, or sums with {@code ?format=count}.
   */
  static void handle(HttpExchange exchange, PaymentBook book) throws IOException {
    if (!exchange.getRequestMethod().equals("GET")
        || !exchange.getRequestURI().getPath().equals(PATH)) {
      Http.problem(exchange, 404, "NO_SUCH_CALL", "there is GET /payments");
      return;
    }
    if ("count".equals(Http.parameter(exchange, "format"))) {
      Http.json(exchange, 200, Json.bytes(count(book)));
      return;
    }
    String requestNo = Http.parameter(exchange, "requestNo");
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = new BufferedOutputStream(exchange.getResponseBody(), BUFFER_BYTES)) {
      out.write('[');
      boolean first = true;
      for (Payment payment : book.payments()) {
        if (requestNo != null && !requestNo.equals(payment.key().requestNo())) {
          continue;
        }
        if (!first) {
          out.write(',');
        }
        first = false;
        out.write('\n');
        out.write(Json.bytes(of(payment)));
      }
      out.write("\n]\n".getBytes(StandardCharsets.UTF_8));
    }
  }

  private static Map<String, Integer> count(PaymentBook book) {
    int paid = 0;
    int moreThanOnce = 0;
    int payments = 0;
    for (Payment payment : book.payments()) {
      payments++;
      paid += payment.timesPaid() > 0 ? 1 : 0;
      moreThanOnce += payment.timesPaid() > 1 ? 1 : 0;
    }
    Map<String, Integer> counts = new LinkedHashMap<>();
    counts.put("payments", payments);
    counts.put("paid", paid);
    counts.put("paidMoreThanOnce", moreThanOnce);
    counts.put("callbacksOwed", book.owed().size());
    return counts;
  }
}
