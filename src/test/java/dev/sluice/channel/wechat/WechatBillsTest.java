package dev.sluice.channel.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.BillDownload.Bill;
import dev.sluice.channel.TestPeer;
import dev.sluice.channel.TestPeer.Said;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fetching bills from a WeChat Pay whose answers are written by hand. */
class WechatBillsTest {
  private static final LocalDate DAY = LocalDate.of(2026, 3, 1);
  private static final String BILL = "记账时间,…\n`2026-03-01 08:01:23,`…\n";

  @TempDir Path directory;
  private TestPeer peer;
  private WechatChannel channel;

  @BeforeEach
  void open() throws IOException {
    peer = new TestPeer();
    channel =
        new WechatChannel(
            WechatTestSettings.of(peer.url(), WechatTestSettings.keys(), Duration.ofSeconds(5)),
            Clock.systemUTC());
  }

  @AfterEach
  void close() {
    channel.close();
    peer.close();
  }

  private Bill bill() throws IOException {
    return channel.bill(DAY, null, directory.resolve("bill"), 1 << 20);
  }

  private static String sha1(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private void grants(String address, String digest) {
    peer.answer(
        asked ->
            asked.uri().getPath().equals("/v3/bill/fundflowbill")
                ? WechatTestSigner.signed(
                    200,
                    "{\"hash_type\":\"SHA1\",\"hash_value\":\"%s\",\"download_url\":\"%s\"}"
                        .formatted(digest, address))
                : new Said(200, Map.of(), BILL));
  }

  @Test
  void fetchesWhatTheSignedAnswerNamesAndChecksItsDigest() throws IOException {
    grants(peer.url() + "/v3/billdownload/file?token=xx", sha1(BILL));

    assertThat(bill()).isEqualTo(new Bill.Fetched("fundflow-operation-2026-03-01.csv.gz"));
    assertThat(directory.resolve("bill")).hasContent(BILL);
    assertThat(peer.asked().getFirst().uri().getQuery())
        .isEqualTo("bill_date=2026-03-01&account_type=OPERATION&tar_type=GZIP");
    assertThat(peer.asked())
        .allSatisfy(
            asked ->
                assertThat(asked.headers().get("authorization"))
                    .startsWith("WECHATPAY2-SHA256-RSA2048 mchid="));
  }

  @Test
  void refusesAnotherDigest() throws IOException {
    grants(peer.url() + "/v3/billdownload/file?token=xx", sha1("other"));
    assertThat(bill()).isEqualTo(new Bill.NotNow("OTHER_DIGEST"));
  }

  @Test
  void goesNowhereElseAndBelievesNoUnsignedAnswer() throws IOException {
    grants("http://127.0.0.2:1/bill", sha1(BILL));
    assertThat(bill()).isEqualTo(new Bill.NotNow("OTHER_ADDRESS"));
    peer.answer(
        asked -> new Said(200, Map.of(), "{\"download_url\":\"%s\"}".formatted(peer.url())));
    assertThat(bill()).isEqualTo(new Bill.NotNow("UNSIGNED"));
  }

  @Test
  void waitsForABillThatIsNotThereYet() throws IOException {
    peer.answer(
        asked ->
            WechatTestSigner.signed(
                400, "{\"code\":\"STATEMENT_CREATING\",\"message\":\"账单生成中\"}"));
    assertThat(bill()).isEqualTo(new Bill.NotNow("STATEMENT_CREATING"));
  }
}
