package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How answers leave: in one piece if they are short, as a stream if they are long. */
class SizedJsonTest extends ApiTest {
  @Test
  void saysHowLongAnOrderIs() {
    String user = userWithMoney();
    Reply accepted = withdraw(user);
    assertThat(accepted.status()).isEqualTo(201);
    isWhole(accepted);
    isWhole(get(accepted.header("Location")).as(user, "withdrawals").send());
    isWhole(get("/v1/withdrawals?userId=" + user).as(user, "withdrawals").send());
    isWhole(get("/v1/withdrawals/" + UUID.randomUUID()).as(user, "withdrawals").send());
  }

  @Test
  void streamsALongList() {
    String user = userWithMoney();
    for (int i = 0; i < 60; i++) {
      assertThat(withdraw(user).status()).isEqualTo(201);
    }
    Reply list = get("/v1/withdrawals?limit=100&userId=" + user).as(user, "withdrawals").send();
    assertThat(list.header("Transfer-Encoding")).isEqualTo("chunked");
    assertThat(list.header("Content-Length")).isEmpty();
    assertThat(list.http().body()).hasSizeGreaterThan(16 << 10);
    assertThat(list.json().path("items").size()).isEqualTo(60);
  }

  private static void isWhole(Reply reply) {
    assertThat(reply.header("Transfer-Encoding")).isEmpty();
    assertThat(reply.header("Content-Length"))
        .isEqualTo("" + reply.http().body().getBytes(StandardCharsets.UTF_8).length);
  }

  private Reply withdraw(String user) {
    return post("/v1/withdrawals")
        .as(user, "withdrawals")
        .key(UUID.randomUUID().toString())
        .body(
            "{\"userId\":\"%s\",\"amount\":\"1.00\",\"bankAccount\":\"%s\",\"note\":\"房租\"}"
                .formatted(user, CARD))
        .send();
  }
}
