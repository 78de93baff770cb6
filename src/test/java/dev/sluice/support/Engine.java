package dev.sluice.support;

import dev.sluice.beneficiary.AccountNumber;
import dev.sluice.beneficiary.Beneficiaries;
import dev.sluice.beneficiary.BeneficiaryConfiguration;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelConfiguration;
import dev.sluice.channel.ChannelRouter;
import dev.sluice.channel.RawCallback;
import dev.sluice.channel.RoutingSettings;
import dev.sluice.ledger.Account;
import dev.sluice.ledger.CreditResult;
import dev.sluice.ledger.Ledger;
import dev.sluice.ledger.LedgerConfiguration;
import dev.sluice.money.Ids;
import dev.sluice.money.Money;
import dev.sluice.notify.Notifications;
import dev.sluice.payout.CallbackInbox;
import dev.sluice.payout.PayoutSettings;
import dev.sluice.payout.Payouts;
import dev.sluice.payout.ShortfallPolicy;
import dev.sluice.queue.GroupCommit;
import dev.sluice.queue.Signal;
import dev.sluice.review.ReviewCases;
import dev.sluice.review.ReviewConfiguration;
import dev.sluice.vault.Vault;
import dev.sluice.withdrawal.AcceptResult;
import dev.sluice.withdrawal.RiskSettings;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalConfiguration;
import dev.sluice.withdrawal.WithdrawalRequest;
import dev.sluice.withdrawal.WithdrawalSettings;
import dev.sluice.withdrawal.Withdrawals;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * The engine's own code on a database, wired without Spring, with a clock turned by hand and steps
 * called by hand: one instance of the service as far as money is concerned.
 */
public final class Engine implements AutoCloseable {
  /** A property by which a test hands its keys to a process of its own. */
  public static final String KEYSET_PROPERTY = "sluice.test.keyset";

  private static final String KEYSET =
      Objects.requireNonNullElseGet(System.getProperty(KEYSET_PROPERTY), Vault::newKeyset);
  private static final byte[] FINGERPRINT_KEY = new byte[32];
  private static final Vault VAULT = new Vault(KEYSET, FINGERPRINT_KEY);
  public static final Currency CNY = Currency.getInstance("CNY");
  public static final String CARD = "6222081234561234";

  public final JdbcTemplate jdbc;
  public final Ledger ledger;
  public final Beneficiaries beneficiaries;
  public final Withdrawals withdrawals;
  public final ReviewCases reviews;
  public final Payouts payouts;
  public final ChannelRouter router;
  public final Vault vault = VAULT;
  public final Clock clock;
  private final GroupCommit<WithdrawalRequest, AcceptResult> accept;

  /** The keys of all engines in this process. */
  public static String keyset() {
    return KEYSET;
  }

  /** How an engine of a test differs from the default. */
  public record Options(
      int committers,
      String reviewAbove,
      String fee,
      ShortfallPolicy shortfall,
      RoutingSettings routing,
      long seed,
      boolean threads) {
    public static Options defaults() {
      return new Options(
          0, "50000", null, ShortfallPolicy.USER, RoutingSettings.defaults(), 1, false);
    }

    public Options withCommitters(int count) {
      return new Options(count, reviewAbove, fee, shortfall, routing, seed, threads);
    }

    public Options withReviewAbove(String amount) {
      return new Options(committers, amount, fee, shortfall, routing, seed, threads);
    }

    public Options withFee(String text) {
      return new Options(committers, reviewAbove, text, shortfall, routing, seed, threads);
    }

    public Options withShortfall(ShortfallPolicy policy) {
      return new Options(committers, reviewAbove, fee, policy, routing, seed, threads);
    }

    public Options withRouting(RoutingSettings settings) {
      return new Options(committers, reviewAbove, fee, shortfall, settings, seed, threads);
    }

    /** Calls and commits on threads of their own, as a service has, with short pauses. */
    public Options withThreads() {
      return new Options(2, reviewAbove, fee, shortfall, withMain(), seed, true);
    }

    /** Enough calls that a slow start alone doesn't decide, and quick probes. */
    private static RoutingSettings withMain() {
      RoutingSettings d = RoutingSettings.defaults();
      return new RoutingSettings(
          d.window(),
          100,
          d.sharedAbove(),
          d.brokenAbove(),
          d.backupShare(),
          Duration.ofSeconds(2),
          d.probeOrders(),
          d.fundsEvery(),
          Map.of("main", new RoutingSettings.Preference(1, BigDecimal.ZERO, null, "UTC")));
    }

    public Options withSeed(long newSeed) {
      return new Options(committers, reviewAbove, fee, shortfall, routing, newSeed, threads);
    }
  }

  public Engine(DataSource dataSource, Clock clock, Channel... channels) {
    this(dataSource, clock, Options.defaults(), channels);
  }

  public Engine(DataSource dataSource, Clock clock, Options options, Channel... channels) {
    this.clock = clock;
    this.jdbc = new JdbcTemplate(dataSource);
    TransactionTemplate transactions =
        new TransactionTemplate(new JdbcTransactionManager(dataSource));
    RandomGenerator random = new Random(options.seed());
    Ids ids = new Ids(clock, random);
    MeterRegistry metrics = new SimpleMeterRegistry();
    Signal due = new Signal();
    this.ledger = new LedgerConfiguration().ledger(jdbc, transactions, clock, ids);
    this.beneficiaries = new BeneficiaryConfiguration().beneficiaries(jdbc, vault, clock, ids);
    this.reviews = new ReviewConfiguration().reviewCases(jdbc, ids);
    Notifications notifications = new Notifications(jdbc, () -> {});
    WithdrawalConfiguration wiring = new WithdrawalConfiguration();
    WithdrawalSettings settings =
        new WithdrawalSettings(
            4096, 1000, 4096, 3, options.committers(), Duration.ofSeconds(30), options.fee());
    this.router =
        ChannelConfiguration.router(List.of(channels), options.routing(), jdbc, clock, metrics);
    this.accept =
        wiring.acceptQueue(
            settings,
            jdbc,
            ledger,
            beneficiaries,
            reviews,
            subject ->
                router.neverTakes(
                    subject.amount().currency().getCurrencyCode(),
                    subject.beneficiaryKind().name(),
                    subject.amount().minor()),
            List.of(wiring.amountAbove(new RiskSettings(options.reviewAbove()))),
            transactions,
            clock,
            ids,
            due,
            metrics);
    this.withdrawals =
        wiring.withdrawals(
            jdbc,
            wiring.orderReads(jdbc, beneficiaries),
            accept,
            wiring.acceptLimit(settings, () -> 0, metrics),
            ledger,
            reviews,
            notifications,
            JsonMapper.shared(),
            transactions,
            clock,
            ids,
            due);
    this.payouts =
        new Payouts(
            jdbc,
            withdrawals,
            beneficiaries,
            ledger,
            reviews,
            notifications,
            router,
            vault,
            transactions,
            clock,
            ids,
            random,
            settings(options),
            options.threads() ? Executors.newVirtualThreadPerTaskExecutor() : new CallerRuns(),
            due,
            metrics);
    accept.start();
    payouts.inboxCommit().start();
  }

  private static PayoutSettings settings(Options options) {
    return new PayoutSettings(
        true,
        200,
        Duration.ofMillis(200),
        Duration.ofSeconds(10),
        options.threads()
            ? List.of(Duration.ofMillis(300), Duration.ofSeconds(1))
            : List.of(Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofMinutes(1)),
        5,
        Duration.ofSeconds(5),
        Duration.ofMillis(200),
        4096,
        500,
        options.threads() ? 2 : 0,
        Duration.ofSeconds(30),
        Duration.ofSeconds(5),
        10,
        options.shortfall());
  }

  /** A user's account in CNY with so many minor units, and a registered card. */
  public Account wallet(String userId, long minor) {
    Account account = ledger.open(userId, CNY).account();
    beneficiaries.register(userId, AccountNumber.card(CARD), "Test Holder", "ICBC");
    if (minor == 0) {
      return account;
    }
    CreditResult result =
        ledger.credit(account.id(), Money.ofMinor(minor, "CNY"), "opening-" + userId);
    return ((CreditResult.Credited) result).account();
  }

  public WithdrawalRequest request(String userId, String key, long minor) {
    return request(userId, key, Money.ofMinor(minor, "CNY"), CARD);
  }

  public WithdrawalRequest request(String userId, String key, Money amount, String bankAccount) {
    return new WithdrawalRequest(
        userId,
        amount,
        beneficiaries.parse(bankAccount),
        null,
        vault.fingerprint("withdrawal-key", userId, key),
        vault.fingerprint("withdrawal-request", userId, amount.toString(), bankAccount));
  }

  public AcceptResult withdraw(String userId, String key, long minor) {
    return withdrawals.accept(request(userId, key, minor));
  }

  /** Accepts, and expects a new order. */
  public Withdrawal accepted(String userId, String key, long minor) {
    return ((AcceptResult.Accepted) withdraw(userId, key, minor)).withdrawal();
  }

  public Withdrawal find(UUID id) {
    return withdrawals.find(id).orElseThrow();
  }

  public CallbackInbox.Receipt callback(
      String channel, String number, String event, long minor, String reference) {
    String body = "%s|%s|%d|CNY|%s".formatted(number, event, minor, reference);
    return payouts
        .callbacks()
        .receive(channel, new RawCallback("/", Map.of(), body.getBytes(StandardCharsets.UTF_8)));
  }

  /** The request number of an order's latest attempt. */
  public String requestNumber(UUID withdrawalId) {
    return Ids.requestNumber(
        jdbc.queryForObject(
            "select id from payout_attempt where withdrawal_id = ? order by number desc limit 1",
            UUID.class,
            withdrawalId));
  }

  public String attemptState(UUID withdrawalId) {
    return jdbc.queryForObject(
        "select state from payout_attempt where withdrawal_id = ? order by number desc limit 1",
        String.class,
        withdrawalId);
  }

  public Account account(String userId) {
    return ledger.accounts(userId).getFirst();
  }

  /** Runs every worker until none finds anything to do at this instant. */
  public void settle() {
    while (payouts.dispatchOnce()
            + payouts.recoverOnce()
            + payouts.sweepOnce()
            + payouts.compensateOnce()
        > 0) {
      // goes on
    }
  }

  @Override
  public void close() {
    accept.stop();
    payouts.close();
    payouts.inboxCommit().stop();
  }
}
