package dev.sluice.chaos;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Clients: each withdrawal has a key of its own and is sent, to one instance or the other, until
 * somebody answers; some are looked at afterwards, some are cancelled.
 */
final class Load implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int USERS = 40;
  private static final String BALANCE = "1000000.00";
  private static final String TOO_MUCH = "49999999.00";
  private static final Duration PATIENCE = Duration.ofSeconds(6);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 3_000;
  private static final int MOST_LOOKS = 4;
  private static final int ASKING_AT_ONCE = 16;

  /** More than an instance works on at a time, and few enough for the files that we may open. */
  private static final int MOST_UNDER_WAY = 2_500;

  private final Site site;
  private final Pulse pulse;
  private final Random dice;
  private final String prefix;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, String> tokens = new LinkedHashMap<>();
  private final Collection<Told> orders = new ConcurrentLinkedQueue<>();
  private final AtomicLong unanswered = new AtomicLong();
  private final Semaphore underWay = new Semaphore(MOST_UNDER_WAY);
  private volatile boolean stopped;

  /** An answer; status 0 if there was none. */
  private record Answer(int status, JsonNode body) {
    boolean isDefinite() {
      return status != 0 && status < 500 && status != 408 && status != 429;
    }
  }

  Load(Site site, Pulse pulse, long seed) {
    this.site = site;
    this.pulse = pulse;
    this.dice = new Random(seed);
    this.prefix = "chaos-" + Long.toHexString(seed) + "-";
  }

  /** Wallets, cards and the merchant's endpoint, before anything goes wrong. */
  void prepare(int webhookPort) {
    String ledger = token("ledger-service", "ledger");
    for (int i = 1; i <= USERS; i++) {
      String user = "U" + i;
      String id =
          demand(
                  post(
                      "a",
                      "/v1/accounts",
                      ledger,
                      "",
                      "{\"userId\":\"%s\",\"currency\":\"CNY\"}".formatted(user)))
              .path("id")
              .asString();
      demand(
          post(
              "a",
              "/v1/accounts/" + id + "/credits",
              ledger,
              "",
              "{\"amount\":\"%s\",\"reference\":\"opening\"}".formatted(BALANCE)));
      tokens.put(user, token(user, "withdrawals"));
      demand(
          post(
              "a",
              "/v1/beneficiaries",
              tokens.get(user),
              "",
              "{\"userId\":\"%s\",\"bankAccount\":\"622208%06d%04d\",\"holderName\":\"张伟\"}"
                  .formatted(user, i * 7919 % 1_000_000, i)));
    }
    demand(
        post(
            "a",
            "/v1/webhook-endpoints",
            token("operator", "ops"),
            "",
            "{\"url\":\"http://127.0.0.1:%d/hooks\"}".formatted(webhookPort)));
  }

  private static JsonNode demand(Answer answer) {
    if (answer.status() / 100 != 2) {
      throw new IllegalStateException("setting up failed: " + answer);
    }
    return answer.body();
  }

  /** Orders at this rate until the time is over; whoever has no answer then goes on asking. */
  void run(double perSecond, Duration length) {
    long start = System.nanoTime();
    long pause = (long) (1e9 / perSecond);
    long end = start + length.toNanos();
    for (long due = start; due < end && !stopped; due += pause) {
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      Told told = next(orders.size() + 1);
      orders.add(told);
      int fate = dice.nextInt(100);
      clients.execute(() -> live(told, fate));
    }
  }

  private Told next(int number) {
    int user = 1 + dice.nextInt(USERS);
    boolean tooMuch = dice.nextInt(50) == 0;
    String amount =
        tooMuch ? TOO_MUCH : "%d.%02d".formatted(1 + dice.nextInt(90), dice.nextInt(100));
    return new Told(
        prefix + number, "U" + user, "622208******%04d".formatted(user), amount, tooMuch);
  }

  /** One client's way: withdraw until it is known, then perhaps cancel, or look. */
  private void live(Told told, int fate) {
    withdraw(told);
    if (told.ids.isEmpty()) {
      return;
    }
    String path = "/v1/withdrawals/" + told.ids.iterator().next();
    String token = String.valueOf(tokens.get(told.user));
    if (fate < 4) {
      see(told, post(anySide(), path + "/cancel", token, "", ""));
    } else if (fate < 20) {
      for (int i = 0; i < MOST_LOOKS && told.finals.isEmpty() && !stopped; i++) {
        see(told, send(request(anySide(), path, token).GET().build()));
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
      }
    }
  }

  private static void see(Told told, Answer answer) {
    if (answer.status() == 200) {
      told.state(answer.body().path("status").asString());
    }
  }

  private void withdraw(Told told) {
    String body =
        "{\"userId\":\"%s\",\"amount\":\"%s\",\"bankAccount\":\"%s\"}"
            .formatted(told.user, told.amount, told.masked);
    long pause = FIRST_PAUSE_MILLIS;
    while (!told.isAnswered() && !stopped) {
      String side = anySide();
      Answer answer =
          post(side, "/v1/withdrawals", String.valueOf(tokens.get(told.user)), told.key, body);
      if (answer.status() == 200 || answer.status() == 201) {
        told.ids.add(answer.body().path("id").asString());
        told.state(answer.body().path("status").asString());
        pulse.beat(Pulse.ACCEPTED + side);
      } else if (answer.isDefinite()) {
        told.refused(answer.body().path("code").asString());
      } else {
        unanswered.incrementAndGet();
        told.unsure();
        LockSupport.parkNanos(
            Duration.ofMillis(ThreadLocalRandom.current().nextLong(pause / 2, pause + 1))
                .toNanos());
        pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
      }
    }
  }

  private static String anySide() {
    return ThreadLocalRandom.current().nextBoolean() ? "a" : "b";
  }

  /** Every withdrawal once more under its key, in calm: the answer must be the same order. */
  void askAgain() {
    try (ExecutorService pool =
        Executors.newFixedThreadPool(ASKING_AT_ONCE, Thread.ofVirtual().factory())) {
      orders.forEach(told -> pool.execute(() -> askAgain(told)));
    }
  }

  private void askAgain(Told told) {
    if (!told.ids.isEmpty()) {
      String path = "/v1/withdrawals/" + told.ids.iterator().next();
      String token = String.valueOf(tokens.get(told.user));
      see(told, send(request(anySide(), path, token).GET().build()));
      if (ThreadLocalRandom.current().nextInt(4) == 0) {
        repeat(told);
      }
    }
  }

  private void repeat(Told told) {
    String body =
        "{\"userId\":\"%s\",\"amount\":\"%s\",\"bankAccount\":\"%s\"}"
            .formatted(told.user, told.amount, told.masked);
    Answer answer =
        post(anySide(), "/v1/withdrawals", String.valueOf(tokens.get(told.user)), told.key, body);
    told.ids.add(
        answer.status() == 200
            ? answer.body().path("id").asString()
            : "asked again, and answered " + answer.status());
  }

  private Answer post(String side, String path, String token, String key, String body) {
    HttpRequest.Builder request =
        request(side, path, token).POST(HttpRequest.BodyPublishers.ofString(body));
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    if (!key.isEmpty()) {
      request.header("Idempotency-Key", key);
    }
    return send(request.build());
  }

  private HttpRequest.Builder request(String side, String path, String token) {
    URI to = site.client(side).resolve(path);
    return HttpRequest.newBuilder(to).timeout(PATIENCE).header("Authorization", "Bearer " + token);
  }

  private Answer send(HttpRequest request) {
    try {
      underWay.acquire();
      try {
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), JSON.readTree(response.body()));
      } finally {
        underWay.release();
      }
    } catch (IOException | JacksonException e) {
      return new Answer(0, JSON.createObjectNode());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer(0, JSON.createObjectNode());
    }
  }

  private static String token(String subject, String scope) {
    try {
      SignedJWT jwt =
          new SignedJWT(
              new JWSHeader(JWSAlgorithm.HS256),
              new JWTClaimsSet.Builder()
                  .subject(subject)
                  .issuer(Site.ISSUER)
                  .audience(Site.AUDIENCE)
                  .expirationTime(Date.from(Instant.now().plus(Duration.ofHours(24))))
                  .claim("scope", scope)
                  .build());
      jwt.sign(new MACSigner(Site.TOKEN_SECRET));
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  Collection<Told> orders() {
    return orders;
  }

  long withoutAnswer() {
    return orders.stream().filter(told -> !told.isAnswered()).count();
  }

  /** Requests that got no answer, or none that says anything. */
  long unanswered() {
    return unanswered.get();
  }

  @Override
  public void close() {
    stopped = true;
    clients.shutdownNow();
    http.shutdownNow();
  }
}
