package dev.sluice.simulation;

import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.ChannelLimits;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.PayoutInstruction;
import dev.sluice.channel.RawCallback;
import dev.sluice.money.Money;
import dev.sluice.simulation.Injected.ProcessDied;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** One instance's line to a bank. The instance may die, or be stopped, around each call. */
final class Line implements Channel {
  private final Bank bank;
  private final Scene scene;
  private final SimDataSource.Host host;

  Line(Bank bank, Scene scene, SimDataSource.Host host) {
    this.bank = bank;
    this.scene = scene;
    this.host = host;
  }

  @Override
  public String name() {
    return bank.name;
  }

  @Override
  public ChannelLimits limits() {
    return bank.limits;
  }

  @Override
  public byte[] prepare(PayoutInstruction i) {
    return "%s|%d|%s|%s|%s"
        .formatted(
            i.requestNumber(), i.amount().minor(), i.amount().currency(), i.account(), i.note())
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Outcome instruct(String requestNumber, byte[] request) {
    return call(() -> bank.instruct(requestNumber, request));
  }

  @Override
  public Outcome query(String requestNumber) {
    return call(() -> bank.query(requestNumber));
  }

  private Outcome call(Supplier<Outcome> call) {
    if (host.isDead()) {
      throw new ProcessDied();
    }
    if (TransactionSynchronizationManager.isActualTransactionActive()) {
      scene.violated("%s is called inside a database transaction", bank.name);
    }
    Fault fault = host.fate().atCall();
    if (fault == Fault.DIED_BEFORE_CALL) {
      throw host.die(fault);
    }
    Outcome outcome = call.get();
    if (fault == Fault.DIED_AFTER_CALL) {
      throw host.die(fault);
    }
    if (fault == Fault.PAUSED_IN_CALL) {
      host.stopped(fault);
    }
    if (host.isDead()) {
      throw new ProcessDied();
    }
    return outcome;
  }

  /** Letters are {@code number|EVENT|minor|currency|reference|masked|wording|signed}. */
  @Override
  public CallbackVerdict verify(RawCallback callback) {
    String[] parts = new String(callback.body(), StandardCharsets.UTF_8).split("\\|", -1);
    if (parts.length != 8 || !parts[7].equals("signed")) {
      return new CallbackVerdict.Rejected("not signed");
    }
    Money amount = Money.ofMinor(Long.parseLong(parts[2]), parts[3]);
    ChannelEvent event =
        switch (parts[1]) {
          case "PAID" -> new ChannelEvent.Reported(new Outcome.Paid(amount, parts[5], parts[4]));
          case "REFUSED" ->
              new ChannelEvent.Reported(new Outcome.Refused("REFUSED", "refused", false));
          case "RETURNED" -> new ChannelEvent.Returned(amount, parts[4]);
          default -> throw new IllegalStateException("banks don't write " + parts[1]);
        };
    return new CallbackVerdict.Verified(parts[0], event, parts[1]);
  }

  @Override
  public boolean reachable() {
    return scene.isCalm() || scene.dice.chance(70);
  }
}
