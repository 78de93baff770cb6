package dev.sluice.simulation;

import dev.sluice.money.Masking;
import dev.sluice.withdrawal.AcceptResult;
import dev.sluice.withdrawal.AcceptResult.Refusal;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The users' side: what they asked for and what they were told. A client that got no answer asks
 * again with the same key until it gets one.
 */
final class Clients {
  private final Scene scene;
  private final Map<String, Wish> wishes = new LinkedHashMap<>();

  /** What was asked for: an amount in minor units, and a number as the client wrote it. */
  record Body(long minor, String account) {
    boolean matches(String number, long amount) {
      return minor == amount
          && (account.indexOf('*') >= 0
              ? Masking.mask(number).equals(account)
              : number.equals(account));
    }
  }

  /** One idempotency key of a user, and everything that was asked for under it. */
  static final class Wish {
    final String name;
    final String user;
    final List<Body> bodies = new ArrayList<>();
    @Nullable UUID order;

    /** What the order is about, once the client was told of it. */
    @Nullable Body accepted;

    /** The end that the client was told by itself, as the answer to a cancellation. */
    @Nullable WithdrawalState toldEnd;

    /** A request without an answer yet. */
    @Nullable Body unanswered;

    boolean inReview;

    Wish(String name, String user) {
      this.name = name;
      this.user = user;
    }
  }

  Clients(Scene scene) {
    this.scene = scene;
  }

  Wish newWish(String user) {
    Wish wish = new Wish("r" + (wishes.size() + 1), user);
    wishes.put(wish.name, wish);
    return wish;
  }

  List<Wish> wishes() {
    return List.copyOf(wishes.values());
  }

  @Nullable Wish wish(String name) {
    return wishes.get(name);
  }

  /** Those that have an order, as far as the clients know. */
  List<Wish> orders() {
    return wishes.values().stream().filter(w -> w.order != null).toList();
  }

  /** Whether some client asked for just this. */
  boolean asked(String name, String account, long minor) {
    Wish wish = wishes.get(name);
    return wish != null && wish.bodies.stream().anyMatch(b -> b.matches(account, minor));
  }

  /** Notes that a body is on its way. */
  void sends(Wish wish, Body body) {
    if (!wish.bodies.contains(body)) {
      wish.bodies.add(body);
    }
    wish.unanswered = body;
  }

  /**
   * Notes an answer, and whether it can be true.
   *
   * @param available what a user who was refused has, or 0
   * @param fresh whether nothing else happened since the request was sent
   */
  void heard(Wish wish, Body body, AcceptResult answer, long available, boolean fresh) {
    wish.unanswered = null;
    switch (answer) {
      case AcceptResult.Accepted(Withdrawal order) -> {
        // An answer that was held up may come after one to the same request sent again.
        if (wish.order != null && (fresh || !wish.order.equals(order.id()))) {
          scene.violated("%s was accepted twice under one key", wish.name);
        }
        learn(wish, body, order, fresh);
      }
      case AcceptResult.Replayed(Withdrawal order) -> {
        if (wish.order != null && !wish.order.equals(order.id())) {
          scene.violated("%s was answered with another order than before", wish.name);
        }
        if (wish.accepted != null && !wish.accepted.equals(body)) {
          scene.violated("%s was answered although the request was another one", wish.name);
        }
        learn(wish, body, order, fresh);
      }
      case AcceptResult.Refused(Refusal why, String ignored) -> {
        scene.coverage.met("refusal", why.name(), 1);
        if (wish.accepted != null && wish.accepted.equals(body)) {
          scene.violated(
              "%s was accepted, and now the same request is refused: %s", wish.name, why);
        }
        if (fresh
            && why == Refusal.INSUFFICIENT_FUNDS
            && available >= body.minor() + Setting.FEE_MINOR) {
          scene.violated("%s was refused though %d is enough", wish.name, available);
        }
      }
    }
  }

  private void learn(Wish wish, Body body, Withdrawal order, boolean fresh) {
    wish.order = order.id();
    wish.accepted = body;
    wish.inReview = order.status() == WithdrawalState.REVIEW;
    if (order.amount().minor() != body.minor()) {
      scene.violated(
          "%s is an order over %s instead of %d", wish.name, order.amount(), body.minor());
    }
    if (!wish.user.equals(order.userId())) {
      scene.violated("%s became an order of %s", wish.name, order.userId());
    }
    if (fresh && wish.toldEnd != null && order.status() != wish.toldEnd) {
      scene.violated("%s was told to be %s and is %s", wish.name, wish.toldEnd, order.status());
    }
  }
}
