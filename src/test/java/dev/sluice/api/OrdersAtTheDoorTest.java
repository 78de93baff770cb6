package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Eventually;
import dev.sluice.queue.AdaptiveLimit;
import dev.sluice.support.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** One more order than there is room for. */
class OrdersAtTheDoorTest extends ApiTest {
  private static final TestDatabase DATABASE = TestDatabase.create();
  private static final ConfigurableApplicationContext SERVICE =
      start(
          DATABASE.url(),
          "--sluice.withdrawals.least-waiting=1",
          "--sluice.withdrawals.queue-capacity=1");

  OrdersAtTheDoorTest() {
    super(SERVICE);
  }

  @AfterAll
  static void stop() {
    SERVICE.close();
    DATABASE.close();
  }

  @Test
  void refusesAnOrderBeforeItsTokenIsLookedAtAndNothingElse() throws Exception {
    String user = userWithMoney();
    try (Connection other = DATABASE.dataSource().getConnection();
        Statement sql = other.createStatement();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      other.setAutoCommit(false);
      sql.execute("lock table withdrawal in exclusive mode");
      Future<Reply> first = threads.submit(() -> withdraw(user, "k1", "1.00"));
      AdaptiveLimit limit = SERVICE.getBean(AdaptiveLimit.class);
      Eventually.until("the first order waits for its commit", limit::isFull);

      Reply refused = post("/v1/withdrawals").bearer("no token").body("no JSON").send();
      refused.isProblem(ProblemCode.OVERLOADED);
      assertThat(refused.header("Retry-After")).isEqualTo("1");
      assertThat(withdraw(user, "k2", "1.00").status()).isEqualTo(429);
      assertThat(get("/v1/withdrawals").as(user, "withdrawals").send().status()).isEqualTo(200);

      other.rollback();
      assertThat(first.get().status()).isEqualTo(201);
    }
    assertThat(withdraw(user, "k2", "1.00").status()).isEqualTo(201);
    assertThat(post("/v1/withdrawals").bearer("no token").body("no JSON").send().status())
        .isEqualTo(401);
  }
}
