package dev.sluice.fuzz;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** What every answer must be like, however hostile the request. */
final class Checks {
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(15);
  private static final Pattern INSIDES =
      Pattern.compile(
          "Exception\\b|\\bat [a-z]+(\\.[\\w$]+)+\\(|java\\.lang"
              + "|org\\.(springframework|apache|postgresql)|dev\\.sluice|tools\\.jackson"
              + "|SQLSTATE|SQL \\[|jdbc:");

  /** What HTTP has for requests that are no request of the API at all. */
  private static final Set<Integer> HTTP_REFUSALS =
      Set.of(400, 401, 403, 404, 405, 406, 408, 411, 413, 414, 415, 417, 426, 431);

  private final Pool pool;
  private final Map<String, Operation> operations;

  Checks(Pool pool, Map<String, Operation> operations) {
    this.pool = pool;
    this.operations = operations;
  }

  /** What is wrong with an answer; nothing, as a rule. */
  List<String> of(Shot shot, Wire.Answer answer) {
    List<String> wrong = new ArrayList<>();
    if (answer.took().compareTo(LONGEST_ANSWER) > 0) {
      wrong.add("it took " + answer.took().toMillis() + " ms");
    }
    if (answer.status() == 0) {
      if (shot.framed()) {
        wrong.add("no answer at all");
      }
      return wrong;
    }
    if (INSIDES.matcher(answer.body()).find()) {
      wrong.add("the answer shows insides of the service");
    }
    if (answer.headers().containsKey("x-injected")) {
      wrong.add("a header of the answer was written by the request");
    }
    status(shot, answer, wrong);
    if (answer.status() >= 400 && !shot.method().equals("HEAD")) {
      problem(shot, answer, wrong);
    }
    foreign(shot, answer, wrong);
    Pool.CARDS
        .values()
        .forEach(
            card -> {
              if (answer.body().contains(card)) {
                wrong.add("the answer shows a whole card number");
              }
            });
    return wrong;
  }

  private void status(Shot shot, Wire.Answer answer, List<String> wrong) {
    int status = answer.status();
    if (status >= 500) {
      wrong.add("status " + status);
      return;
    }
    if (status == 429 && answer.header("retry-after").isEmpty()) {
      wrong.add("too much, and no Retry-After");
    }
    Operation operation = operations.get(shot.operation());
    if (shot.sound()
        && status < 500
        && operation != null
        && !operation.statuses().contains(Integer.toString(status))
        && !HTTP_REFUSALS.contains(status)) {
      wrong.add("status %d is not documented: %s".formatted(status, operation.statuses()));
    }
    if (status / 100 == 2
        && Set.of("EXPIRED", "FORGED", "NONE_ALG").contains(shot.caller())
        && operation != null
        && !operation.scopes().isEmpty()
        && shot.sound()) {
      wrong.add("a token that is not to be believed was");
    }
  }

  private static void problem(Shot shot, Wire.Answer answer, List<String> wrong) {
    if (shot.operation().contains("/callbacks/") && !answer.body().startsWith("{\"type\"")) {
      return; // answered in the provider's own form
    }
    if (!answer.header("content-type").startsWith("application/problem+json")) {
      wrong.add("an error that is no problem+json but " + answer.header("content-type"));
      return;
    }
    JsonNode problem = Json.read(answer.body());
    if (problem == null
        || problem.path("status").asInt(0) != answer.status()
        || problem.path("code").asString("").isEmpty()
        || problem.path("title").asString("").isEmpty()) {
      wrong.add("a problem without its status, code and title");
    }
  }

  /** What belongs to the other user: never in an answer that wasn't asked with it. */
  private void foreign(Shot shot, Wire.Answer answer, List<String> wrong) {
    if (!Pool.USERS.containsKey(shot.caller())) {
      return;
    }
    String other = Pool.other(shot.caller());
    Set<String> secrets = new TreeSet<>(pool.idsOfTheOther(shot.caller()));
    secrets.add(String.valueOf(Pool.USERS.get(other)));
    secrets.add(String.valueOf(Pool.HOLDERS.get(other)));
    secrets.add(String.valueOf(Pool.MASKS.get(other)));
    String asked = shot.text();
    for (String secret : secrets) {
      if (answer.body().contains(secret) && !asked.contains(secret)) {
        wrong.add("the answer to one user shows what is another's: " + secret);
      }
      if (answer.status() / 100 == 2 && asked.contains(secret) && isId(secret) && shot.sound()) {
        wrong.add("one user got at what is another's: " + secret);
      }
    }
  }

  private boolean isId(String secret) {
    return pool.owner(secret) != null;
  }

  /** Of the same request sent several times at once, at most one made something. */
  List<String> ofDuplicates(Shot shot, List<Wire.Answer> answers) {
    if (shot.operation().equals("POST /v1/withdrawal-batches")) {
      return ofBatches(answers);
    }
    List<String> wrong = new ArrayList<>();
    if (!Set.of(
            "POST /v1/withdrawals",
            "POST /v1/accounts/{id}/credits",
            "POST /v1/accounts",
            "POST /v1/beneficiaries",
            "POST /v1/statements")
        .contains(shot.operation())) {
      return wrong;
    }
    long made = answers.stream().filter(a -> a.status() == 201).count();
    Set<String> ids = new TreeSet<>();
    for (Wire.Answer answer : answers) {
      JsonNode body = answer.status() / 100 == 2 ? Json.read(answer.body()) : null;
      if (body != null) {
        ids.add(body.path("id").asString());
      }
    }
    if (made > 1 || ids.size() > 1) {
      wrong.add(
          "sent %d times at once it was made %d times: %s".formatted(answers.size(), made, ids));
    }
    return wrong;
  }

  /** Of a batch, each order at its place, whether all come in one object or each on a line. */
  private static List<String> ofBatches(List<Wire.Answer> answers) {
    Map<Integer, Integer> made = new TreeMap<>();
    Map<Integer, Set<String>> ids = new TreeMap<>();
    for (Wire.Answer answer : answers) {
      for (JsonNode item : items(answer)) {
        int index = item.path("index").asInt(-1);
        made.merge(index, item.path("status").asInt(0) == 201 ? 1 : 0, Integer::sum);
        String id = item.path("withdrawal").path("id").asString("");
        if (!id.isEmpty()) {
          ids.computeIfAbsent(index, i -> new TreeSet<>()).add(id);
        }
      }
    }
    List<String> wrong = new ArrayList<>();
    made.forEach(
        (index, times) -> {
          Set<String> orders = ids.getOrDefault(index, Set.of());
          if (times > 1 || orders.size() > 1) {
            wrong.add(
                "a batch sent %d times at once: its order %d was made %d times: %s"
                    .formatted(answers.size(), index, times, orders));
          }
        });
    return wrong;
  }

  private static List<JsonNode> items(Wire.Answer answer) {
    if (answer.status() != 200) {
      return List.of();
    }
    JsonNode whole = Json.read(answer.body());
    if (whole != null && whole.path("results").isArray()) {
      return List.copyOf(whole.path("results").values());
    }
    return answer.body().lines().map(Json::read).filter(line -> line != null).toList();
  }
}
