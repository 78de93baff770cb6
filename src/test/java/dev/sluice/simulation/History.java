package dev.sluice.simulation;

import dev.sluice.beneficiary.AccountNumber;
import dev.sluice.channel.ChannelControl.Mode;
import dev.sluice.ledger.Account;
import dev.sluice.payout.ShortfallPolicy;
import dev.sluice.support.Engine;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One history: everything that happens in it follows from its seed. Two instances share a database;
 * one step comes after the other, and within a step whatever can happen while an instance waits or
 * is stopped.
 */
final class History {
  private static final int FEWEST_STEPS = 60;
  private static final int MOST_EXTRA_STEPS = 30;
  private static final int MOST_ROUNDS = 400;
  private static final int MOST_PASSES = 20;

  private final long seed;
  private final Scene scene;
  private final Clients clients;
  private final World world;
  private final Post post;
  private final Receiver receiver;
  private final Steps steps;
  private final Judge judge;
  private final Statements statements;
  private final StatementJudge books;
  private final Chances chances;
  private final Arena arena;
  private final List<Instance> instances = new ArrayList<>();
  private @Nullable Instance stopped;

  /**
   * How a history went.
   *
   * @param violation what was wrong, or null
   * @param steps how many steps it had before it was brought to rest, or until it failed
   * @param hash of the story and of all rows in the end
   */
  record Result(
      long seed,
      int steps,
      @Nullable String violation,
      List<String> story,
      String hash,
      Coverage coverage) {}

  private History(long seed, Arena arena) {
    this.seed = seed;
    this.arena = arena;
    this.scene = new Scene(seed);
    this.clients = new Clients(scene);
    this.world = new World(scene, clients);
    world.banks.addAll(Setting.banks(scene, world));
    this.post = new Post(scene, world, letters -> steps().deliver(somebody(), letters));
    world.connect(post);
    this.receiver = new Receiver(scene);
    this.steps = new Steps(scene, clients);
    this.judge = new Judge(scene, clients, world, post, receiver, steps, arena.judge);
    this.books = new StatementJudge(scene, world, post, arena.judge);
    this.statements =
        new Statements(scene, world, steps, this::somebody, books::unfinishedFiles, books::turn);
    this.chances = new Chances(scene, clients, world, post, steps, statements, this::somebody);
  }

  private Steps steps() {
    return steps;
  }

  /** Runs the history of a seed, all of it or its first steps only. */
  static Result run(long seed, int mostSteps, Arena arena) {
    arena.empty();
    History history = new History(seed, arena);
    int[] done = {0};
    EngineLog.listen(history.scene, () -> done[0] = history.play(mostSteps));
    return history.result(done[0]);
  }

  private int play(int mostSteps) {
    setUp();
    int all = FEWEST_STEPS + scene.dice.below(MOST_EXTRA_STEPS + 1);
    int done = 0;
    while (done < Math.min(all, mostSteps) && scene.violation() == null) {
      done++;
      step();
      judge.look();
    }
    if (scene.violation() == null) {
      comeToRest();
    }
    if (scene.violation() == null) {
      judge.judge();
      if (scene.hasStatements) {
        books.judge(statements);
      }
    }
    return done;
  }

  private void setUp() {
    ShortfallPolicy shortfall = scene.dice.chance(50) ? ShortfallPolicy.USER : ShortfallPolicy.FEES;
    for (String name : List.of("A", "B")) {
      instances.add(
          new Instance(
              name,
              name.equals("A") ? arena.forA : arena.forB,
              scene,
              world,
              receiver,
              arena.mistake,
              shortfall,
              this::elsewhere,
              arena.directory));
    }
    Engine engine = instances.getFirst().engine();
    for (String user : Setting.USERS) {
      Account account = engine.ledger.open(user, Engine.CNY).account();
      engine.beneficiaries.register(
          user, AccountNumber.card(Setting.accounts(user).getFirst()), "Holder", "ICBC");
      if (account.available().minor() == 0) {
        steps.topUp(instances.getFirst(), user, Setting.OPENING_MINOR);
      }
    }
    endpoint(Receiver.ALL, "{}");
    endpoint(Receiver.SUCCEEDED, "{withdrawal.succeeded}");
  }

  private void endpoint(String url, String events) {
    arena.judge.update(
        """
        insert into webhook_endpoint (id, url, events, secret, created_by, created_at)
        values (?, ?, ?::text[], '', 'operator', ?)
        """,
        new UUID(scene.dice.seed(), scene.dice.seed()),
        url,
        events,
        scene.clock.instant().atOffset(ZoneOffset.UTC));
  }

  private void step() {
    for (Instance instance : instances) {
      if (instance.isDead() && instance != stopped && scene.dice.chance(30)) {
        instance.startAgain();
      }
    }
    world.happen();
    chances.draw();
  }

  /** An instance that runs; if none does, one is started. */
  private Instance somebody() {
    List<Instance> running = instances.stream().filter(i -> !i.isDead() && i != stopped).toList();
    if (!running.isEmpty()) {
      return scene.dice.pick(running);
    }
    Instance dead = instances.stream().filter(i -> i != stopped).findFirst().orElseThrow();
    dead.startAgain();
    return dead;
  }

  /** While one instance is stopped, time passes and the other goes on. */
  private void elsewhere(Instance instance, Fault how) {
    if (stopped != null) {
      return;
    }
    instance.suffers(how);
    stopped = instance;
    scene.paused();
    try {
      arena.aside(
          () ->
              EngineLog.listen(
                  scene,
                  () ->
                      scene.within(
                          () -> {
                            chances.timePasses(6, 300);
                            for (int i = scene.dice.below(5); i >= 0; i--) {
                              if (scene.dice.chance(40)) {
                                steps.allWorkers(somebody());
                                chances.timePasses(5, 90);
                              } else {
                                step();
                              }
                            }
                          })));
    } finally {
      stopped = null;
    }
    scene.tell("%s goes on", instance.name);
  }

  /** Faults off: everything under way goes on until nothing is left to do. */
  private void comeToRest() {
    scene.tell("from here on nothing goes wrong any more");
    scene.calm();
    for (Instance instance : instances) {
      instance.fate().clear();
      if (instance.isDead()) {
        instance.startAgain();
      }
    }
    for (Bank bank : world.banks) {
      steps.control(instances.getFirst(), bank.name, Mode.AUTO);
    }
    world.settleDown();
    if (steps.unansweredAgain(instances.getFirst()) > 0) {
      scene.violated("clients get no answer although nothing goes wrong");
    }
    for (int pass = 0; pass < MOST_PASSES; pass++) {
      comeToQuiet();
      if (scene.violation() != null || !scene.hasStatements || !reconcile()) {
        return;
      }
    }
    scene.violated("statements never come to an end");
  }

  /**
   * The banks bring the truth about each day, and the engine compares; returns whether anything was
   * left to do.
   */
  private boolean reconcile() {
    int did = statements.bringTruth(books.daysOfPayouts());
    world.happen();
    if (did == 0) {
      did += waitForStatements();
    }
    for (int turn = 1, last = 0; turn < MOST_ROUNDS && turn - last < 2; turn++) {
      Instance instance = instances.get(turn % instances.size());
      int now = steps.turn(instance, "reconciles", i -> i.reconciliation().step());
      if (now > 0) {
        last = turn;
      }
      did += now;
    }
    return did > 0;
  }

  /** Lets the time pass that reconciliation waits for; returns how often it has to be looked at. */
  private int waitForStatements() {
    LocalDate waiting = books.lookAgainAfter();
    if (waiting != null) {
      scene.clock.advanceTo(Lists.end(waiting));
    }
    int unfinished = books.unfinishedFiles();
    if (unfinished > 0) {
      scene.clock.advance(Duration.ofMinutes(10));
    }
    return unfinished;
  }

  /** Everything under way goes on until nothing is left to do. */
  private void comeToQuiet() {
    for (int round = 0; round < MOST_ROUNDS; round++) {
      world.happen();
      for (Instance instance : instances) {
        steps.turn(instance, "looks after its channels", i -> i.engine().router.lookAfter());
      }
      int did = 0;
      for (Instance instance : instances) {
        did += steps.allWorkers(instance);
      }
      Instant next = did > 0 ? scene.clock.peek() : next();
      if (next == null) {
        return;
      }
      if (did == 0) {
        scene.clock.advance(Duration.ofMillis(500));
      }
      scene.clock.advanceTo(next);
      if (scene.violation() != null) {
        return;
      }
    }
    scene.violated("it doesn't come to rest");
  }

  private @Nullable Instant next() {
    Instant inside = judge.nextDue();
    Instant outside = world.next();
    if (inside == null || outside == null) {
      return inside == null ? outside : inside;
    }
    return inside.isBefore(outside) ? inside : outside;
  }

  private Result result(int done) {
    String violation = scene.violation();
    if (violation == null) {
      judge.count();
      books.count();
    }
    scene.coverage.history(done);
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      for (String line : scene.story) {
        hash.update(line.getBytes(StandardCharsets.UTF_8));
      }
      hash.update(judge.digest().getBytes(StandardCharsets.UTF_8));
      return new Result(
          seed,
          done,
          violation,
          List.copyOf(scene.story),
          HexFormat.of().formatHex(hash.digest()),
          scene.coverage);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
