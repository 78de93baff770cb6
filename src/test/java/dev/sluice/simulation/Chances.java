package dev.sluice.simulation;

import dev.sluice.beneficiary.AccountNumber;
import dev.sluice.channel.ChannelControl.Mode;
import dev.sluice.simulation.Clients.Body;
import dev.sluice.simulation.Clients.Wish;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/** What may happen next, and how likely each of it is. */
final class Chances {
  private static final List<Fault> FATES =
      List.of(
          Fault.DIED_BEFORE_COMMIT,
          Fault.DIED_AFTER_COMMIT,
          Fault.DIED_BEFORE_CALL,
          Fault.DIED_AFTER_CALL,
          Fault.CONNECTION_LOST_BEFORE_COMMIT,
          Fault.CONNECTION_LOST_AFTER_COMMIT,
          Fault.DEADLOCK,
          Fault.PAUSED_AFTER_COMMIT,
          Fault.PAUSED_AFTER_COMMIT,
          Fault.PAUSED_IN_CALL);

  private final Scene scene;
  private final Clients clients;
  private final World world;
  private final Post post;
  private final Steps steps;
  private final Statements statements;
  private final Supplier<Instance> somebody;
  private final List<Runnable> lottery = new ArrayList<>();

  /** With some running instance on demand. */
  Chances(
      Scene scene,
      Clients clients,
      World world,
      Post post,
      Steps steps,
      Statements statements,
      Supplier<Instance> somebody) {
    this.scene = scene;
    this.clients = clients;
    this.world = world;
    this.post = post;
    this.steps = steps;
    this.statements = statements;
    this.somebody = somebody;
    fillLottery();
  }

  private Instance somebody() {
    return somebody.get();
  }

  /** Lets one thing happen. */
  void draw() {
    scene.dice.pick(lottery).run();
  }

  private void fillLottery() {
    tickets(16, this::newRequest);
    tickets(4, this::batch);
    tickets(5, this::sameAgain);
    tickets(2, this::otherBody);
    tickets(2, this::tooMuch);
    tickets(1, this::strangeBeneficiary);
    tickets(2, () -> steps.topUp(somebody(), aUser(), scene.dice.between(1_000, 50_000)));
    tickets(18, () -> turn("dispatches", i -> i.engine().payouts.dispatchOnce()));
    tickets(12, () -> turn("recovers", i -> i.engine().payouts.recoverOnce()));
    tickets(4, () -> turn("tries kept messages", i -> i.engine().payouts.sweepOnce()));
    tickets(8, () -> turn("releases", i -> i.engine().payouts.compensateOnce()));
    tickets(8, () -> turn("notifies", i -> i.deliverer().runOnce()));
    tickets(3, () -> turn("looks after its channels", i -> i.engine().router.lookAfter()));
    tickets(9, () -> timePasses(1, 5));
    tickets(6, () -> timePasses(5, 90));
    tickets(3, () -> timePasses(300, 6 * 3600));
    tickets(1, () -> timePasses(24 * 3600, 72 * 3600));
    if (scene.hasStatements) {
      tickets(4, this::untilMidnightIsOver);
      tickets(16, statements::bring);
      tickets(8, () -> turn("reconciles", i -> i.reconciliation().step()));
    }
    tickets(4, this::review);
    tickets(3, this::cancel);
    tickets(1, this::pauseChannel);
    tickets(4, post::lie);
    tickets(3, post::again);
    tickets(2, post::severalAtOnce);
    tickets(8, this::planFault);
  }

  private void tickets(int count, Runnable what) {
    for (int i = 0; i < count; i++) {
      lottery.add(what);
    }
  }

  private String aUser() {
    return scene.dice.pick(Setting.USERS);
  }

  private void turn(String worker, ToIntFunction<Instance> turn) {
    steps.turn(somebody(), worker, turn);
  }

  private Body aBody(String user) {
    int size = scene.dice.below(100);
    long minor =
        size < 80
            ? scene.dice.between(1, 25_000)
            : size < 92
                ? scene.dice.between(25_000, Setting.REVIEW_ABOVE_MINOR)
                : scene.dice.between(Setting.REVIEW_ABOVE_MINOR + 1, 60_000);
    List<String> accounts = Setting.accounts(user);
    String account =
        scene.dice.chance(25)
            ? AccountNumber.card(accounts.get(scene.dice.pick(List.of(0, 0, 2)))).masked()
            : scene.dice.pick(accounts);
    return new Body(minor, account);
  }

  private void newRequest() {
    Wish wish = clients.newWish(aUser());
    steps.ask(somebody(), wish, aBody(wish.user));
  }

  private void batch() {
    Instance instance = somebody();
    List<Map.Entry<Wish, Body>> all = new ArrayList<>();
    if (scene.dice.chance(35)) {
      scene.met(Fault.BATCH_OVER_BALANCE);
      String user = aUser();
      long[] available = {0};
      steps.with(
          instance, () -> available[0] = instance.engine().account(user).available().minor());
      for (int i = 0; i < 3; i++) {
        Body body = new Body(Math.max(1, available[0] * 6 / 10), Setting.accounts(user).getFirst());
        all.add(Map.entry(clients.newWish(user), body));
      }
    } else {
      scene.met(Fault.BATCH);
      for (int i = scene.dice.below(4); i >= -1; i--) {
        Wish wish = clients.newWish(aUser());
        all.add(Map.entry(wish, aBody(wish.user)));
        if (scene.dice.chance(25)) {
          all.add(all.getLast());
        }
      }
    }
    if (!instance.isDead()) {
      steps.askAll(instance, all);
    }
  }

  private void sameAgain() {
    List<Wish> wishes = clients.wishes();
    if (wishes.isEmpty()) {
      return;
    }
    Wish wish = scene.dice.pick(wishes);
    Body body = wish.unanswered != null ? wish.unanswered : wish.accepted;
    if (body != null) {
      scene.met(Fault.KEY_SENT_AGAIN);
      steps.ask(somebody(), wish, body);
    }
  }

  private void otherBody() {
    List<Wish> orders = clients.orders();
    if (!orders.isEmpty()) {
      Wish wish = scene.dice.pick(orders);
      Body body = wish.accepted;
      if (body != null && wish.unanswered == null) {
        scene.met(Fault.KEY_WITH_OTHER_BODY);
        steps.ask(somebody(), wish, new Body(body.minor() + 1, body.account()));
      }
    }
  }

  private void tooMuch() {
    scene.met(Fault.AMOUNT_TOO_LARGE);
    Wish wish = clients.newWish(aUser());
    steps.ask(somebody(), wish, new Body(9_000_000, Setting.accounts(wish.user).getFirst()));
  }

  private void strangeBeneficiary() {
    scene.met(Fault.BENEFICIARY_UNKNOWN);
    Wish wish = clients.newWish(aUser());
    steps.ask(somebody(), wish, new Body(1_000, Setting.STRANGE_MASK));
  }

  /** Time passes, and what is due on the way happens at its own time. */
  void timePasses(long lowSeconds, long highSeconds) {
    Duration time = Duration.ofMillis(scene.dice.between(lowSeconds * 1_000, highSeconds * 1_000));
    scene.tell("%s pass", time.toString().substring(2).toLowerCase(Locale.ROOT));
    Instant until = scene.clock.peek().plus(time);
    for (Instant next = world.next(); next != null && !next.isAfter(until); next = world.next()) {
      scene.clock.advanceTo(next);
      world.happen();
    }
    scene.clock.advanceTo(until);
  }

  /** The banks' day ends, and some of the night goes by. */
  private void untilMidnightIsOver() {
    Instant now = scene.clock.peek();
    long left = Duration.between(now, Lists.end(Lists.dayOf(now))).toSeconds();
    timePasses(left, left + 4 * 3600);
  }

  private void review() {
    List<Wish> waiting = clients.wishes().stream().filter(w -> w.inReview).toList();
    if (!waiting.isEmpty()) {
      steps.review(somebody(), scene.dice.pick(waiting), scene.dice.chance(70));
    }
  }

  private void cancel() {
    List<Wish> orders = clients.orders();
    if (!orders.isEmpty()) {
      Wish wish = scene.dice.chance(60) ? orders.getLast() : scene.dice.pick(orders);
      steps.cancel(somebody(), wish);
    }
  }

  private void pauseChannel() {
    scene.met(Fault.CHANNEL_PAUSED);
    String bank = scene.dice.pick(world.banks).name;
    steps.control(somebody(), bank, Mode.PAUSED);
    world.at(scene.dice.between(10, 3600), () -> steps.control(somebody(), bank, Mode.AUTO));
  }

  private void planFault() {
    Instance instance = somebody();
    if (instance.fate().isPlanned()) {
      return;
    }
    instance.fate().plan(scene.dice.pick(FATES), 1 + scene.dice.below(4));
  }
}
