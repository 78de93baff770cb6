package dev.sluice.channel;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Talks to the simulated bank's control and record, as a person would with curl. */
public final class BankControl implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI bank;

  public BankControl(URI bank) {
    this.bank = bank;
  }

  /** Puts a fault in force, once unless the options say otherwise. */
  public void fault(String name, String moreFields) {
    call("POST", "/control/faults", "{\"fault\":\"" + name + "\"" + moreFields + "}", 201);
  }

  public void fault(String name) {
    fault(name, "");
  }

  /** Calls, expects the status, and gives the body. */
  public String call(String method, String path, String body, int status) {
    try {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(bank.resolve(path))
                  .method(method, HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != status) {
        throw new AssertionError(
            method + " " + path + ": " + response.statusCode() + " " + response.body());
      }
      return response.body();
    } catch (IOException e) {
      throw new AssertionError(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The bank's own record of all payments. */
  public JsonNode payments() {
    return JSON.readTree(call("GET", "/payments", "", 200));
  }

  /** How often it paid under this number, 0 if it took none. */
  public int timesPaid(String requestNumber) {
    return payment(requestNumber).map(payment -> payment.get("timesPaid").intValue()).orElse(0);
  }

  /** Its line about a number. */
  public Optional<JsonNode> payment(String requestNumber) {
    JsonNode found = JSON.readTree(call("GET", "/payments?requestNo=" + requestNumber, "", 200));
    return StreamSupport.stream(found.spliterator(), false).findFirst();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
