package dev.sluice.bench;

/** Single orders over HTTP, all from one account. */
final class Hot implements Benchmark {
  @Override
  public String name() {
    return "hot";
  }

  @Override
  public String what() {
    return "single orders over HTTP, 64 connections, all on one account";
  }

  @Override
  public Pace pace() {
    return new Pace(5, 6, 35);
  }

  @Override
  public void run(Site site, Pace pace, Report report) throws Exception {
    Postgres postgres = site.postgres();
    Server product = site.server("group", "group", postgres, "--sluice.payouts.enabled=false");
    product.awaitReady();
    Server perRequest =
        site.server("per-request", "per-request", postgres, "--sluice.payouts.enabled=false");
    Wallets.fill(postgres, Accept.ACCOUNTS);
    Wrk wrk = new Wrk(site.secrets().usersFile(site.work(), Accept.ACCOUNTS));
    perRequest.awaitReady();
    if (pace.warmSeconds() > 0) {
      // It does a sixteenth of the product's orders, so that it takes longer to be compiled as
      // well.
      wrk.withdraw(perRequest, Accept.ACCOUNTS, pace.warmSeconds());
    }
    Rounds rounds =
        new Rounds(report, postgres)
            .side("per-request", perRequest, seconds -> wrk.withdraw(perRequest, 1, seconds))
            .side("hot", product, seconds -> wrk.withdraw(product, 1, seconds))
            .side("accept", product, seconds -> wrk.withdraw(product, Accept.ACCOUNTS, seconds));
    rounds.run(pace).sum();
    report.atLeast("hot / per-request", rounds.throughput("hot", "per-request"), 16);
    report.atLeast("hot / accept", rounds.throughput("hot", "accept"), 0.85);
  }
}
