package dev.sluice.payout;

import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelRouter;
import dev.sluice.channel.Outcome;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls channels on virtual threads, outside any transaction, with a bound per channel. Dispatch
 * and recovery share the bound.
 */
final class ChannelCalls implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ChannelCalls.class);

  private final Map<String, Semaphore> slots = new ConcurrentHashMap<>();
  private final ExecutorService threads;
  private final ChannelRouter router;
  private final PayoutMetrics metrics;
  private final Duration longestStop;
  private volatile Runnable whenFree = () -> {};

  ChannelCalls(ChannelRouter router, ExecutorService threads, PayoutMetrics metrics) {
    this.router = router;
    this.threads = threads;
    this.metrics = metrics;
    Duration longest = Duration.ofSeconds(1);
    for (Channel channel : router.channels()) {
      slots.put(channel.name(), new Semaphore(channel.limits().concurrentCalls()));
      Duration timeout = channel.limits().callTimeout();
      longest = timeout.compareTo(longest) > 0 ? timeout : longest;
    }
    this.longestStop = longest.plusSeconds(2);
  }

  /** Told whenever a call has ended. */
  void whenFree(Runnable listener) {
    this.whenFree = listener;
  }

  /** How many calls could start now, over all channels; without any channel, orders just wait. */
  int free() {
    return slots.isEmpty()
        ? Integer.MAX_VALUE
        : slots.values().stream().mapToInt(Semaphore::availablePermits).sum();
  }

  /** Reserves a call; whoever reserved must {@link #run} or {@link #giveBack}. */
  boolean reserve(String channel) {
    Semaphore semaphore = slots.get(channel);
    return semaphore != null && semaphore.tryAcquire();
  }

  void giveBack(String channel) {
    Semaphore semaphore = slots.get(channel);
    if (semaphore != null) {
      semaphore.release();
    }
  }

  /** Runs a reserved call on its own thread. */
  void run(String channel, Runnable call) {
    try {
      threads.execute(
          () -> {
            try {
              call.run();
            } catch (RuntimeException e) {
              // The attempt stays as it is written and is asked about when it is due.
              log.warn("a call to {} was not recorded; it will be asked about", channel, e);
            } finally {
              giveBack(channel);
              whenFree.run();
            }
          });
    } catch (RuntimeException e) {
      giveBack(channel);
      throw e;
    }
  }

  /** Makes a call; whatever goes wrong inside a channel's client is unknown, never a failure. */
  Outcome guarded(String channel, String operation, Supplier<Outcome> call) {
    long start = System.nanoTime();
    try {
      Outcome outcome = call.get();
      router.record(channel, outcome);
      return outcome;
    } catch (RuntimeException e) {
      log.error("the client of {} failed in {}", channel, operation, e);
      Outcome outcome = new Outcome.Unknown(Outcome.Why.UNREADABLE, "CLIENT_ERROR");
      router.record(channel, outcome);
      return outcome;
    } finally {
      metrics.call(channel, operation).record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    }
  }

  /** Waits for the calls under way, within their own timeouts. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(longestStop.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("calls to channels are still under way; recovery will ask about them");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
