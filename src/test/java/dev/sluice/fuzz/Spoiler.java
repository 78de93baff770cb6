package dev.sluice.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;

/** Spoils a request in one way. */
final class Spoiler {
  private static final int FLOOD = 300;
  private static final List<String> MORE_HEADERS =
      List.of(
          "X-Request-Id",
          "X-Forwarded-For",
          "X-Forwarded-Host",
          "X-Forwarded-Proto",
          "X-HTTP-Method-Override",
          "X-Original-URL",
          "X-User-Id",
          "Forwarded",
          "Cookie",
          "Range",
          "If-None-Match",
          "If-Modified-Since",
          "Origin",
          "Expect",
          "Upgrade",
          "TE",
          "Accept-Language",
          "Accept-Encoding",
          "Prefer");

  private static final List<String> ACCEPTS =
      List.of(
          "text/html",
          "application/xml",
          "*/*;q=0",
          "application/json;q=abc",
          "garbage",
          "",
          ",,,",
          "application/problem+json",
          "text/*,application/json;q=0.1",
          "application/json;version=2");

  private static final List<String> METHODS =
      List.of(
          "GET",
          "POST",
          "PUT",
          "PATCH",
          "DELETE",
          "HEAD",
          "OPTIONS",
          "TRACE",
          "PROPFIND",
          "get",
          "FOO");

  private Spoiler() {}

  static Shot spoil(Shot shot, Operation operation, Pool pool, Random dice) {
    boolean hasBody = shot.body().length > 0;
    return switch (dice.nextInt(hasBody ? 20 : 10)) {
      case 0 -> path(shot, operation, pool, dice);
      case 1 ->
          shot.withTarget(withQuery(shot.target(), Naughty.pick(Naughty.QUERIES, dice)), true);
      case 2 -> query(shot, operation, dice);
      case 3 -> header(shot, operation, dice);
      case 4 -> shot.with(Naughty.pick(MORE_HEADERS, dice), Naughty.header(dice)).unframed();
      case 5 -> shot.with("Accept", Naughty.pick(ACCEPTS, dice));
      case 6 ->
          dice.nextInt(3) == 0 ? shot.withMethod(Naughty.pick(METHODS, dice)) : token(shot, dice);
      case 7 -> dice.nextInt(4) == 0 ? framing(shot, dice) : foreign(shot, operation, pool, dice);
      case 8, 9 -> foreign(shot, operation, pool, dice);
      case 10, 11 -> shot.withBody(Naughty.body(new String(shot.body(), Json.UTF_8), dice));
      case 12 -> shot.with("Content-Type", Naughty.pick(Naughty.CONTENT_TYPES, dice));
      case 13 ->
          dice.nextBoolean()
              ? shot.with(
                  "Content-Encoding",
                  Naughty.pick(List.of("gzip", "br", "identity", "x", ""), dice))
              : shot.without("Content-Type");
      default -> {
        JsonNode right = Json.read(new String(shot.body(), Json.UTF_8));
        yield right == null
            ? spoiledLine(shot, dice)
            : shot.withBody(Json.spoiled(right, dice).getBytes(Json.UTF_8));
      }
    };
  }

  /** One of several lines of JSON, or all of what isn't lines. */
  private static Shot spoiledLine(Shot shot, Random dice) {
    String text = new String(shot.body(), Json.UTF_8);
    List<String> lines = new ArrayList<>(text.lines().toList());
    int at = dice.nextInt(Math.max(1, lines.size()));
    JsonNode right = lines.isEmpty() ? null : Json.read(lines.get(at));
    if (right == null || dice.nextInt(4) == 0) {
      return shot.withBody(Naughty.body(text, dice));
    }
    lines.set(at, Json.spoiled(right, dice));
    return shot.withBody(String.join("\n", lines).getBytes(Json.UTF_8));
  }

  private static String withQuery(String target, String query) {
    return target + (target.contains("?") ? "&" : "?") + query;
  }

  private static Shot query(Shot shot, Operation operation, Random dice) {
    List<String> names =
        operation.parameters().stream()
            .filter(p -> p.where().equals("query"))
            .map(Operation.Parameter::name)
            .toList();
    String name = names.isEmpty() ? "x" : Naughty.pick(names, dice);
    return shot.withTarget(
        withQuery(shot.target(), name + "=" + Maker.encoded(Naughty.string(dice))), true);
  }

  /** What is in the path, or how it is written, is not what it should be. */
  private static Shot path(Shot shot, Operation operation, Pool pool, Random dice) {
    String part = Naughty.pick(Naughty.PATH_PARTS, dice);
    List<String> parts = new ArrayList<>(List.of(shot.target().split("/", -1)));
    int at = 1 + dice.nextInt(parts.size() - 1);
    switch (dice.nextInt(5)) {
      case 0 -> parts.add(at, part);
      case 1 -> parts.add(at, "");
      case 2 -> parts.add(part);
      default -> {
        int last = parts.size() - 1;
        // Where an id stands, mostly.
        int place = operation.path().contains("{") ? Math.min(3, last) : at;
        parts.set(place, part);
      }
    }
    Shot other = shot.withTarget(String.join("/", parts), false);
    return part.chars().anyMatch(c -> c <= ' ' || c > '~' || "\"<>|{}".indexOf(c) >= 0)
        ? other.unframed()
        : other;
  }

  private static Shot header(Shot shot, Operation operation, Random dice) {
    List<String> names =
        operation.parameters().stream()
            .filter(p -> p.where().equals("header"))
            .map(Operation.Parameter::name)
            .toList();
    if (names.isEmpty()) {
      return shot.with("Idempotency-Key", Naughty.header(dice)).unframed();
    }
    String name = Naughty.pick(names, dice);
    return switch (dice.nextInt(3)) {
      case 0 -> shot.without(name);
      case 1 -> shot.plus(name, "another");
      default -> shot.with(name, Naughty.header(dice)).unframed();
    };
  }

  private static Shot token(Shot shot, Random dice) {
    String value =
        Naughty.pick(
            List.of(
                "Bearer",
                "Bearer ",
                "Bearer x",
                "Bearer a.b.c",
                "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbnRvbi00NzExIn0.",
                "Basic YW50b246eA==",
                "bearer",
                "Digest x",
                "Bearer " + "x".repeat(9_000),
                "Bearer a b",
                "\u00ff"),
            dice);
    Shot bare =
        new Shot(
            shot.operation(),
            "",
            shot.method(),
            shot.target(),
            shot.version(),
            shot.headers(),
            shot.body(),
            shot.framed(),
            shot.sound());
    return bare.with("Authorization", value).unframed();
  }

  /** What belongs to the other user, in place of one's own. */
  private static Shot foreign(Shot shot, Operation operation, Pool pool, Random dice) {
    if (!Pool.USERS.containsKey(shot.caller())) {
      return shot;
    }
    String mine = String.valueOf(Pool.USERS.get(shot.caller()));
    String other = String.valueOf(Pool.USERS.get(Pool.other(shot.caller())));
    List<String> ids = pool.idsOfTheOther(shot.caller());
    String text = new String(shot.body(), Json.UTF_8);
    if (operation.path().contains("{id}") && !ids.isEmpty()) {
      String[] parts = shot.target().split("/", -1);
      parts[3] = Naughty.pick(ids, dice);
      return shot.withTarget(String.join("/", parts), true);
    }
    if (text.contains("beneficiaryId") && !ids.isEmpty()) {
      return shot.withBody(
          text.replaceAll(
                  "\"beneficiaryId\":\"[^\"]*\"",
                  "\"beneficiaryId\":\"" + Naughty.pick(ids, dice) + "\"")
              .getBytes(Json.UTF_8));
    }
    if (text.contains(mine)) {
      return shot.withBody(text.replace(mine, other).getBytes(Json.UTF_8));
    }
    return shot.withTarget(withQuery(shot.target(), "userId=" + other), true);
  }

  /** The message itself is not framed as HTTP has it. */
  private static Shot framing(Shot shot, Random dice) {
    int length = shot.body().length;
    Shot other =
        switch (dice.nextInt(10)) {
          case 0 -> shot.withVersion(Naughty.pick(List.of("HTTP/1.0", "HTTP/2.0", "X"), dice));
          case 1 -> shot.with("Content-Length", "-1");
          case 2 -> shot.with("Content-Length", "99999999999999999999");
          case 3 -> shot.with("Content-Length", "" + Math.max(0, length - 1));
          case 4 -> shot.plus("Content-Length", "1").plus("Content-Length", "2");
          case 5 ->
              shot.with("Transfer-Encoding", "chunked")
                  .withBody((Integer.toHexString(length) + "\r\n").getBytes(Json.UTF_8));
          case 6 -> shot.with("Transfer-Encoding", "chunked").plus("Content-Length", "" + length);
          case 7 -> shot.with("Transfer-Encoding", "gzip, chunked");
          case 8 -> {
            Shot flood = shot;
            for (int i = 0; i < FLOOD; i++) {
              flood = flood.plus("X-Flood-" + i, "y".repeat(dice.nextInt(80)));
            }
            yield flood;
          }
          default ->
              shot.with(
                  "Host", Naughty.pick(List.of("", "a b", "evil.example", "[::1", "x:y"), dice));
        };
    return other.unframed();
  }
}
