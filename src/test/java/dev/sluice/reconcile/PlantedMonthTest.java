package dev.sluice.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Eventually;
import dev.sluice.money.Money;
import dev.sluice.support.CrashingDataSource;
import dev.sluice.support.Engine;
import dev.sluice.support.Invariants;
import dev.sluice.support.ModelChannel;
import dev.sluice.support.SettableClock;
import dev.sluice.support.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class PlantedMonthTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"FORWARD", "BACKWARD", "SHUFFLED", "ALL_AT_ONCE"})
  void findsExactlyWhatWasPlantedWhateverTheOrder(String order) {
    try (World world = new World(1)) {
      List<LocalDate> days = new ArrayList<>(world.month.lists.keySet());
      switch (order) {
        case "BACKWARD" -> Collections.reverse(days);
        case "SHUFFLED" -> Collections.shuffle(days, new Random(7));
        default -> {
          // as they are
        }
      }
      world.clock.advance(Duration.ofDays(10));
      for (LocalDate day : days) {
        world.bench.upload(day, Bench.csv(world.month.list(day)));
        if (!order.equals("ALL_AT_ONCE")) {
          world.bench.finish();
        }
      }
      world.bench.finish();
      world.check();
    }
  }

  /** One service after another dies at a commit of its own, done or not, until one gets through. */
  @Test
  void findsTheSameHoweverOftenItDies() {
    try (World world = new World(1)) {
      world.clock.advance(Duration.ofDays(10));
      world.month.lists.forEach((day, rows) -> world.bench.upload(day, Bench.csv(rows)));
      Random random = new Random(3);
      int deaths = 0;
      for (boolean crashed = true; crashed && deaths < 500; deaths++) {
        CrashingDataSource dying =
            new CrashingDataSource(
                world.database.dataSource(),
                CrashingDataSource.Crash.values()[deaths % 2],
                1 + random.nextInt(7));
        try (Engine engine =
            new Engine(
                dying,
                world.clock,
                Engine.Options.defaults().withSeed(1000 + deaths),
                world.channel)) {
          new Bench(dying, engine, world.channel, directory).finish();
        } catch (RuntimeException e) {
          assertThat(dying.crashed()).isTrue();
        }
        crashed = dying.crashed();
      }
      assertThat(deaths).isGreaterThan(20);
      world.check();
    }
  }

  /** Services in processes of their own, each killed with SIGKILL in the midst of its work. */
  @Test
  void findsTheSameAfterKillsInTheMiddle() throws Exception {
    try (World world = new World(1)) {
      world.clock.advance(Duration.ofDays(10));
      world.month.lists.forEach((day, rows) -> world.bench.upload(day, Bench.csv(rows)));
      int killed = 0;
      for (int files : new int[] {1, 3, 6, 10, 15, 20, 25}) {
        Process service = ReconcilingProcess.start(world.database.url(), directory, world.clock);
        try {
          while (service.isAlive() && world.taken() < files) {
            LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
          }
        } finally {
          killed += service.isAlive() ? 1 : 0;
          service.destroyForcibly().waitFor();
        }
        Eventually.until("the database has noticed", world.bench::nobodyWorks);
      }
      assertThat(killed).isGreaterThanOrEqualTo(4);
      assertThat(world.taken()).isLessThan(world.month.lists.size());
      Process last = ReconcilingProcess.start(world.database.url(), directory, world.clock);
      assertThat(last.waitFor()).as("see target/reconciling-process.log").isZero();
      world.check();
    }
  }

  @Test
  void anotherMonthIsNotTheSame() {
    try (World world = new World(2)) {
      world.clock.advance(Duration.ofDays(10));
      world.month.lists.forEach((day, rows) -> world.bench.upload(day, Bench.csv(rows)));
      world.bench.finish();
      world.check();
    }
  }

  private final class World implements AutoCloseable {
    final TestDatabase database = TestDatabase.create();
    final SettableClock clock = new SettableClock();
    final ModelChannel channel = new ModelChannel("bank");
    final Engine engine = new Engine(database.dataSource(), clock, channel);
    final Bench bench = new Bench(database.dataSource(), engine, channel, directory);
    final PlantedMonth month;

    World(long seed) {
      engine.wallet("user-1", 1_000_000_000_00L);
      month = new PlantedMonth(engine, channel, clock, seed);
    }

    /** How many files are past being received. */
    long taken() {
      Long count =
          bench.jdbc.queryForObject(
              "select count(*) from statement_file where state <> 'RECEIVED'", Long.class);
      return count == null ? 0 : count;
    }

    void check() {
      assertThat(found(true)).isEqualTo(month.openBreaks);
      // A break that waited and was explained meanwhile leaves its trace; what was planted must be.
      assertThat(found(false)).containsAll(month.closedBreaks);
      long inClearing =
          bench.open().stream()
              .filter(b -> b.ours() != null)
              .filter(
                  b ->
                      switch (b.kind()) {
                        case MISSING_AT_CHANNEL,
                            AMOUNT_DIFFERS,
                            STATUS_DIFFERS,
                            BENEFICIARY_DIFFERS ->
                            true;
                        case MISSING_HERE, DUPLICATE_AT_CHANNEL, RETURN_UNKNOWN, LATE -> false;
                      })
              .mapToLong(b -> Objects.requireNonNull(b.ours()).minor())
              .sum();
      assertThat(bench.balance("CLEARING")).isEqualTo(inClearing);
      assertThat(
              bench.reconciliation.reports().unconfirmed("bank").stream()
                  .mapToLong(Reports.Unconfirmed::minor)
                  .sum())
          .as("what clearing shows by age is all that is in it")
          .isEqualTo(inClearing);
      Invariants.check(engine.jdbc);
      assertThat(
              bench.jdbc.queryForObject(
                  "select count(*) from statement_file where state <> 'DONE'", Long.class))
          .isZero();
    }

    private TreeSet<String> found(boolean open) {
      return bench.breaks().stream()
          .filter(b -> (b.state() != Break.State.CLOSED) == open)
          .map(b -> b.kind() + " " + amount(b))
          .collect(Collectors.toCollection(TreeSet::new));
    }

    private static long amount(Break b) {
      Money theirs = b.theirs();
      return theirs == null ? Objects.requireNonNull(b.ours()).minor() : theirs.minor();
    }

    @Override
    public void close() {
      engine.close();
      database.close();
    }
  }
}
