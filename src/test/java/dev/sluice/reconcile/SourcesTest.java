package dev.sluice.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channel.BillDownload.Bill;
import dev.sluice.channel.TestPeer;
import dev.sluice.channel.TestPeer.Said;
import dev.sluice.money.Ids;
import dev.sluice.reconcile.format.Limits;
import dev.sluice.review.ReviewConfiguration;
import dev.sluice.support.Engine;
import dev.sluice.support.SettableClock;
import dev.sluice.support.TestDatabase;
import dev.sluice.vault.Vault;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** How files come in: out of directories, from channels, over HTTP and SFTP. */
class SourcesTest {
  /** The clock starts at 16:00 of this Sunday in Shanghai. */
  private static final LocalDate TODAY = LocalDate.of(2026, 3, 1);

  @TempDir Path directory;
  private TestDatabase database;
  private JdbcTemplate jdbc;
  private SettableClock clock;
  private FileStore files;
  private Receiving receiving;
  private Rejections rejections;

  @BeforeEach
  void start() {
    database = TestDatabase.create();
    jdbc = new JdbcTemplate(database.dataSource());
    clock = new SettableClock();
    files = new FileStore(jdbc);
    Ids ids = new Ids(clock, new Random(1));
    Vault vault = new Vault(Engine.keyset(), new byte[32]);
    receiving =
        new Receiving(files, new EvidenceFiles(directory.resolve("kept"), vault, 1000), clock, ids);
    rejections =
        new Rejections(
            new ReviewConfiguration().reviewCases(jdbc, ids),
            new ReconcileMetrics(new SimpleMeterRegistry()),
            new TransactionTemplate(new JdbcTransactionManager(database.dataSource())),
            clock);
  }

  @AfterEach
  void stop() {
    database.close();
  }

  private Source source(@Nullable String dateInName, FetchSettings fetch) {
    ReconcileSettings all = Bench.settings(directory, "bank");
    ReconcileSettings.Source s =
        new ReconcileSettings.Source(
            "bank",
            ReconcileSettings.Format.CSV,
            null,
            "CNY",
            false,
            Bench.ZONE,
            LocalTime.MIDNIGHT,
            Duration.ofMinutes(30),
            false,
            List.of(LocalDate.of(2026, 2, 23)),
            List.of(),
            LocalDate.of(2026, 2, 20),
            Map.of(),
            Bench.CSV,
            directory.resolve("drop"),
            dateInName,
            fetch);
    return Source.of("bank", s, Duration.ofDays(7), all);
  }

  private static FetchSettings fetch(
      FetchSettings.From from, @Nullable String url, @Nullable String hostKey) {
    return new FetchSettings(
        from,
        url,
        null,
        LocalTime.of(3, 30),
        Duration.ofMinutes(30),
        7,
        Duration.ofDays(1),
        Duration.ofSeconds(20),
        "Bearer abc",
        hostKey,
        null,
        null,
        "secret",
        true);
  }

  private Path drop(String name, String content, Instant at) throws IOException {
    Path file = Files.createDirectories(directory.resolve("drop")).resolve(name);
    Files.writeString(file, content);
    Files.setLastModifiedTime(file, FileTime.from(at));
    return file;
  }

  private List<StatementFile> kept() {
    return files.page(null, null, 100);
  }

  @Test
  void takesFilesFromADirectoryOnceTheyAreWhole() throws IOException {
    DropDirectory drops = new DropDirectory(receiving, rejections, clock);
    Source source = source("yyyyMMdd", FetchSettings.NEVER);
    Instant old = clock.instant().minusSeconds(60);
    Path whole = drop("bank-20260227.csv", "a", old);
    Path again = drop("copy-20260227.csv", "a", old);
    Path writing = drop("bank-20260228.csv", "b", clock.instant().minusSeconds(2));
    Path part = drop("bank-20260226.csv.part", "c", old);
    Path huge = drop("huge.csv", "x".repeat(2000), old);
    Files.createSymbolicLink(directory.resolve("drop/link.csv"), Path.of("/etc/hostname"));

    assertThat(drops.take(source)).isEqualTo(3);

    assertThat(kept())
        .singleElement()
        .satisfies(
            f -> {
              assertThat(f.businessDate()).isEqualTo(LocalDate.of(2026, 2, 27));
              assertThat(f.origin()).isEqualTo(StatementFile.Origin.DIRECTORY);
            });
    assertThat(List.of(writing, part)).allMatch(Files::exists);
    assertThat(List.of(whole, again, huge)).noneMatch(Files::exists);
    assertThat(directory.resolve("drop/rejected/huge.csv")).exists();
    assertThat(
            jdbc.queryForList(
                "select detail from review_case where kind = 'STATEMENT'", String.class))
        .singleElement()
        .asString()
        .contains("huge.csv", "TOO_LARGE");
  }

  @Test
  void fetchesEachBusinessDayAtItsHourAgainUntilItIsThereAndOnceMoreLater() throws IOException {
    int[] asked = {0};
    Fetching fetching =
        new Fetching(
            new FetchStore(jdbc),
            receiving,
            rejections,
            Map.of(
                "bank",
                (day, kind, into, maxBytes) -> {
                  asked[0]++;
                  Files.writeString(into, day + " " + (asked[0] > 7));
                  return asked[0] == 1
                      ? new Bill.NotNow("CREATING")
                      : new Bill.Fetched(day + ".csv");
                }),
            clock,
            directory,
            1000);
    Source source = source(null, fetch(FetchSettings.From.CHANNEL, null, null));

    // Friday the 27th and the four days before, but for a holiday; no weekend has a day.
    while (fetching.one(source) > 0) {
      // goes on
    }
    assertThat(kept())
        .extracting(StatementFile::businessDate)
        .containsExactlyInAnyOrder(
            LocalDate.of(2026, 2, 25), LocalDate.of(2026, 2, 26), LocalDate.of(2026, 2, 27));
    assertThat(fetching.one(source)).isZero();

    clock.advance(Duration.ofMinutes(31));
    assertThat(fetching.one(source)).as("the first is tried again").isOne();
    assertThat(kept()).hasSize(4);

    // Monday 03:29, and 03:30 on Tuesday for Monday's.
    assertThat(Fetching.dueAt(source, TODAY.plusDays(1)))
        .isEqualTo(TODAY.plusDays(2).atTime(3, 30).atZone(Bench.ZONE).toInstant());
    clock.advance(Duration.between(clock.instant(), Fetching.dueAt(source, TODAY.plusDays(1))));
    assertThat(fetching.one(source)).isOne();
    assertThat(kept()).extracting(StatementFile::businessDate).contains(TODAY.plusDays(1));
    clock.advance(Duration.ofDays(1).minusSeconds(1));
    int before = kept().size();
    clock.advance(Duration.ofSeconds(1));
    assertThat(fetching.one(source)).as("once more, in case it was corrected").isOne();
    assertThat(kept().size()).isGreaterThanOrEqualTo(before);
  }

  @Test
  void fetchesOverHttp() throws IOException {
    try (TestPeer peer = new TestPeer()) {
      peer.answer(
          request ->
              request.uri().getPath().equals("/out/bank-20260227.csv")
                  ? new Said(200, Map.of(), "content")
                  : new Said(404, Map.of(), ""));
      FetchSettings settings =
          fetch(FetchSettings.From.URL, peer.url() + "/out/bank-{yyyyMMdd}.csv", null);
      settings.check("bank");
      Path into = directory.resolve("fetched");

      assertThat(UrlFetch.fetch(settings, "bank", LocalDate.of(2026, 2, 27), into, 1000))
          .isEqualTo(new Bill.Fetched("bank-20260227.csv"));
      assertThat(into).hasContent("content");
      assertThat(peer.asked().getFirst().headers()).containsEntry("authorization", "Bearer abc");
      assertThat(UrlFetch.fetch(settings, "bank", LocalDate.of(2026, 2, 28), into, 1000))
          .isEqualTo(new Bill.NotNow("HTTP_404"));
      assertThat(UrlFetch.fetch(settings, "bank", LocalDate.of(2026, 2, 27), into, 3))
          .isEqualTo(new Bill.NotNow("REPLY_TOO_LONG"));
    }
  }

  @Test
  void fetchesOverSftpFromTheKnownServerOnly() throws Exception {
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(2048);
    KeyPair host = rsa.generateKeyPair();
    Path root = Files.createDirectories(directory.resolve("server/out"));
    Files.writeString(root.resolve("260227.sta"), "content");
    try (SshServer server = SshServer.setUpDefaultServer()) {
      server.setHost("127.0.0.1");
      server.setPort(0);
      server.setKeyPairProvider(KeyPairProvider.wrap(host));
      server.setPasswordAuthenticator(
          (user, password, session) -> user.equals("sluice") && password.equals("secret"));
      server.setSubsystemFactories(List.of(new SftpSubsystemFactory()));
      server.setFileSystemFactory(new VirtualFileSystemFactory(root.getParent()));
      server.start();
      String url = "sftp://sluice@127.0.0.1:" + server.getPort() + "/out/{yyMMdd}.sta";
      String key = PublicKeyEntry.toString(host.getPublic());
      FetchSettings settings = fetch(FetchSettings.From.URL, url, key);
      Path into = directory.resolve("fetched");

      assertThat(UrlFetch.fetch(settings, "bank", LocalDate.of(2026, 2, 27), into, 1000))
          .isEqualTo(new Bill.Fetched("260227.sta"));
      assertThat(into).hasContent("content");
      assertThat(UrlFetch.fetch(settings, "bank", LocalDate.of(2026, 2, 28), into, 1000))
          .isEqualTo(new Bill.NotNow("NO_SUCH_FILE"));
      String other = PublicKeyEntry.toString(rsa.generateKeyPair().getPublic());
      assertThatThrownBy(
              () ->
                  UrlFetch.fetch(
                      fetch(FetchSettings.From.URL, url, other),
                      "bank",
                      LocalDate.of(2026, 2, 27),
                      into,
                      1000))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void refusesAddressesThatCannotWork() {
    assertThatThrownBy(
            () -> fetch(FetchSettings.From.URL, "ftp://bank/{yyyyMMdd}", null).check("bank"))
        .hasMessageContaining("https or sftp");
    assertThatThrownBy(
            () -> fetch(FetchSettings.From.URL, "https://bank/today", null).check("bank"))
        .hasMessageContaining("{yyyyMMdd}");
    assertThatThrownBy(
            () -> fetch(FetchSettings.From.URL, "sftp://u@bank/{yyyyMMdd}", null).check("bank"))
        .hasMessageContaining("host-key");
    assertThat(Limits.DEFAULT.maxMembers()).isPositive();
  }
}
