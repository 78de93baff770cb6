package dev.sluice.bench;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** Orders looked up and listed while others are accepted. */
final class Read implements Benchmark {
  private static final int ACCOUNTS = 2_000;
  private static final int READERS = 16;
  private static final int ROWS_PER_STATEMENT = 1_000;
  private static final int FILL_SECONDS = 3;
  private static final int CAPACITY_SECONDS = 5;

  /** Of those who write, before what they can take is measured. */
  private static final int WRITERS_WARM_SECONDS = 20;

  /** How much of what it can take is accepted all the while. */
  private static final double STEADY = 0.1;

  @Override
  public String name() {
    return "read";
  }

  @Override
  public String what() {
    return "orders by id, and every fourth time a list of 20, while others are accepted";
  }

  @Override
  public Pace pace() {
    return new Pace(5, 6, 50);
  }

  @Override
  public void run(Site site, Pace pace, Report report) throws Exception {
    Postgres postgres = site.postgres();
    Server product = site.server("group", "group", postgres, "--sluice.payouts.enabled=false");
    product.awaitReady();
    Server bare = site.server("bare", "bare", postgres, "--sluice.payouts.enabled=false");
    Wallets.fill(postgres, ACCOUNTS);
    new SqlLimit(postgres, ROWS_PER_STATEMENT, 2, ACCOUNTS).load(FILL_SECONDS);
    postgres.execute("vacuum analyze");
    Path file = site.secrets().usersFile(site.work(), ACCOUNTS);
    List<String> users = Files.readAllLines(file);
    Wrk writer = new Wrk(file);
    Wrk reader = new Wrk(orders(site, postgres));
    bare.awaitReady();
    writer.withdraw(product, ACCOUNTS, WRITERS_WARM_SECONDS);
    writer.withdraw(bare, ACCOUNTS, WRITERS_WARM_SECONDS);
    double steady = STEADY * writer.withdraw(product, ACCOUNTS, CAPACITY_SECONDS).perSecond();
    Writers ofProduct = new Writers(new OpenLoad(product, "while-read", users), steady);
    Writers ofBare = new Writers(new OpenLoad(bare, "while-read", users), steady);
    Answers alone = ofProduct.alone(pace.seconds());
    Rounds rounds =
        new Rounds(report, postgres)
            .side("bare", bare, seconds -> ofBare.beside(read(reader, bare), seconds))
            .side("product", product, seconds -> ofProduct.beside(read(reader, product), seconds));
    rounds.run(pace).sum();
    report.note(
        "%,.0f orders a second all the while: %.1f %% accepted and p99 %.1f ms alone,"
            + " %.1f %% and %.1f ms beside the readers",
        steady,
        alone.acceptedPercent(),
        alone.acceptedMillis(0.99),
        ofProduct.last().acceptedPercent(),
        ofProduct.last().acceptedMillis(0.99));
    report.atLeast("read / bare", rounds.throughput("product", "bare"), 0.5);
    report.atLeast(
        "accepted with readers / without",
        ofProduct.last().acceptedPercent() / alone.acceptedPercent(),
        0.8);
  }

  private static Rounds.Work read(Wrk reader, Server server) {
    return seconds -> reader.run("read.lua", server, ACCOUNTS, seconds, READERS);
  }

  /**
   * A line "user token order" for each user who has one. The tokens may read everyone's orders, for
   * the baseline doesn't know whose they are.
   */
  private static Path orders(Site site, Postgres postgres) throws IOException, SQLException {
    Path file = site.work().resolve("orders.txt");
    try (BufferedWriter out = Files.newBufferedWriter(file);
        Connection c = postgres.connect();
        Statement s = c.createStatement();
        ResultSet row =
            s.executeQuery(
                "select distinct on (account_id) user_id, id from withdrawal order by account_id,"
                    + " id")) {
      while (row.next()) {
        String user = row.getString(1);
        String token = site.secrets().token(user, "withdrawals ops");
        out.write("%s %s %s%n".formatted(user, token, row.getString(2)));
      }
    }
    return file;
  }

  /** Orders that come steadily, in a thread of their own. */
  private static final class Writers {
    private final OpenLoad load;
    private final double perSecond;
    private Answers last = new Answers(0, 1);

    Writers(OpenLoad load, double perSecond) {
      this.load = load;
      this.perSecond = perSecond;
    }

    Answers alone(int seconds) throws IOException {
      return load.run(perSecond, seconds);
    }

    Load beside(Rounds.Work readers, int seconds) throws Exception {
      Callable<Answers> writing = () -> load.run(perSecond, seconds);
      FutureTask<Answers> task = new FutureTask<>(writing);
      Thread.ofPlatform().daemon().name("writers").start(task);
      Load read = readers.load(seconds);
      last = task.get();
      return read;
    }

    Answers last() {
      return last;
    }
  }
}
