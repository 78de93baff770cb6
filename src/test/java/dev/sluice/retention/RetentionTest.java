package dev.sluice.retention;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import dev.sluice.payout.Timeline;
import dev.sluice.support.Engine;
import dev.sluice.support.Invariants;
import dev.sluice.vault.Vault;
import dev.sluice.withdrawal.AcceptResult;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalState;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import tools.jackson.databind.json.JsonMapper;

/** What only tells of finished orders leaves the hot tables, and nothing is lost by it. */
class RetentionTest {
  private final Shelf shelf = new Shelf();
  private final Engine engine = shelf.engine;

  @AfterEach
  void close() {
    Invariants.check(shelf.jdbc);
    shelf.close();
  }

  private List<Timeline.Entry> timeline(Withdrawal order) {
    return engine.payouts.timeline().of(order.id());
  }

  @Test
  void archivesWhatIsFinishedAndOldAndNothingElse() {
    Withdrawal paid = shelf.paid("k1");
    Withdrawal refused = shelf.refused("k2");
    Withdrawal inReview = engine.accepted("u1", "k3", 200_000);
    shelf.later(Shelf.KEEP.minusSeconds(1));
    Withdrawal young = shelf.paid("k4");
    shelf.archive();
    assertThat(shelf.count("select count(*) from archived_order")).isZero();

    shelf.later(Duration.ofSeconds(2));
    Invariants.check(shelf.jdbc);
    shelf.archive();

    assertThat(shelf.parts(paid)).isEqualTo(1);
    assertThat(shelf.parts(refused)).isEqualTo(1);
    assertThat(shelf.hotRows(paid) + shelf.hotRows(refused)).isZero();
    assertThat(shelf.parts(young)).isZero();
    assertThat(shelf.hotRows(young)).isPositive();
    assertThat(engine.find(inReview.id()).status()).isEqualTo(WithdrawalState.REVIEW);
    assertThat(shelf.parts(inReview)).isZero();
    assertThat(shelf.hotRows(inReview)).isPositive();
    assertThat(
            shelf.jdbc.queryForMap(
                """
                select status, version, moves, messages, decisions, notices, deliveries
                  from archived_order where withdrawal_id = ?
                """,
                paid.id()))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "status",
                "SUCCESS",
                "version",
                3,
                "moves",
                2,
                "messages",
                2,
                "decisions",
                0,
                "notices",
                1,
                "deliveries",
                1));
  }

  @Test
  void showsTheSameTimelineBeforeAndAfter() {
    List<Withdrawal> orders = List.of(shelf.paid("k1"), shelf.refused("k2"));
    List<List<Timeline.Entry>> before = orders.stream().map(this::timeline).toList();
    assertThat(before).allSatisfy(entries -> assertThat(entries).hasSizeGreaterThan(6));
    assertThat(before.get(1)).anyMatch(e -> e.kind() == Timeline.Kind.DECISION);
    shelf.later(Shelf.KEEP.plusDays(1));
    shelf.archive();
    assertThat(orders).allMatch(order -> shelf.parts(order) == 1);
    assertThat(orders.stream().map(this::timeline)).containsExactlyElementsOf(before);
  }

  @Test
  void givesEveryColumnBackAsItWas() {
    shelf.paid("k1");
    shelf.refused("k2");
    List<String> before = shelf.hotRows();
    assertThat(Shelf.TABLES)
        .allSatisfy(table -> assertThat(before).anyMatch(row -> row.startsWith(table + " ")));
    shelf.later(Shelf.KEEP.plusDays(1));
    shelf.archive();
    assertThat(shelf.hotRows()).isEmpty();
    assertThat(shelf.archivedRows()).containsExactlyInAnyOrderElementsOf(before);
  }

  static Stream<Arguments> whatIsOpen() {
    return Stream.of(
        Arguments.of(
            "a review case",
            """
            insert into review_case (id, withdrawal_id, kind, detail, opened_at)
            select gen_random_uuid(), id, 'RETURN', 'x', created_at from withdrawal
            """,
            """
            update review_case set state = 'RESOLVED', decision = 'NOTED', resolved_by = 'ops-1',
                   resolved_at = opened_at
            """),
        Arguments.of(
            "a contradiction",
            """
            insert into contradiction (attempt_id, withdrawal_id, channel, detail, state, due_at,
                   opened_at, updated_at)
            select a.id, a.withdrawal_id, a.channel, 'x', 'ASKING', now(), now(), now()
              from payout_attempt a
            """,
            "update contradiction set state = 'SETTLED', due_at = null"),
        Arguments.of(
            "a compensation",
            """
            insert into compensation (withdrawal_id, code, actor, state, due_at, logged_at, updated_at)
            select id, 'X', 'x', 'PENDING', now(), now(), now() from withdrawal
            """,
            "update compensation set state = 'STOPPED', due_at = null"),
        Arguments.of(
            "a message that isn't applied",
            """
            insert into channel_message (id, channel, source, attempt_id, withdrawal_id, kind,
                   received_at)
            select gen_random_uuid(), 'bank', 'CALLBACK', a.id, a.withdrawal_id, 'PAID', a.created_at
              from payout_attempt a
            """,
            "update channel_message set applied_at = received_at, effect = 'x' where effect is"
                + " null"),
        Arguments.of(
            "a delivery",
            """
            update notification_delivery
               set state = 'PENDING', due_at = created_at, leased_until = created_at
            """,
            """
            update notification_delivery
               set state = 'GIVEN_UP', due_at = null, leased_until = null
            """),
        Arguments.of(
            "a difference to a statement",
            """
            insert into statement_break (id, source, channel, run_id, business_date, kind, subject,
                   withdrawal_id, risk_minor, risk_currency, detail, state, opened_at)
            select gen_random_uuid(), 'bank', 'bank', gen_random_uuid(), current_date,
                   'AMOUNT_DIFFERS', id, id, 1, 'CNY', 'x', 'OPEN', now() from withdrawal
            """,
            """
            update statement_break set state = 'CLOSED', closed_by = 'ops-1', closed_at = now(),
                   decision = 'NOTED'
            """));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("whatIsOpen")
  void leavesAnOrderWithSomethingOpenAndComesBackLater(String what, String open, String close) {
    Withdrawal order = shelf.paid("k1");
    shelf.later(Shelf.KEEP.plusDays(1));
    assertThat(shelf.jdbc.update(open)).as(what).isEqualTo(1);
    int rows = shelf.hotRows(order);
    shelf.archive();
    assertThat(shelf.parts(order)).isZero();
    assertThat(shelf.hotRows(order)).isEqualTo(rows);
    assertThat(shelf.count("select count(*) from retention_left")).isEqualTo(1);

    assertThat(shelf.jdbc.update(close)).isEqualTo(1);
    shelf.archive();
    assertThat(shelf.parts(order)).as("not before it is looked at again").isZero();
    shelf.later(Shelf.LOOK_AGAIN);
    shelf.archive();
    assertThat(shelf.parts(order)).isEqualTo(1);
    assertThat(shelf.hotRows(order)).isZero();
    assertThat(shelf.count("select count(*) from retention_left")).isZero();
  }

  @Test
  void keepsAnOrderThatEndedLateAsLongAsAnyOther() {
    Withdrawal order = engine.accepted("u1", "k1", 10_000);
    shelf.later(Shelf.KEEP.plusDays(1));
    shelf.archive();
    assertThat(shelf.count("select count(*) from retention_left")).isEqualTo(1);
    engine.settle();
    shelf.delivered();
    assertThat(engine.find(order.id()).status()).isEqualTo(WithdrawalState.SUCCESS);
    shelf.later(Shelf.KEEP.minusDays(1));
    shelf.archive();
    assertThat(shelf.parts(order)).isZero();
    shelf.later(Duration.ofDays(3));
    shelf.archive();
    assertThat(shelf.parts(order)).isEqualTo(1);
  }

  @Test
  void theKeyOfAnArchivedOrderStillAnswersWithIt() {
    Withdrawal order = shelf.paid("k1");
    shelf.later(Shelf.KEEP.plusDays(1));
    shelf.archive();
    assertThat(shelf.parts(order)).isEqualTo(1);
    AcceptResult again = engine.withdraw("u1", "k1", 10_000);
    assertThat(again).isInstanceOf(AcceptResult.Replayed.class);
    assertThat(((AcceptResult.Replayed) again).withdrawal().id()).isEqualTo(order.id());
    engine.settle();
    assertThat(shelf.bank.payments()).isEqualTo(1);
    assertThat(shelf.count("select count(*) from withdrawal")).isEqualTo(1);
  }

  @Test
  void whatWasTakenOnceIsTakenNoMoreAlthoughItIsArchived() {
    Withdrawal order = shelf.paid("k1");
    String number = engine.requestNumber(order.id());
    engine.callback("bank", number, "RETURNED", 9_000, "return-1");
    shelf.delivered();
    shelf.later(Shelf.KEEP.plusDays(1));
    shelf.archive();
    assertThat(shelf.hotRows(order)).isZero();

    engine.callback("bank", number, "PAID", 10_000, "ref-k1");
    engine.callback("bank", number, "RETURNED", 9_000, "return-1");

    assertThat(shelf.hotRows(order)).isZero();
    assertThat(shelf.count("select count(*) from review_case")).isZero();
    assertThat(engine.account("u1").available().minor()).isEqualTo(999_000);
  }

  @Test
  void refundsAReturnThatComesAfterwardsAndArchivesItAsAFurtherPart() {
    Withdrawal order = shelf.paid("k1");
    shelf.later(Shelf.KEEP.plusDays(1));
    shelf.archive();
    assertThat(shelf.parts(order)).isEqualTo(1);

    engine.callback("bank", engine.requestNumber(order.id()), "RETURNED", 10_000, "return-1");
    assertThat(engine.find(order.id()).status()).isEqualTo(WithdrawalState.REFUNDED);
    assertThat(engine.account("u1").available().minor()).isEqualTo(1_000_000);
    assertThat(shelf.hotRows(order)).isEqualTo(3);
    Invariants.check(shelf.jdbc);
    List<Timeline.Entry> before = timeline(order);
    assertThat(before.stream().filter(e -> e.kind() == Timeline.Kind.STATE).map(e -> e.code()))
        .containsExactly("PENDING", "PROCESSING", "SUCCESS", "REFUNDED");
    shelf.later(Duration.ofSeconds(1));
    shelf.delivered();

    shelf.later(Shelf.KEEP.minusDays(1));
    shelf.archive();
    assertThat(shelf.parts(order)).isEqualTo(1);
    shelf.later(Duration.ofDays(3));
    shelf.archive();
    assertThat(shelf.parts(order)).isEqualTo(2);
    assertThat(shelf.hotRows(order)).isZero();
    assertThat(timeline(order)).isEqualTo(before);
    assertThat(
            shelf.jdbc.queryForMap(
                "select status, version, moves, notices from archived_order where part = 2"))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("status", "REFUNDED", "version", 4, "moves", 1, "notices", 1));
  }

  @Test
  void archivesAMessageThatChangesNothingButComesLate() {
    Withdrawal order = shelf.paid("k1");
    shelf.later(Shelf.KEEP.plusDays(1));
    shelf.archive();
    engine.callback("bank", engine.requestNumber(order.id()), "PAID", 10_000, "once more");
    assertThat(shelf.hotRows(order)).isEqualTo(1);
    List<Timeline.Entry> before = timeline(order);
    shelf.later(Shelf.KEEP.plusDays(1));
    shelf.archive();
    assertThat(shelf.hotRows(order)).isZero();
    assertThat(shelf.parts(order)).isEqualTo(2);
    assertThat(timeline(order)).isEqualTo(before);
  }

  @Test
  void anArchivedNoticeIsListedAndSentAgainNoMore() {
    shelf.paid("k1");
    UUID event = shelf.endpoints.deliveries(shelf.endpoint, null, 10).getFirst().eventId();
    shelf.later(Shelf.KEEP.plusDays(1));
    assertThat(shelf.endpoints.redeliver(shelf.endpoint, event)).isTrue();
    shelf.archive();
    assertThat(shelf.endpoints.deliveries(shelf.endpoint, null, 10)).hasSize(1);
    shelf.delivered();
    shelf.later(Shelf.KEEP.plusDays(1));
    shelf.archive();
    assertThat(shelf.endpoints.deliveries(shelf.endpoint, null, 10)).isEmpty();
    assertThat(shelf.endpoints.redeliver(shelf.endpoint, event)).isFalse();
  }

  @Test
  void aRotatedVaultOpensWhatIsArchived() throws GeneralSecurityException {
    Withdrawal order = shelf.paid("k1");
    String number = engine.requestNumber(order.id());
    shelf.later(Shelf.KEEP.plusDays(1));
    shelf.archive();
    KeysetHandle keys =
        TinkJsonProtoKeysetFormat.parseKeyset(Engine.keyset(), InsecureSecretKeyAccess.get());
    KeysetHandle more =
        KeysetHandle.newBuilder(keys)
            .addEntry(
                KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                    .withRandomId()
                    .makePrimary())
            .build();
    Vault rotated =
        new Vault(
            TinkJsonProtoKeysetFormat.serializeKeyset(more, InsecureSecretKeyAccess.get()),
            new byte[32]);
    String document =
        Shelf.unpacked(
            Objects.requireNonNull(
                shelf.jdbc.queryForObject("select content from archived_order", byte[].class)));
    List<String> opened = new ArrayList<>();
    JsonMapper.shared()
        .readTree(document)
        .required("channel_message")
        .forEach(
            row -> {
              if (!row.required("raw").isNull()) {
                String hex = row.required("raw").stringValue().substring("\\x".length());
                opened.add(rotated.openText(HexFormat.of().parseHex(hex), "callback"));
              }
            });
    assertThat(opened).containsExactly(number + "|PAID|10000|CNY|ref-k1");
    assertThat(document).doesNotContain(Engine.CARD);
  }

  @Test
  void walksByIndexOnlyAndNeverLooksBack() {
    for (int i = 0; i < 5; i++) {
      shelf.paid("k" + i);
    }
    shelf.later(Shelf.KEEP.plusDays(1));
    SingleConnectionDataSource one =
        new SingleConnectionDataSource(shelf.database.url(), "postgres", "postgres", true);
    try {
      Retention job = shelf.job(one, 2);
      JdbcTemplate jdbc = new JdbcTemplate(one);
      jdbc.execute("set enable_seqscan = off");
      Map<String, Object> before = sequentialScans(jdbc);
      List<Integer> looked = new ArrayList<>();
      do {
        looked.add(job.runOnce());
      } while (looked.getLast() > 0);
      assertThat(looked).containsExactly(2, 2, 1, 0);
      assertThat(sequentialScans(jdbc)).isEqualTo(before);
      assertThat(job.runOnce()).isZero();
    } finally {
      one.destroy();
    }
    assertThat(shelf.count("select count(*) from archived_order")).isEqualTo(5);
  }

  private static Map<String, Object> sequentialScans(JdbcTemplate jdbc) {
    jdbc.execute("select pg_stat_force_next_flush()");
    Map<String, Object> scans = new TreeMap<>();
    jdbc.query(
        "select relname, seq_scan from pg_stat_user_tables",
        row -> {
          scans.put(row.getString(1), row.getLong(2));
        });
    return scans;
  }

  @Test
  void tellsHowFarItHasCome() {
    shelf.paid("k1");
    shelf.paid("k2");
    shelf.later(Shelf.KEEP.plusDays(1));
    shelf.jdbc.update(
        """
        insert into review_case (id, withdrawal_id, kind, detail, opened_at)
        select gen_random_uuid(), id, 'RETURN', 'x', created_at from withdrawal order by id limit 1
        """);
    Retention job = shelf.job(shelf.database.dataSource(), 200);
    assertThat(job.runOnce()).isPositive();
    assertThat(shelf.metrics.counter("sluice.retention.archived").count()).isEqualTo(1);
    assertThat(shelf.metrics.get("sluice.retention.left").gauge().value()).isEqualTo(1);
    assertThat(shelf.metrics.get("sluice.retention.cursor.age").gauge().value())
        .isEqualTo((double) Shelf.KEEP.plusDays(1).toSeconds());
  }
}
