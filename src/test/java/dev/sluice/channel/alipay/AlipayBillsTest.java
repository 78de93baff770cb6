package dev.sluice.channel.alipay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.BillDownload.Bill;
import dev.sluice.channel.TestPeer;
import dev.sluice.channel.TestPeer.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fetching bills from an Alipay whose answers are written by hand. */
class AlipayBillsTest {
  private static final LocalDate DAY = LocalDate.of(2026, 3, 1);
  private static final String NODE = "alipay_data_dataservice_bill_downloadurl_query_response";
  private static final long LARGE = 1 << 20;

  @TempDir Path directory;
  private TestPeer peer;
  private AlipayChannel channel;

  @BeforeEach
  void open() throws IOException {
    peer = new TestPeer();
    channel =
        new AlipayChannel(
            AlipayTestSettings.of(
                peer.url(),
                AlipayTestSettings.publicKeyMode(),
                Set.of("ALIPAY"),
                Duration.ofSeconds(5)),
            Clock.systemUTC());
  }

  @AfterEach
  void close() {
    channel.close();
    peer.close();
  }

  private Bill bill(long maxBytes) throws IOException {
    return channel.bill(DAY, null, directory.resolve("bill"), maxBytes);
  }

  private void grants(String address) {
    peer.answer(
        asked ->
            asked.method().equals("POST")
                ? AlipayTestSigner.signed(
                    NODE,
                    "{\"code\":\"10000\",\"msg\":\"Success\",\"bill_download_url\":\"%s\"}"
                        .formatted(address))
                : new Said(200, Map.of(), "the bill"));
  }

  @Test
  void fetchesWhatTheSignedAnswerNames() throws IOException {
    grants(peer.url() + "/downloadBillFile.resource?bizType=X&fileType=csv.zip");

    assertThat(bill(LARGE)).isEqualTo(new Bill.Fetched("signcustomer-2026-03-01.csv.zip"));
    assertThat(directory.resolve("bill")).hasContent("the bill");
    assertThat(peer.asked().getFirst().parameters())
        .containsEntry("method", "alipay.data.dataservice.bill.downloadurl.query")
        .containsEntry(
            "biz_content", "{\"bill_type\":\"signcustomer\",\"bill_date\":\"2026-03-01\"}")
        .containsKey("sign");
    assertThat(peer.asked().get(1).uri().getQuery()).contains("fileType=csv.zip");
  }

  @Test
  void waitsForABillThatIsNotThereYet() throws IOException {
    peer.answer(
        asked ->
            AlipayTestSigner.signed(
                NODE,
                "{\"code\":\"40004\",\"msg\":\"Business"
                    + " Failed\",\"sub_code\":\"isp.bill_not_exist\"}"));
    assertThat(bill(LARGE)).isEqualTo(new Bill.NotNow("isp.bill_not_exist"));
  }

  @Test
  void goesNowhereElseAndBelievesNoUnsignedAnswer() throws IOException {
    grants("http://127.0.0.2:1/bill");
    assertThat(bill(LARGE)).isEqualTo(new Bill.NotNow("OTHER_ADDRESS"));
    grants("https://alipay.com.example/bill");
    assertThat(bill(LARGE)).isEqualTo(new Bill.NotNow("OTHER_ADDRESS"));
    peer.answer(
        asked ->
            new Said(
                200,
                Map.of(),
                "{\"%s\":{\"code\":\"10000\",\"bill_download_url\":\"%s/b\"},\"sign\":\"AAAA\"}"
                    .formatted(NODE, peer.url())));
    assertThat(bill(LARGE)).isEqualTo(new Bill.NotNow("UNVERIFIED"));
    assertThat(Files.exists(directory.resolve("bill"))).isFalse();
  }

  @Test
  void stopsAtTheLargestSize() throws IOException {
    grants(peer.url() + "/bill");
    assertThat(bill(3)).isEqualTo(new Bill.NotNow("REPLY_TOO_LONG"));
  }
}
