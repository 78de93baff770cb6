package dev.sluice.bench;

import dev.sluice.SluiceApplication;
import dev.sluice.beneficiary.AccountNumber;
import dev.sluice.money.Ids;
import dev.sluice.money.Money;
import dev.sluice.queue.GroupCommit;
import dev.sluice.queue.Signal;
import dev.sluice.withdrawal.AcceptResult;
import dev.sluice.withdrawal.OrderReads;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalRequest;
import dev.sluice.withdrawal.WithdrawalState;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The service as it is, or with accepting replaced by a baseline. Controller, token, JSON, tables
 * and rows are the same in each.
 */
public final class BenchServer {
  private BenchServer() {}

  /** How requests are accepted. */
  enum Mode {
    /** As the product does. */
    GROUP,
    /** A transaction per request. */
    PER_REQUEST,
    /** A transaction per step of each order, all the way. */
    PIPELINE,
    /** No database at all: what HTTP, token and JSON cost. */
    BARE
  }

  /** Runs one mode: {@code BenchServer group|per-request|pipeline|bare [--setting=value ...]}. */
  public static void main(String[] args) {
    Mode mode = Mode.valueOf(args[0].toUpperCase(Locale.ROOT).replace('-', '_'));
    SpringApplicationBuilder builder = new SpringApplicationBuilder(SluiceApplication.class);
    switch (mode) {
      case GROUP -> {}
      case PER_REQUEST -> builder.sources(PerRequest.class);
      case PIPELINE -> builder.sources(PerRequest.class, Pipeline.class);
      case BARE -> builder.sources(Bare.class);
    }
    builder
        .properties("spring.main.allow-bean-definition-overriding=true")
        .run(List.of(args).subList(1, args.length).toArray(String[]::new));
  }

  private static GroupCommit<WithdrawalRequest, AcceptResult> alone(
      Function<WithdrawalRequest, AcceptResult> accept, MeterRegistry metrics) {
    return new GroupCommit<>(
        new GroupCommit.Settings("accept", 500, 1, 1, 0, Duration.ofSeconds(10)),
        requests -> requests.stream().map(accept).toList(),
        metrics);
  }

  /** The baseline with a transaction per request. */
  @TestConfiguration(proxyBeanMethods = false)
  static class PerRequest {
    @Bean
    GroupCommit<WithdrawalRequest, AcceptResult> acceptQueue(
        JdbcTemplate jdbc,
        TransactionTemplate transactions,
        Clock clock,
        Ids ids,
        Signal payoutDue,
        MeterRegistry metrics) {
      PerRequestAcceptor acceptor = new PerRequestAcceptor(jdbc, transactions, clock, ids);
      return alone(
          request -> {
            AcceptResult result = acceptor.accept(request);
            payoutDue.fire();
            return result;
          },
          metrics);
    }
  }

  /** The baseline without a database. */
  @TestConfiguration(proxyBeanMethods = false)
  static class Bare {
    @Bean
    OrderReads orderReads() {
      return BareReads.make();
    }

    @Bean
    GroupCommit<WithdrawalRequest, AcceptResult> acceptQueue(
        Clock clock, Ids ids, MeterRegistry metrics) {
      return alone(
          request ->
              new AcceptResult.Accepted(
                  new Withdrawal(
                      ids.next(),
                      request.userId(),
                      1,
                      UUID.randomUUID(),
                      AccountNumber.Kind.CARD,
                      "622208******1234",
                      request.amount(),
                      Money.zero(request.amount().currency()),
                      WithdrawalState.PENDING,
                      1,
                      null,
                      null,
                      clock.instant(),
                      clock.instant())),
          metrics);
    }
  }
}
