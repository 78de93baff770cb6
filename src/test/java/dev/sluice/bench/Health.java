package dev.sluice.bench;

import dev.sluice.support.ChildProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Waits for processes to be there. */
final class Health {
  private static final Duration LONGEST_START = Duration.ofMinutes(5);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private Health() {}

  /** Waits until an address answers 200; false if the process ends before, or takes too long. */
  static boolean await(ChildProcess process, String url) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(2)).build();
    return ChildProcess.await(LONGEST_START, () -> !process.isAlive() || answers(request))
        && process.isAlive();
  }

  private static boolean answers(HttpRequest request) {
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false; // not yet
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
