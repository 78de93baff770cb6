package dev.sluice.bench;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sluice.vault.Vault;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code bin/bench accept|hot}: the product against its baselines, in one run, fsync on, with
 * PostgreSQL, services and load on the same cores. Every claim is a ratio.
 */
public final class Bench implements AutoCloseable {
  private static final int ACCOUNTS = 100_000;
  private static final int CONNECTIONS = 64;
  private static final List<String> MODES = List.of("per-request", "group", "bare");
  private static final Pattern RESULT =
      Pattern.compile(
          "RESULT requests=(\\d+) seconds=([\\d.]+) p50=([\\d.]+) p99=([\\d.]+) status=(\\d+)"
              + " errors=(\\d+)");

  private final Path work;
  private final int seconds;
  private final int rounds;
  private final int warm;
  private final EmbeddedPostgres postgres;
  private final Map<String, Process> servers = new HashMap<>();
  private final Map<String, Integer> ports = new HashMap<>();
  private final byte[] secret =
      "bench-secret-bench-secret-bench-secret".getBytes(StandardCharsets.UTF_8);

  private record Run(double perSecond, double p50, double p99, long errors) {}

  /** Seconds of processor time that the service and all of PostgreSQL have used. */
  private record Used(double service, double database) {}

  private Bench(int seconds, int rounds, int warm) throws IOException, SQLException {
    this.seconds = seconds;
    this.rounds = rounds;
    this.warm = warm;
    this.work = Files.createTempDirectory("sluice-bench");
    this.postgres =
        EmbeddedPostgres.builder()
            .setDataDirectory(work.resolve("postgres"))
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("shared_buffers", "1GB")
            .setServerConfig("max_wal_size", "8GB")
            .setServerConfig("checkpoint_timeout", "15min")
            .setServerConfig("wal_compression", "on")
            .setServerConfig("max_connections", "100")
            .start();
  }

  /**
   * Runs one benchmark: {@code accept} or {@code hot}, with seconds per run, rounds, and seconds of
   * warming up. A compiler that still works takes from whoever is measured.
   */
  public static void main(String[] args) throws Exception {
    String name = args[0];
    int seconds = Integer.parseInt(args[1]);
    int rounds = Integer.parseInt(args[2]);
    int warm = Integer.parseInt(args[3]);
    boolean good;
    try (Bench bench = new Bench(seconds, rounds, warm)) {
      good = bench.run(name);
    }
    System.exit(good ? 0 : 1);
  }

  private boolean run(String name) throws Exception {
    int port = 18_080;
    for (String mode : MODES) {
      start(mode, port++);
    }
    fill();
    Path tokens = writeTokens();
    int users = name.equals("hot") ? 1 : ACCOUNTS;
    System.out.printf(
        "%s: %d connections, %,d accounts, %d s a run, %d rounds, fsync on%n",
        name, CONNECTIONS, users, seconds, rounds);
    for (String mode : MODES) {
      load(mode, tokens, users, "warm", warm);
    }
    Map<String, List<Run>> runs = new HashMap<>();
    for (int round = 1; round <= rounds; round++) {
      for (String mode : MODES) {
        Used before = used(mode);
        Run run = load(mode, tokens, users, "r" + round, seconds);
        Used after = used(mode);
        double orders = run.perSecond * seconds;
        runs.computeIfAbsent(mode, m -> new ArrayList<>()).add(run);
        System.out.printf(
            Locale.ROOT,
            "  round %d  %-12s %,9.0f/s  p50 %6.1f ms  p99 %7.1f ms  %d not 2xx;"
                + "  processor per order: service %4.0f us, database %4.0f us%n",
            round,
            mode,
            run.perSecond,
            run.p50,
            run.p99,
            run.errors,
            (after.service - before.service) * 1e6 / orders,
            (after.database - before.database) * 1e6 / orders);
      }
    }
    return report(name, runs);
  }

  private Used used(String mode) throws IOException {
    Path pidFile = work.resolve("postgres/postmaster.pid");
    ProcessHandle server =
        ProcessHandle.of(Long.parseLong(Files.readAllLines(pidFile).getFirst().strip()))
            .orElseThrow();
    double database =
        server.descendants().mapToDouble(child -> processorSeconds(child.pid())).sum();
    Process service = servers.get(mode);
    return new Used(service == null ? 0 : processorSeconds(service.pid()), database);
  }

  /** User and system time (proc(5), fields 14 and 15, in hundredths of a second). */
  private static double processorSeconds(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
      return (Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12))) / 100.0;
    } catch (IOException e) {
      return 0; // it ended meanwhile
    }
  }

  private boolean report(String name, Map<String, List<Run>> runs) throws IOException {
    double toPerRequest = medianRatio(runs.get("group"), runs.get("per-request"));
    double toBare = medianRatio(runs.get("group"), runs.get("bare"));
    double needed = name.equals("hot") ? 16 : 4;
    boolean noErrors = runs.values().stream().flatMap(List::stream).allMatch(r -> r.errors == 0);
    boolean good = toPerRequest >= needed && noErrors;
    System.out.printf(Locale.ROOT, "%n%-22s %8s %8s%n", "ratio", "reached", "required");
    System.out.printf(
        Locale.ROOT, "%-22s %7.2fx %7.2fx%n", name + " / per-request", toPerRequest, needed);
    System.out.printf(Locale.ROOT, "%-22s %7.2f  %7.2f%n", name + " / bare", toBare, 0.65);
    System.out.println(good ? "reached" : "NOT reached");
    Path out = Path.of("bench", "out", name + ".json");
    Files.createDirectories(out.getParent());
    Files.writeString(
        out,
        String.format(
            Locale.ROOT,
            "{\"name\":\"%s\",\"perRequest\":%.3f,\"bare\":%.3f,\"required\":%.2f,\"reached\":%s}%n",
            name,
            toPerRequest,
            toBare,
            needed,
            good));
    return good;
  }

  /** The median of the rounds' ratios: what drifts between rounds drops out. */
  private static double medianRatio(List<Run> a, List<Run> b) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < a.size(); i++) {
      ratios.add(a.get(i).perSecond / b.get(i).perSecond);
    }
    ratios.sort(null);
    return ratios.get(ratios.size() / 2);
  }

  private Run load(String mode, Path tokens, int users, String tag, int forSeconds)
      throws IOException, InterruptedException {
    Process wrk =
        new ProcessBuilder(
                "wrk",
                "-t1",
                "-c" + CONNECTIONS,
                "-d" + forSeconds + "s",
                "--timeout",
                "20s",
                "-s",
                "bin/support/withdraw.lua",
                "http://127.0.0.1:" + ports.get(mode) + "/v1/withdrawals",
                "--",
                tokens.toString(),
                mode + "-" + tag,
                String.valueOf(users))
            .redirectErrorStream(true)
            .start();
    String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    wrk.waitFor();
    Matcher matcher = RESULT.matcher(output);
    if (!matcher.find()) {
      throw new IllegalStateException("wrk said: " + output);
    }
    return new Run(
        Double.parseDouble(matcher.group(1)) / Double.parseDouble(matcher.group(2)),
        Double.parseDouble(matcher.group(3)),
        Double.parseDouble(matcher.group(4)),
        Long.parseLong(matcher.group(5)) + Long.parseLong(matcher.group(6)));
  }

  private void start(String mode, int port) throws Exception {
    Path keyset = work.resolve("keyset.json");
    if (!Files.exists(keyset)) {
      Files.writeString(keyset, Vault.newKeyset());
    }
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:+UseParallelGC",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.sluice.bench.BenchServer",
            mode,
            "--server.port=" + port,
            "--server.address=127.0.0.1",
            "--sluice.database.url=" + postgres.getJdbcUrl("postgres", "postgres"),
            "--sluice.database.user=postgres",
            "--sluice.database.password=postgres",
            "--sluice.payouts.enabled=false",
            "--sluice.jwt.hmac-secret=" + Base64.getEncoder().encodeToString(secret),
            "--sluice.jwt.issuer=bench",
            "--sluice.jwt.audience=sluice",
            "--sluice.vault.keyset=" + Files.readString(keyset),
            "--sluice.vault.fingerprint-key=" + Base64.getEncoder().encodeToString(secret));
    Process process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(work.resolve(mode + ".log").toFile())
            .start();
    servers.put(mode, process);
    ports.put(mode, port);
    HttpClient http = HttpClient.newHttpClient();
    HttpRequest ready =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness"))
            .timeout(Duration.ofSeconds(2))
            .build();
    for (int i = 0; i < 240 && process.isAlive(); i++) {
      try {
        if (http.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // not yet
      }
      TimeUnit.MILLISECONDS.sleep(250);
    }
    throw new IllegalStateException(
        mode + " did not start: " + Files.readString(work.resolve(mode + ".log")));
  }

  private void fill() throws SQLException {
    try (Connection c = postgres.getPostgresDatabase().getConnection();
        Statement s = c.createStatement()) {
      s.execute(
          """
          insert into account (kind, owner, currency, available, created_at)
          select 'USER', 'B' || i, 'CNY', 1000000000000, now() from generate_series(1, %d) i
          """
              .formatted(ACCOUNTS));
      s.execute(
          """
          insert into account (kind, owner, currency, created_at) values ('FUNDING', '-', 'CNY', now())
          """);
      s.execute(
          """
          insert into transfer (cause, step, kind, debit_account, credit_account, amount, currency, at)
          select gen_random_uuid(), 1, 'TOP_UP', f.id, a.id, a.available, 'CNY', now()
            from account a, account f where a.kind = 'USER' and f.kind = 'FUNDING'
          """);
      s.execute(
          """
          insert into beneficiary (id, user_id, kind, fingerprint, masked, sealed, created_at)
          select gen_random_uuid(), 'B' || i, 'CARD', gen_random_uuid(), '622208******1234', 'x', now()
            from generate_series(1, %d) i
          """
              .formatted(ACCOUNTS));
      s.execute("vacuum analyze");
      s.execute("checkpoint");
    }
  }

  private Path writeTokens() throws IOException, JOSEException {
    MACSigner signer = new MACSigner(secret);
    Date expiry = new Date(System.currentTimeMillis() + 6 * 3_600_000L);
    Path file = work.resolve("tokens.txt");
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int i = 1; i <= ACCOUNTS; i++) {
        SignedJWT jwt =
            new SignedJWT(
                new JWSHeader(JWSAlgorithm.HS256),
                new JWTClaimsSet.Builder()
                    .subject("B" + i)
                    .issuer("bench")
                    .audience("sluice")
                    .expirationTime(expiry)
                    .claim("scope", "withdrawals")
                    .build());
        jwt.sign(signer);
        out.write("B" + i + " " + jwt.serialize() + "\n");
      }
    }
    return file;
  }

  @Override
  public void close() throws IOException {
    for (Process server : servers.values()) {
      server.destroy();
    }
    for (Process server : servers.values()) {
      try {
        server.waitFor(30, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    postgres.close();
    try (var files = Files.walk(work)) {
      files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
    }
  }
}
