package dev.sluice.bench;

import dev.sluice.beneficiary.Beneficiaries;
import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelRouter;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.RawCallback;
import dev.sluice.ledger.Ledger;
import dev.sluice.ledger.SystemAccount;
import dev.sluice.money.Ids;
import dev.sluice.notify.Sender;
import dev.sluice.queue.Signal;
import dev.sluice.queue.Worker;
import dev.sluice.vault.Vault;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * The baseline's way from an accepted order to a delivered notification: 64 workers that pay and 16
 * that notify, each with one order at a time, woken when there is one.
 */
@TestConfiguration(proxyBeanMethods = false)
class Pipeline {
  private static final int WORKERS = 64;

  /** As many as the product has at a time for one endpoint. */
  private static final int DELIVERERS = 16;

  private static final String BANK = "bank";
  private static final long PAUSE_NANOS = 200_000_000;

  @Bean
  PerRequestPayouts perRequestPayouts(
      JdbcTemplate jdbc,
      TransactionTemplate transactions,
      Turns turns,
      Beneficiaries beneficiaries,
      Ledger ledger,
      Vault vault,
      Clock clock,
      Ids ids,
      JsonMapper json) {
    long clearing = ledger.systemAccount(SystemAccount.CLEARING, BANK, Currency.getInstance("CNY"));
    return new PerRequestPayouts(
        jdbc, transactions, turns, beneficiaries, clearing, vault, clock, ids, json);
  }

  @Bean
  Turns turns() {
    return new Turns();
  }

  /** The product's own, out of work here. */
  @Bean
  Worker webhookWorker() {
    return new Worker("webhooks", 0, Duration.ofDays(1), () -> 0);
  }

  @Bean
  Workers payoutWorkers(PerRequestPayouts payouts, ChannelRouter router, Signal payoutDue) {
    Channel bank = router.channel(BANK).orElseThrow();
    Workers workers =
        new Workers(
            "pay",
            WORKERS,
            () -> {
              PerRequestPayouts.Attempt attempt = payouts.claim(bank);
              if (attempt == null) {
                return;
              }
              payouts.reply(bank, attempt, instruct(bank, attempt));
            });
    payoutDue.subscribe(workers::wake);
    return workers;
  }

  /** The bank knows the number if it has heard it before, so asking again is safe. */
  private static Outcome instruct(Channel bank, PerRequestPayouts.Attempt attempt) {
    String number = Ids.requestNumber(attempt.id());
    Outcome outcome = bank.instruct(number, attempt.request());
    while (outcome instanceof Outcome.Unknown) {
      LockSupport.parkNanos(PAUSE_NANOS);
      outcome = bank.instruct(number, attempt.request());
    }
    return outcome;
  }

  @Bean
  Workers deliveryWorkers(JdbcTemplate jdbc, Turns turns, Sender webhookSender, Clock clock) {
    PerRequestDeliveries deliveries = new PerRequestDeliveries(jdbc, turns, webhookSender, clock);
    return new Workers("deliver", DELIVERERS, deliveries::deliverOne);
  }

  /** Takes callbacks before any other filter does. */
  @Bean
  FilterRegistrationBean<Filter> callbacks(
      PerRequestPayouts payouts, ChannelRouter router, Workers deliveryWorkers) {
    Channel bank = router.channel(BANK).orElseThrow();
    FilterRegistrationBean<Filter> registration =
        new FilterRegistrationBean<>(
            (request, response, chain) -> {
              RawCallback callback = read((HttpServletRequest) request);
              if (bank.verify(callback) instanceof CallbackVerdict.Verified verified) {
                payouts.paid(
                    bank,
                    Ids.fromRequestNumber(verified.requestNumber()),
                    verified.event(),
                    callback.body());
                deliveryWorkers.wake();
                answer((HttpServletResponse) response);
              }
            });
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    registration.addUrlPatterns("/v1/callbacks/" + BANK);
    return registration;
  }

  private static RawCallback read(HttpServletRequest request) throws IOException {
    Map<String, List<String>> headers = new HashMap<>();
    for (String name : Collections.list(request.getHeaderNames())) {
      headers.put(name.toLowerCase(Locale.ROOT), Collections.list(request.getHeaders(name)));
    }
    return new RawCallback(
        request.getRequestURI(), headers, request.getInputStream().readAllBytes());
  }

  private static void answer(HttpServletResponse response) throws IOException {
    response.setContentType("text/plain");
    response.getOutputStream().write("RECEIVED".getBytes(StandardCharsets.US_ASCII));
  }

  /** Workers that sleep while there is nothing to do: one is woken for each thing to do. */
  static final class Workers implements SmartLifecycle {
    private static final long LOOK_ANYWAY_MILLIS = 1_000;

    private final String name;
    private final int count;
    private final Runnable step;
    private final Semaphore work = new Semaphore(0);
    private volatile boolean running;

    Workers(String name, int count, Runnable step) {
      this.name = name;
      this.count = count;
      this.step = step;
    }

    void wake() {
      work.release();
    }

    @Override
    public void start() {
      running = true;
      for (int i = 0; i < count; i++) {
        Thread.ofPlatform().daemon().name(name + "-" + i).start(this::loop);
      }
    }

    private void loop() {
      while (running) {
        try {
          work.tryAcquire(LOOK_ANYWAY_MILLIS, TimeUnit.MILLISECONDS);
          step.run();
        } catch (InterruptedException e) {
          return;
        } catch (RuntimeException e) {
          e.printStackTrace();
        }
      }
    }

    @Override
    public void stop() {
      running = false;
    }

    @Override
    public boolean isRunning() {
      return running;
    }
  }
}
