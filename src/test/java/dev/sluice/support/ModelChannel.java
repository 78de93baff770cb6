package dev.sluice.support;

import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.ChannelLimits;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.PayoutInstruction;
import dev.sluice.channel.RawCallback;
import dev.sluice.money.Masking;
import dev.sluice.money.Money;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A modelled channel world: remembers what it was told and paid, pays a number once, and answers as
 * its script says. The engine under test is real; only the world outside is a model.
 */
public final class ModelChannel implements Channel {
  private final String name;
  private final ChannelLimits limits;
  private final Map<String, String> requests = new ConcurrentHashMap<>();
  private final Map<String, Integer> paid = new ConcurrentHashMap<>();
  private final List<String> sent = new ArrayList<>();
  private volatile BiFunction<ModelChannel, String, Outcome> instructScript;
  private volatile BiFunction<ModelChannel, String, Outcome> queryScript;
  private volatile Function<String, Optional<Money>> fundsScript = currency -> Optional.empty();
  private final AtomicInteger fundsAsked = new AtomicInteger();

  public ModelChannel(String name) {
    this(name, true);
  }

  private ModelChannel(String name, boolean dedupes) {
    this.name = name;
    this.limits =
        new ChannelLimits(
            Set.of("CNY", "JPY", "USD"),
            Set.of("CARD", "IBAN"),
            1,
            Money.MAX_MINOR,
            64,
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofDays(7),
            dedupes);
    reset();
  }

  /** One that doesn't promise to pay a number once only, so that nothing is sent to it again. */
  public static ModelChannel withoutDedup(String name) {
    return new ModelChannel(name, false);
  }

  /** Back to paying at once. */
  public ModelChannel reset() {
    instructScript = (world, number) -> world.pay(number);
    queryScript = ModelChannel::stateOf;
    return this;
  }

  public ModelChannel onInstruct(BiFunction<ModelChannel, String, Outcome> script) {
    this.instructScript = script;
    return this;
  }

  public ModelChannel onQuery(BiFunction<ModelChannel, String, Outcome> script) {
    this.queryScript = script;
    return this;
  }

  public ModelChannel onFunds(Function<String, Optional<Money>> script) {
    this.fundsScript = script;
    return this;
  }

  /** How often it was asked for its funds. */
  public int fundsAsked() {
    return fundsAsked.get();
  }

  @Override
  public Optional<Money> funds(String currency) {
    fundsAsked.incrementAndGet();
    if (TransactionSynchronizationManager.isActualTransactionActive()) {
      throw new AssertionError("a channel is called inside a transaction");
    }
    return fundsScript.apply(currency);
  }

  /** Pays a number, once, and says so. */
  public Outcome pay(String number) {
    paid.merge(number, 1, (a, b) -> 1);
    return paidOutcome(number);
  }

  public Outcome paidOutcome(String number) {
    String[] parts = requests.get(number).split("\\|", -1);
    return new Outcome.Paid(
        Money.ofMinor(Long.parseLong(parts[1]), parts[2]), Masking.mask(parts[3]), "ref-" + number);
  }

  /** What an honest query would say. */
  public Outcome stateOf(String number) {
    return paid.containsKey(number)
        ? paidOutcome(number)
        : new Outcome.Unknown(
            requests.containsKey(number) ? Outcome.Why.CHANNEL_ERROR : Outcome.Why.NOT_FOUND,
            requests.containsKey(number) ? "PROCESSING" : "NOT_FOUND");
  }

  /** How many different request numbers were paid. */
  public int payments() {
    return paid.size();
  }

  /** Every send, in order. */
  public synchronized List<String> sent() {
    return List.copyOf(sent);
  }

  public boolean hasPaid(String number) {
    return paid.containsKey(number);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ChannelLimits limits() {
    return limits;
  }

  @Override
  public byte[] prepare(PayoutInstruction i) {
    return "%s|%d|%s|%s"
        .formatted(i.requestNumber(), i.amount().minor(), i.amount().currency(), i.account())
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Outcome instruct(String number, byte[] request) {
    String text = new String(request, StandardCharsets.UTF_8);
    synchronized (this) {
      sent.add(number);
    }
    String earlier = requests.putIfAbsent(number, text);
    if (earlier != null && !earlier.equals(text)) {
      throw new AssertionError("another request under the same number");
    }
    return instructScript.apply(this, number);
  }

  /** Forgets that it was ever told: the request was lost on the way. */
  public Outcome lose(String number) {
    requests.remove(number);
    return new Outcome.Unknown(Outcome.Why.TIMEOUT, "TIMEOUT");
  }

  @Override
  public Outcome query(String number) {
    return queryScript.apply(this, number);
  }

  /** Callbacks of this world are written {@code number|EVENT|minor|currency|reference}. */
  @Override
  public CallbackVerdict verify(RawCallback callback) {
    String[] parts = new String(callback.body(), StandardCharsets.UTF_8).split("\\|", -1);
    if (parts.length < 5) {
      return new CallbackVerdict.Rejected("not signed");
    }
    Money amount = Money.ofMinor(Long.parseLong(parts[2]), parts[3]);
    ChannelEvent event =
        switch (parts[1]) {
          case "PAID" -> new ChannelEvent.Reported(new Outcome.Paid(amount, null, parts[4]));
          case "REFUSED" ->
              new ChannelEvent.Reported(new Outcome.Refused("REFUSED", "refused", false));
          case "RETURNED" -> new ChannelEvent.Returned(amount, parts[4]);
          default -> new ChannelEvent.Reported(new Outcome.Accepted(parts[4]));
        };
    return new CallbackVerdict.Verified(parts[0], event, parts[1]);
  }

  @Override
  public boolean reachable() {
    return true;
  }
}
