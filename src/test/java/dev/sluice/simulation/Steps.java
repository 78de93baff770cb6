package dev.sluice.simulation;

import dev.sluice.channel.CallbackReply;
import dev.sluice.channel.ChannelControl.Mode;
import dev.sluice.channel.RawCallback;
import dev.sluice.money.Money;
import dev.sluice.payout.CallbackInbox.Receipt;
import dev.sluice.payout.CallbacksAtOnce;
import dev.sluice.queue.GroupCommit;
import dev.sluice.simulation.Clients.Body;
import dev.sluice.simulation.Clients.Wish;
import dev.sluice.simulation.Post.Letter;
import dev.sluice.support.Engine;
import dev.sluice.withdrawal.AcceptResult;
import dev.sluice.withdrawal.WithdrawalRequest;
import dev.sluice.withdrawal.WithdrawalState;
import dev.sluice.withdrawal.Withdrawals;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** What someone does to an instance: a client, an operator, a bank, or one of its own workers. */
final class Steps {
  private final Scene scene;
  private final Clients clients;
  private final Map<String, Long> deposits = new LinkedHashMap<>();
  private final List<TopUp> topUps = new ArrayList<>();

  private static final class TopUp {
    final String user;
    final long minor;
    final String reference;
    boolean answered;

    TopUp(String user, long minor, String reference) {
      this.user = user;
      this.minor = minor;
      this.reference = reference;
    }
  }

  Steps(Scene scene, Clients clients) {
    this.scene = scene;
    this.clients = clients;
  }

  /** What a user put in, as far as the user was told. */
  long deposits(String user) {
    return deposits.getOrDefault(user, 0L);
  }

  /**
   * Lets an instance do something. Returns false if it could not finish for a reason that was
   * thrown on purpose; anything else that is thrown is a mistake.
   */
  boolean with(Instance instance, Runnable what) {
    try {
      what.run();
      return true;
    } catch (Injected.ProcessDied died) {
      return false;
    } catch (RuntimeException e) {
      if (!Injected.is(e)) {
        scene.violated(
            "%s throws what nobody threw on purpose: %s", instance.name, Injected.root(e));
      }
      return false;
    }
  }

  /** One turn of a worker; returns how much it did. */
  int turn(Instance instance, String worker, ToIntFunction<Instance> turn) {
    int[] did = {0};
    int line = scene.story.size();
    scene.tell("%s: %s", instance.name, worker);
    boolean finished = with(instance, () -> scene.within(() -> did[0] = turn.applyAsInt(instance)));
    if (finished && did[0] == 0 && scene.story.size() == line + 1) {
      scene.story.removeLast();
    } else if (!finished) {
      scene.tell("%s: %s broke off", instance.name, worker);
    }
    return did[0];
  }

  /** One turn of each worker of an instance. */
  int allWorkers(Instance instance) {
    return turn(instance, "dispatches", i -> i.engine().payouts.dispatchOnce())
        + turn(instance, "recovers", i -> i.engine().payouts.recoverOnce())
        + turn(instance, "tries kept messages", i -> i.engine().payouts.sweepOnce())
        + turn(instance, "releases", i -> i.engine().payouts.compensateOnce())
        + turn(instance, "notifies", i -> i.deliverer().runOnce());
  }

  void ask(Instance instance, Wish wish, Body body) {
    clients.sends(wish, body);
    boolean lost = !scene.isCalm() && scene.dice.chance(4);
    int pauses = scene.pauses();
    @Nullable AcceptResult[] answer = new AcceptResult[1];
    with(
        instance,
        () -> {
          Engine engine = instance.engine();
          AcceptResult result = engine.withdrawals.accept(request(engine, wish, body));
          if (!lost) {
            answer[0] = result;
            long available = available(engine, wish.user, result);
            clients.heard(wish, body, result, available, pauses == scene.pauses());
          }
        });
    tellAnswer(instance, wish, body, answer[0]);
  }

  private void tellAnswer(Instance instance, Wish wish, Body body, @Nullable AcceptResult answer) {
    String words =
        switch (answer) {
          case null -> "no answer";
          case AcceptResult.Accepted a -> "accepted, " + a.withdrawal().status();
          case AcceptResult.Replayed r -> "known already, " + r.withdrawal().status();
          case AcceptResult.Refused r -> "refused, " + r.why();
        };
    scene.tell(
        "%s asks %s for %s: %d to %s: %s",
        wish.user, instance.name, wish.name, body.minor(), body.account(), words);
  }

  /** The balance behind a refusal; only then is it asked for. */
  private static long available(Engine engine, String user, AcceptResult result) {
    return result instanceof AcceptResult.Refused ? engine.account(user).available().minor() : 0;
  }

  void askAll(Instance instance, List<Map.Entry<Wish, Body>> all) {
    scene.tell("%s gets %d requests at once", instance.name, all.size());
    all.forEach(e -> clients.sends(e.getKey(), e.getValue()));
    instance.situation.inBatch = true;
    int pauses = scene.pauses();
    boolean finished =
        with(
            instance,
            () -> {
              Engine engine = instance.engine();
              List<WithdrawalRequest> requests =
                  all.stream().map(e -> request(engine, e.getKey(), e.getValue())).toList();
              List<GroupCommit.Submitted<AcceptResult>> answers =
                  engine.withdrawals.acceptAll(requests);
              scene.within(() -> hearAll(instance, all, answers, pauses == scene.pauses()));
            });
    instance.situation.inBatch = false;
    if (!finished) {
      scene.tell("nobody gets an answer");
    }
  }

  private void hearAll(
      Instance instance,
      List<Map.Entry<Wish, Body>> all,
      List<GroupCommit.Submitted<AcceptResult>> answers,
      boolean fresh) {
    for (int i = 0; i < all.size(); i++) {
      Wish wish = all.get(i).getKey();
      Body body = all.get(i).getValue();
      if (answers.get(i) instanceof GroupCommit.Submitted.Answered<AcceptResult>(var answer)) {
        clients.heard(wish, body, answer, available(instance.engine(), wish.user, answer), fresh);
        tellAnswer(instance, wish, body, answer);
      } else {
        tellAnswer(instance, wish, body, null);
      }
    }
  }

  private static WithdrawalRequest request(Engine engine, Wish wish, Body body) {
    return new WithdrawalRequest(
        wish.user,
        Money.ofMinor(body.minor(), "CNY"),
        engine.beneficiaries.parse(body.account()),
        wish.name,
        engine.vault.fingerprint("withdrawal-key", wish.user, wish.name),
        engine.vault.fingerprint("request", wish.user, body.minor() + "", body.account()));
  }

  void topUp(Instance instance, String user, long minor) {
    TopUp topUp = new TopUp(user, minor, "t" + topUps.size());
    topUps.add(topUp);
    credit(instance, topUp);
  }

  /** Clients that got no answer ask again; returns how many still have none. */
  int unansweredAgain(Instance instance) {
    topUps.stream().filter(t -> !t.answered).toList().forEach(t -> credit(instance, t));
    for (Wish wish : clients.wishes()) {
      Body body = wish.unanswered;
      if (body != null) {
        ask(instance, wish, body);
      }
    }
    return (int) topUps.stream().filter(t -> !t.answered).count()
        + (int) clients.wishes().stream().filter(w -> w.unanswered != null).count();
  }

  private void credit(Instance instance, TopUp topUp) {
    topUp.answered =
        with(
            instance,
            () -> {
              Engine engine = instance.engine();
              engine.ledger.credit(
                  engine.account(topUp.user).id(),
                  Money.ofMinor(topUp.minor, "CNY"),
                  topUp.reference);
            });
    if (topUp.answered) {
      deposits.merge(topUp.user, topUp.minor, Long::sum);
    }
    scene.tell("%s tops up %d: %s", topUp.user, topUp.minor, topUp.answered ? "done" : "no answer");
  }

  void review(Instance instance, Wish wish, boolean approve) {
    UUID order = wish.order;
    if (order == null) {
      return;
    }
    with(
        instance,
        () -> {
          Withdrawals.Change change =
              instance.engine().withdrawals.review(order, approve, "looked at it", "operator");
          scene.tell(
              "an operator %s %s: %s", approve ? "approves" : "rejects", wish.name, word(change));
          if (change instanceof Withdrawals.Change.Done) {
            scene.met(approve ? Fault.APPROVED : Fault.REJECTED);
            wish.inReview = false;
            if (!approve) {
              wish.toldEnd = WithdrawalState.FAILED;
            }
          }
        });
  }

  void cancel(Instance instance, Wish wish) {
    UUID order = wish.order;
    if (order == null) {
      return;
    }
    with(
        instance,
        () -> {
          Withdrawals.Change change = instance.engine().withdrawals.cancel(order, wish.user);
          scene.tell("%s cancels %s: %s", wish.user, wish.name, word(change));
          if (change instanceof Withdrawals.Change.Done) {
            scene.met(Fault.CANCELLED);
            wish.toldEnd = WithdrawalState.CANCELLED;
            wish.inReview = false;
          } else if (change instanceof Withdrawals.Change.NotFound) {
            scene.violated("%s was accepted, and there is no such order", wish.name);
          }
        });
  }

  private static String word(Withdrawals.Change change) {
    return switch (change) {
      case Withdrawals.Change.Done done -> "done, " + done.order().status();
      case Withdrawals.Change.NotPossible no -> "not possible, " + no.order().status();
      case Withdrawals.Change.NotFound ignored -> "no such order";
    };
  }

  void control(Instance instance, String bank, Mode mode) {
    with(
        instance,
        () -> {
          instance.engine().router.control(bank, mode, "by hand", "operator");
          scene.tell("an operator sets %s to %s", bank, mode);
        });
  }

  /** Delivers letters and says of each whether it was answered for good. */
  List<Boolean> deliver(Instance instance, List<Letter> letters) {
    List<Boolean> answered = new ArrayList<>();
    letters.forEach(l -> answered.add(false));
    List<CallbacksAtOnce.Arrived> arrived =
        letters.stream()
            .map(
                l ->
                    new CallbacksAtOnce.Arrived(
                        l.bank(),
                        new RawCallback("/", Map.of(), l.body().getBytes(StandardCharsets.UTF_8))))
            .toList();
    instance.situation.callback = letters.getFirst().body().split("\\|", -1)[1];
    with(
        instance,
        () -> {
          List<Receipt> receipts =
              arrived.size() == 1
                  ? List.of(
                      instance
                          .engine()
                          .payouts
                          .callbacks()
                          .receive(arrived.getFirst().channel(), arrived.getFirst().callback()))
                  : CallbacksAtOnce.receive(instance.engine().payouts, arrived);
          for (int i = 0; i < letters.size(); i++) {
            answered.set(i, isAnswered(letters.get(i), receipts.get(i)));
          }
        });
    instance.situation.callback = "";
    for (int i = 0; i < letters.size(); i++) {
      Letter letter = letters.get(i);
      scene.tell(
          "%s tells %s: %s%s",
          letter.bank(), instance.name, letter.words(), answered.get(i) ? "" : ": no answer");
    }
    return answered;
  }

  private boolean isAnswered(Letter letter, @Nullable Receipt receipt) {
    boolean signed = letter.body().endsWith("|signed");
    return switch (receipt) {
      case null -> false;
      case Receipt.Stored ignored -> {
        if (!signed) {
          scene.violated("a callback that isn't signed was taken");
        }
        yield true;
      }
      case Receipt.Rejected(String reason, CallbackReply ignored) -> {
        if (signed) {
          scene.violated("a signed callback was rejected: %s", reason);
        }
        yield true;
      }
      case Receipt.NoSuchChannel ignored -> {
        scene.violated("%s is not known", letter.bank());
        yield true;
      }
    };
  }
}
