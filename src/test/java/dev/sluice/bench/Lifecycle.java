package dev.sluice.bench;

import java.util.ArrayList;
import java.util.List;

/** Orders from accepting to the delivered notification, by way of a bank over HTTP. */
final class Lifecycle implements Benchmark {
  static final int ACCOUNTS = 20_000;
  private static final int UNDER_WAY = 256;
  private static final int SETTLE_MILLIS = 20;

  @Override
  public String name() {
    return "lifecycle";
  }

  @Override
  public String what() {
    return "accept, attempt, bank over HTTP, signed callback, SUCCESS, notification delivered";
  }

  @Override
  public Pace pace() {
    return new Pace(3, 12, 30);
  }

  @Override
  public void run(Site site, Pace pace, Report report) throws Exception {
    Postgres postgres = site.postgres();
    Postgres other = postgres.another("baseline");
    try (Line product = Line.start(site, "product", "group", postgres);
        Line baseline = Line.start(site, "baseline", "pipeline", other)) {
      Rounds rounds =
          new Rounds(report, postgres)
              .side("baseline", baseline.server(), baseline.orders()::load)
              .side("product", product.server(), product.orders()::load);
      rounds.run(pace).sum();
      product.check(report);
      baseline.check(report);
      report.atLeast("lifecycle / per-request", rounds.throughput("product", "baseline"), 2.5);
    }
  }

  /** One service with its own database, bank and merchant. */
  record Line(Server server, Postgres postgres, Merchant merchant, Orders orders)
      implements AutoCloseable {
    static Line start(Site site, String name, String mode, Postgres postgres) {
      Bank bank = new Bank("bank-of-" + name, site.work());
      List<String> settings = new ArrayList<>(bank.settings());
      settings.add("--sluice.payouts.enabled=" + mode.equals("group"));
      settings.add("--sluice.webhooks.allow-http=true");
      settings.add("--sluice.webhooks.allowed-ranges=127.0.0.0/8");
      Server server = site.server(name, mode, postgres, settings.toArray(String[]::new));
      bank.start(server.url(), SETTLE_MILLIS);
      server.awaitReady();
      Wallets.fill(postgres, ACCOUNTS, site.secrets().vault());
      Merchant merchant = new Merchant();
      server.post(
          "/v1/webhook-endpoints",
          site.secrets().token("operator", "ops"),
          "{\"url\":\"" + merchant.url() + "\"}");
      Orders orders = new Orders(server, site.secrets(), merchant, ACCOUNTS, UNDER_WAY);
      return new Line(server, postgres, merchant, orders);
    }

    /** Each order was paid once and told of. */
    void check(Report report) {
      long orders = postgres.count("select count(*) from withdrawal");
      long good =
          postgres.count(
              """
              select count(*) from withdrawal w
                join payout_attempt a on a.withdrawal_id = w.id and a.state = 'PAID'
                join transfer t on t.cause = w.id and t.kind = 'POST'
                join notification n on n.withdrawal_id = w.id
               where w.status = 'SUCCESS'
              """);
      report.note(
          "%s: %,d orders, %,d of them paid, posted and told of", server.name(), orders, good);
      report.atMost(server.name() + "'s orders that were not", orders - good, 0);
    }

    @Override
    public void close() {
      orders.close();
      merchant.close();
    }
  }
}
