package dev.sluice.fuzz;

import dev.sluice.support.ChildProcess;
import dev.sluice.support.Invariants;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Sends what the dice make of the published document, and judges every answer. */
final class Fuzzer {
  private static final int MOST_FINDINGS = 50;
  private static final int MOST_OF_A_KIND = 2;
  private static final int MOST_OF_ALL = 8;
  private static final int MOST_AT_ONCE = 6;
  private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(15);
  private static final Duration LONGEST_REST = Duration.ofSeconds(60);
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final Target target;
  private final Wire wire;
  private final PrintStream out;
  private final boolean alone;
  private final Pool pool = new Pool();
  private final Maker maker;
  private final Checks checks;
  private final Map<String, Map<Integer, Integer>> answers = new TreeMap<>();
  private final List<String> findings = new ArrayList<>();
  private final Map<String, Integer> kinds = new TreeMap<>();
  private long requests;

  /** What came of it. */
  record Outcome(
      long requests,
      List<String> findings,
      Set<String> documented,
      Map<String, Map<Integer, Integer>> answers) {
    Outcome {
      findings = List.copyOf(findings);
    }

    /** What is documented and was never asked for, or never answered with a success. */
    Set<String> neverSucceeded() {
      Set<String> left = new TreeSet<>(documented);
      answers.forEach(
          (operation, statuses) -> {
            if (statuses.keySet().stream().anyMatch(status -> status / 100 == 2)) {
              left.remove(operation);
            }
          });
      return left;
    }
  }

  /**
   * For one service.
   *
   * @param alone whether nothing else runs in this JVM
   */
  Fuzzer(Target target, PrintStream out, boolean alone) {
    this.target = target;
    this.alone = alone;
    this.wire = new Wire(target.port());
    this.out = out;
    Wire.Answer document =
        wire.send(
            new Shot("", "", "GET", "/v3/api-docs", "HTTP/1.1", List.of(), new byte[0], true, true)
                .bytes(""),
            true);
    JsonNode json = Json.read(document.body());
    if (document.status() != 200 || json == null) {
      throw new IllegalStateException("the service publishes no document: " + document.status());
    }
    this.maker = new Maker(json, pool);
    Map<String, Operation> byName = new LinkedHashMap<>();
    maker.operations().forEach(operation -> byName.put(operation.name(), operation));
    this.checks = new Checks(pool, byName);
  }

  /** Sends until the count is reached, or time is up, or there are findings enough. */
  Outcome run(long seed, long count, Duration atMost) {
    long start = System.nanoTime();
    long reported = start;
    List<String> secrets = new ArrayList<>(Pool.CARDS.values());
    secrets.addAll(target.tokens().values());
    try (LogWatch log = new LogWatch(secrets, alone);
        ExecutorService together = Executors.newVirtualThreadPerTaskExecutor()) {
      furnish(seed);
      for (long n = 0;
          n < count
              && System.nanoTime() - start < atMost.toNanos()
              && findings.size() < MOST_FINDINGS;
          n++) {
        Random dice = new Random(seed + n * GOLDEN);
        Shot shot = maker.next(dice);
        if (dice.nextInt(12) == 0) {
          shootTogether(shot, 2 + dice.nextInt(MOST_AT_ONCE - 1), together);
        } else {
          shoot(shot);
        }
        for (String said : log.take()) {
          find(shot, said);
        }
        if (System.nanoTime() - reported > BETWEEN_REPORTS.toNanos()) {
          reported = System.nanoTime();
          out.printf(
              "%,d requests in %d s, %d findings%n",
              requests, (reported - start) / 1_000_000_000, findings.size());
        }
      }
      rest();
      log.take().forEach(findings::add);
    }
    Set<String> documented =
        maker.operations().stream().map(Operation::name).collect(Collectors.toSet());
    return new Outcome(requests, findings, documented, answers);
  }

  /** Sends one request as it stands. */
  void shoot(Shot shot) {
    judge(shot, wire.send(shot.bytes(target.token(shot.caller())), shot.framed()));
  }

  List<String> findings() {
    return List.copyOf(findings);
  }

  private void shootTogether(Shot shot, int times, ExecutorService together) {
    byte[] bytes = shot.bytes(target.token(shot.caller()));
    Callable<Wire.Answer> one = () -> wire.send(bytes, shot.framed());
    List<Wire.Answer> all = new ArrayList<>();
    try {
      for (Future<Wire.Answer> answer : together.invokeAll(Collections.nCopies(times, one))) {
        all.add(answer.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    all.forEach(answer -> judge(shot, answer));
    checks.ofDuplicates(shot, all).forEach(wrong -> find(shot, wrong));
  }

  private void judge(Shot shot, Wire.Answer answer) {
    requests++;
    answers
        .computeIfAbsent(shot.operation(), o -> new TreeMap<>())
        .merge(answer.status(), 1, Integer::sum);
    checks.of(shot, answer).forEach(wrong -> find(shot, wrong + shown(answer)));
    JsonNode body = answer.status() / 100 == 2 ? Json.read(answer.body()) : null;
    if (body != null && body.isObject()) {
      pool.harvest(shot, body);
    }
  }

  private static String shown(Wire.Answer answer) {
    String body = answer.body();
    return "\n    answered %d %s"
        .formatted(answer.status(), body.length() <= 400 ? body : body.substring(0, 400) + "…");
  }

  private void find(Shot shot, String wrong) {
    String what = wrong.lines().findFirst().orElse("");
    if (kinds.merge(what, 1, Integer::sum) > MOST_OF_ALL
        || kinds.merge(shot.operation() + " " + what, 1, Integer::sum) > MOST_OF_A_KIND) {
      return;
    }
    String finding = "%s: %s%n    %s".formatted(shot.operation(), wrong, shot.curl());
    findings.add(finding);
    out.println("FOUND " + finding);
  }

  /** Wallets, cards and orders of both users, so that there is something to ask for. */
  private void furnish(long seed) {
    Random dice = new Random(seed);
    Map<String, Operation> byName =
        maker.operations().stream()
            .collect(Collectors.toMap(Operation::name, Function.identity(), (one, same) -> one));
    Pool.USERS.forEach(
        (caller, user) -> {
          right(
              "POST /v1/accounts",
              "LEDGER",
              "{\"userId\":\"%s\",\"currency\":\"CNY\"}".formatted(user));
          right(
              "POST /v1/beneficiaries",
              caller,
              "{\"userId\":\"%s\",\"bankAccount\":\"%s\",\"holderName\":\"%s\"}"
                  .formatted(user, Pool.CARDS.get(caller), Pool.HOLDERS.get(caller)));
        });
    for (String account : List.of("A", "B")) {
      String id = pool.value("/v1/accounts/{id}", "id", account, dice);
      shoot(
          new Shot(
              "POST /v1/accounts/{id}/credits",
              "LEDGER",
              "POST",
              "/v1/accounts/" + id + "/credits",
              "HTTP/1.1",
              List.of(new Shot.Header("Content-Type", "application/json")),
              "{\"amount\":\"200000.00\",\"reference\":\"furnished\"}".getBytes(Json.UTF_8),
              true,
              true));
      for (String amount : List.of("10.00", "6000.00", "7000.00")) {
        right(
            "POST /v1/withdrawals",
            account,
            "{\"userId\":\"%s\",\"amount\":\"%s\",\"bankAccount\":\"%s\",\"note\":\"note of %s\"}"
                .formatted(
                    Pool.USERS.get(account),
                    amount,
                    Pool.MASKS.get(account),
                    Pool.USERS.get(account)));
      }
    }
    right(
        "POST /v1/withdrawal-batches",
        "BATCH",
        "{\"orders\":[{\"idempotencyKey\":\"furnished\",\"userId\":\"%s\",\"amount\":\"1.00\",\"bankAccount\":\"%s\"}]}"
            .formatted(Pool.USERS.get("A"), Pool.MASKS.get("A")));
    for (String day : List.of("2026-11-01", "2026-11-02", "2026-11-03")) {
      shoot(
          new Shot(
              "POST /v1/statements",
              "OPERATOR",
              "POST",
              "/v1/statements?source=csv&businessDate=" + day,
              "HTTP/1.1",
              List.of(new Shot.Header("Content-Type", "application/octet-stream")),
              "request_number,amount\n01890a5dac96774bbcceb30200000001,%s.00\n"
                  .formatted(day.substring(8))
                  .getBytes(Json.UTF_8),
              true,
              true));
    }
    for (String list :
        List.of("GET /v1/channels", "GET /v1/review-cases", "GET /v1/statement-sources")) {
      Operation operation = byName.get(list);
      if (operation != null) {
        shoot(maker.right(operation, "OPERATOR", dice));
      }
    }
  }

  private void right(String operation, String caller, String body) {
    List<Shot.Header> headers = new ArrayList<>();
    headers.add(new Shot.Header("Content-Type", "application/json"));
    if (operation.endsWith("withdrawals")) {
      headers.add(new Shot.Header("Idempotency-Key", "furnished-" + Math.abs(body.hashCode())));
    }
    shoot(
        new Shot(
            operation,
            caller,
            "POST",
            operation.substring(operation.indexOf(' ') + 1),
            "HTTP/1.1",
            headers,
            body.getBytes(Json.UTF_8),
            true,
            true));
  }

  /** All work done, all invariants hold: nothing was half-written. */
  private void rest() {
    shoot(
        new Shot(
            "PUT /v1/channels/{name}/control",
            "OPERATOR",
            "PUT",
            "/v1/channels/bank/control",
            "HTTP/1.1",
            List.of(new Shot.Header("Content-Type", "application/json")),
            "{\"mode\":\"AUTO\",\"reason\":\"the fuzzer is done\"}".getBytes(Json.UTF_8),
            true,
            true));
    ChildProcess.await(LONGEST_REST, () -> Invariants.brokenAtRest(target.jdbc()).isEmpty());
    Invariants.brokenAtRest(target.jdbc())
        .forEach(
            broken -> {
              findings.add("half-written: " + broken);
              out.println("FOUND half-written: " + broken);
            });
    target
        .jdbc()
        .queryForList(UNDER_WAY, String.class)
        .forEach(order -> out.println("  still under way: " + order));
  }

  /** What is known of orders that are neither final nor with a person. */
  private static final String UNDER_WAY =
      """
      select concat_ws('; ', w.id, w.status, w.reason, w.due_at,
             (select string_agg(concat_ws(' ', 'attempt', a.state, a.code, a.sends, a.queries, a.due_at), ', ')
                from payout_attempt a where a.withdrawal_id = w.id),
             (select string_agg(concat_ws(' ', 'case', c.kind, c.state, c.decision), ', ')
                from review_case c where c.withdrawal_id = w.id),
             (select string_agg(concat_ws(' ', 'release', c.state, c.due_at), ', ')
                from compensation c where c.withdrawal_id = w.id))
        from withdrawal w
       where w.status in ('PENDING', 'PROCESSING')
         and not exists (select 1 from review_case c where c.withdrawal_id = w.id and c.state <> 'RESOLVED')
       limit 20
      """;
}
