package dev.sluice.bench;

/** Single orders over HTTP, from many accounts. */
final class Accept implements Benchmark {
  static final int ACCOUNTS = 100_000;

  @Override
  public String name() {
    return "accept";
  }

  @Override
  public String what() {
    return "single orders over HTTP, 64 connections, 100,000 accounts";
  }

  @Override
  public Pace pace() {
    return new Pace(7, 5, 70);
  }

  @Override
  public void run(Site site, Pace pace, Report report) throws Exception {
    Postgres postgres = site.postgres();
    // The first one migrates; the others find it done.
    Server product = site.server("group", "group", postgres, "--sluice.payouts.enabled=false");
    product.awaitReady();
    Server perRequest =
        site.server("per-request", "per-request", postgres, "--sluice.payouts.enabled=false");
    Server bare = site.server("bare", "bare", postgres, "--sluice.payouts.enabled=false");
    Wallets.fill(postgres, ACCOUNTS);
    Wrk wrk = new Wrk(site.secrets().usersFile(site.work(), ACCOUNTS));
    perRequest.awaitReady();
    bare.awaitReady();
    Rounds rounds = new Rounds(report, postgres);
    for (Server server : new Server[] {perRequest, product, bare}) {
      rounds.side(server.name(), server, seconds -> wrk.withdraw(server, ACCOUNTS, seconds));
    }
    rounds.run(pace).sum();
    report.atLeast("accept / per-request", rounds.throughput("group", "per-request"), 4);
    report.atLeast("accept / bare", rounds.throughput("group", "bare"), 0.65);
    report.atMost(
        "accept's p99 / per-request's", rounds.ratio("group", "per-request", Load::p99Millis), 0.1);
  }
}
