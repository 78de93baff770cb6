package dev.sluice.fuzz;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What there is to ask for: users, numbers, and the ids that answers have named so far. */
final class Pool {
  static final List<String> CALLERS =
      List.of(
          "A",
          "B",
          "BATCH",
          "OPERATOR",
          "APPROVER",
          "LEDGER",
          "ALL",
          "EXPIRED",
          "FORGED",
          "NONE_ALG");

  private static final int MOST_IDS = 200;

  /** Users of the callers with scope withdrawals; each says what only its own answers may say. */
  static final Map<String, String> USERS = Map.of("A", "anton-4711", "B", "berta-7319");

  static final Map<String, String> HOLDERS = Map.of("A", "Anton Qwyzcox", "B", "Berta Wqxzvik");
  static final Map<String, String> CARDS = Map.of("A", "6222081234564711", "B", "6217009876547319");
  static final Map<String, String> MASKS = Map.of("A", "622208******4711", "B", "621700******7319");

  private final AtomicLong counter = new AtomicLong();
  private final Map<String, List<String>> ids = new HashMap<>();

  /** Ids of what belongs to one of the two users alone, to their caller. */
  private final Map<String, String> owned = new LinkedHashMap<>();

  /** Notes what an answer names, to ask for it later. */
  synchronized void harvest(Shot shot, JsonNode answer) {
    String path = shot.operation().substring(shot.operation().indexOf(' ') + 1);
    String kind = path.equals("/v1/withdrawal-batches") ? "withdrawals" : kind(path);
    for (JsonNode one : harvestOf(answer)) {
      String id = one.path("id").asString("");
      if (!id.isEmpty()) {
        add(kind, id);
        USERS.forEach(
            (caller, user) -> {
              if (one.path("userId").asString("").equals(user)) {
                add(kind + caller, id);
                if (id.length() > 8) {
                  owned.put(id, caller);
                }
              }
            });
      }
      String event = one.path("eventId").asString("");
      if (!event.isEmpty()) {
        add("deliveries", event);
      }
      String name = one.path("name").asString("");
      if (!name.isEmpty()) {
        add(kind, name);
      }
    }
    String next = answer.path("next").asString("");
    if (!next.isEmpty()) {
      add("cursor", next);
    }
  }

  /** What an answer is about: itself, the items of a page, or the orders of a batch. */
  private static Collection<JsonNode> harvestOf(JsonNode answer) {
    if (answer.path("results").isArray()) {
      return answer.path("results").values().stream().map(one -> one.path("withdrawal")).toList();
    }
    return answer.path("items").isArray() ? answer.path("items").values() : List.of(answer);
  }

  private void add(String kind, String id) {
    List<String> some = ids.computeIfAbsent(kind, k -> new ArrayList<>());
    if (!some.contains(id)) {
      if (some.size() >= MOST_IDS) {
        some.removeFirst();
      }
      some.add(id);
    }
  }

  /** Whose this id is, or null. */
  synchronized @Nullable String owner(String id) {
    return owned.get(id);
  }

  /** Ids of what the other of the two users alone may see. */
  synchronized List<String> idsOfTheOther(String caller) {
    return owned.entrySet().stream()
        .filter(e -> !e.getValue().equals(caller))
        .map(Map.Entry::getKey)
        .toList();
  }

  static String other(String caller) {
    return caller.equals("A") ? "B" : "A";
  }

  /** The second part of a path: accounts, withdrawals and so on. */
  private static String kind(String path) {
    String[] parts = path.split("/");
    return parts.length > 2 ? parts[2] : "";
  }

  private synchronized @Nullable String id(String kind, String caller, Random dice) {
    List<String> some = ids.get(kind + caller);
    if (some == null || some.isEmpty()) {
      some = ids.get(kind);
    }
    return some == null || some.isEmpty() ? null : Naughty.pick(some, dice);
  }

  /** A card number of the caller's user: full, or masked where that is allowed. */
  String account(String caller, boolean full, Random dice) {
    String who = CARDS.containsKey(caller) ? caller : "A";
    if (full && dice.nextInt(3) > 0) {
      return "62220" + (10_000_000_000L + dice.nextInt(1_000_000));
    }
    return full || dice.nextInt(4) == 0
        ? String.valueOf(CARDS.get(who))
        : String.valueOf(MASKS.get(who));
  }

  /** A right value for a parameter or field of this name; null if the schema has to tell. */
  @Nullable String value(String path, String name, String caller, Random dice) {
    String user = USERS.getOrDefault(caller, USERS.getOrDefault("A", ""));
    return switch (name) {
      case "id" -> {
        String id = id(kind(path), caller, dice);
        yield id == null ? "01890a5d-ac96-774b-bcce-b302099a8057" : id;
      }
      case "name" -> path.contains("{name}") ? id(kind(path), "", dice) : "statement.txt";
      case "eventId" -> id("deliveries", "", dice);
      case "source" -> Naughty.pick(Files.SOURCES, dice);
      case "businessDate", "from", "to", "day" -> "2026-11-%02d".formatted(1 + dice.nextInt(28));
      case "channel" -> "bank";
      case "cursor" -> id("cursor", "", dice);
      case "userId" -> user;
      case "Idempotency-Key", "idempotencyKey" ->
          dice.nextInt(5) == 0 ? "key-" + dice.nextInt(20) : "key-" + counter.incrementAndGet();
      case "reference" -> "reference-" + counter.incrementAndGet();
      case "currency" -> dice.nextInt(8) == 0 ? "EUR" : "CNY";
      case "amount" ->
          dice.nextInt(12) == 0
              ? "5%03d.00".formatted(dice.nextInt(900))
              : "%d.%02d".formatted(1 + dice.nextInt(20), dice.nextInt(100));
      case "beneficiaryId" -> id("beneficiaries", caller, dice);
      case "holderName" -> HOLDERS.getOrDefault(caller, "Li Wei");
      case "note" -> "note of " + user;
      case "url" -> "http://127.0.0.1:9/hooks/" + dice.nextInt(4);
      default -> null;
    };
  }
}
