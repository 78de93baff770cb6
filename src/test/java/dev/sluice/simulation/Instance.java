package dev.sluice.simulation;

import dev.sluice.channel.Channel;
import dev.sluice.money.Ids;
import dev.sluice.notify.Deliverer;
import dev.sluice.notify.Sender;
import dev.sluice.notify.WebhookSettings;
import dev.sluice.payout.ShortfallPolicy;
import dev.sluice.reconcile.Reconciliation;
import dev.sluice.simulation.Injected.ProcessDied;
import dev.sluice.support.Engine;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** One instance of the service: it dies and is started again, on the same database. */
final class Instance implements SimDataSource.Host {
  private static final WebhookSettings WEBHOOKS =
      new WebhookSettings(
          false,
          List.of(),
          3,
          16,
          4,
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          List.of(Duration.ofSeconds(5), Duration.ofMinutes(1), Duration.ofHours(1)),
          Duration.ofDays(30),
          Duration.ofMillis(500));

  final String name;
  final Mistake.Situation situation = new Mistake.Situation();
  private final Connection connection;
  private final Scene scene;
  private final World world;
  private final Receiver receiver;
  private final Mistake mistake;
  private final ShortfallPolicy shortfall;
  private final BiConsumer<Instance, Fault> whileStopped;
  private final Path directory;
  private final Fate fate = new Fate();
  private SimDataSource dataSource;
  private Engine engine;
  private Deliverer deliverer;
  private Reconciliation reconciliation;
  private boolean dead;

  Instance(
      String name,
      Connection connection,
      Scene scene,
      World world,
      Receiver receiver,
      Mistake mistake,
      ShortfallPolicy shortfall,
      BiConsumer<Instance, Fault> whileStopped,
      Path directory) {
    this.name = name;
    this.connection = connection;
    this.scene = scene;
    this.world = world;
    this.receiver = receiver;
    this.mistake = mistake;
    this.shortfall = shortfall;
    this.whileStopped = whileStopped;
    this.directory = directory;
    this.dataSource = new SimDataSource(connection, this);
    this.engine = newEngine();
    this.deliverer = newDeliverer();
    this.reconciliation = newReconciliation();
  }

  /** A new process on the same database: nothing of the old one's memory is left. */
  void startAgain() {
    dead = false;
    fate.clear();
    dataSource = new SimDataSource(connection, this);
    engine = newEngine();
    deliverer = newDeliverer();
    reconciliation = newReconciliation();
    scene.tell("%s is started again", name);
  }

  private Engine newEngine() {
    List<Channel> lines =
        world.banks.stream().<Channel>map(bank -> new Line(bank, scene, this)).toList();
    return new Engine(
        dataSource,
        scene.clock,
        Engine.Options.defaults()
            .withFee(Setting.FEE)
            .withReviewAbove(Setting.REVIEW_ABOVE)
            .withShortfall(shortfall)
            .withRouting(Setting.routing())
            .withSeed(scene.dice.seed()),
        mistake.channels(lines).toArray(Channel[]::new));
  }

  private Deliverer newDeliverer() {
    return new Deliverer(
        engine.jdbc,
        new TransactionTemplate(new JdbcTransactionManager(dataSource)),
        scene.clock,
        new SplittableRandom(scene.dice.seed()),
        WEBHOOKS,
        this::send,
        Runnable::run,
        new SimpleMeterRegistry());
  }

  private Reconciliation newReconciliation() {
    return new Reconciliation(
        engine.jdbc,
        engine.withdrawals,
        engine.ledger,
        engine.reviews,
        engine.payouts.statements(),
        engine.payouts.timeline(),
        world.banks.stream().<Channel>map(bank -> new Line(bank, scene, this)).toList(),
        engine.vault,
        JsonMapper.shared(),
        new TransactionTemplate(new JdbcTransactionManager(dataSource)),
        scene.clock,
        new Ids(scene.clock, new Random(scene.dice.seed())),
        Lists.settings(directory, world.banks),
        new SimpleMeterRegistry());
  }

  private Sender.Answer send(String url, byte[] sealedSecret, UUID eventId, String body) {
    Fault fault = fate.atCall();
    if (fault == Fault.DIED_BEFORE_CALL) {
      throw die(fault);
    }
    Sender.Answer answer = receiver.take(url, eventId, body);
    if (fault == Fault.DIED_AFTER_CALL) {
      throw die(fault);
    }
    if (fault == Fault.PAUSED_IN_CALL) {
      stopped(fault);
    }
    return answer;
  }

  Engine engine() {
    return engine;
  }

  Deliverer deliverer() {
    return deliverer;
  }

  Reconciliation reconciliation() {
    return reconciliation;
  }

  @Override
  public Fate fate() {
    return fate;
  }

  @Override
  public boolean isDead() {
    return dead;
  }

  @Override
  public ProcessDied die(Fault how) {
    suffers(how);
    dead = true;
    try {
      dataSource.reset();
    } catch (SQLException e) {
      throw new IllegalStateException("the simulation's own connection failed", e);
    }
    return new ProcessDied();
  }

  @Override
  public void suffers(Fault how) {
    scene.met(how);
    scene.tell("%s: %s", name, how.words);
  }

  @Override
  public void stopped(Fault how) {
    whileStopped.accept(this, how);
  }

  @Override
  public String rewritten(String sql) {
    situation.now = scene.clock.peek();
    return mistake.rewritten(sql, situation);
  }

  @Override
  public void afterCommit(Connection real) throws SQLException {
    mistake.afterCommit(real);
  }
}
