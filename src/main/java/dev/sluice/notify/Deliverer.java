package dev.sluice.notify;

import dev.sluice.notify.DeliveryStore.Due;
import dev.sluice.notify.DeliveryStore.Result;
import dev.sluice.notify.EndpointStore.Target;
import dev.sluice.notify.Sender.Answer;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Delivers notices at least once. Each step writes down, in one short transaction, how calls ended
 * and leases what is due next; the calls themselves run outside, on the executor's threads.
 *
 * <p>A call starts only while its lease lasts longer than the call can, so no two instances send
 * one delivery at the same time. Whoever dies leaves leases that run out, and others go on.
 */
public final class Deliverer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Deliverer.class);

  /** The time for a full lane of slow calls; more would only delay recovery after a crash. */
  private static final int DEADLINES_PER_LEASE = 6;

  private static final Duration BETWEEN_MEASUREMENTS = Duration.ofSeconds(10);

  private final DeliveryStore store;
  private final EndpointStore endpoints;
  private final TransactionTemplate transactions;
  private final Clock clock;
  private final WebhookSettings settings;
  private final RetryPlan retries;
  private final Sender sender;
  private final Executor executor;
  private final DeliveryMeters meters;
  private final Lanes lanes;
  private final Queue<Ended> finished = new ConcurrentLinkedQueue<>();
  private final ReentrantLock stepping = new ReentrantLock();
  private volatile Map<UUID, Target> targets = Map.of();
  private volatile Runnable wake = () -> {};
  private Instant measureAt = Instant.MIN;

  /**
   * A deliverer.
   *
   * @param executor runs calls; a direct one makes every step complete before it returns, except
   *     that results are recorded by the next
   */
  public Deliverer(
      JdbcTemplate jdbc,
      TransactionTemplate transactions,
      Clock clock,
      RandomGenerator random,
      WebhookSettings settings,
      Sender sender,
      Executor executor,
      MeterRegistry meters) {
    this.store = new DeliveryStore(jdbc);
    this.endpoints = new EndpointStore(jdbc);
    this.transactions = transactions;
    this.clock = clock;
    this.settings = settings;
    this.retries = new RetryPlan(settings, random);
    this.sender = sender;
    this.executor = executor;
    this.meters = new DeliveryMeters(meters);
    this.lanes = new Lanes(settings.concurrency(), settings.concurrencyPerEndpoint());
  }

  /** What happened to a claimed delivery; no answer means that it was not sent. */
  private record Ended(Due due, @Nullable Answer answer, boolean endpointDeleted, Instant at) {}

  /** Says who to wake when there is something to record. */
  public void onProgress(Runnable wake) {
    this.wake = wake;
  }

  /** There may be something to do. */
  public void wake() {
    wake.run();
  }

  /**
   * Records what has ended, claims what is due and starts it.
   *
   * @return how many were recorded and claimed; 0 when there is nothing to do before the next call
   *     ends or the next delivery is due
   */
  public int runOnce() {
    stepping.lock();
    try {
      Instant now = clock.instant();
      targets =
          endpoints.targets().stream().collect(Collectors.toMap(Target::id, Function.identity()));
      Map<UUID, Integer> places = lanes.places(targets.keySet());
      List<Ended> ended = drain();
      List<Due> claimed = recordAndClaim(ended, places, now);
      lanes.add(claimed);
      start();
      measure(now);
      return ended.size() + claimed.size();
    } finally {
      stepping.unlock();
    }
  }

  /** How many deliveries this instance has claimed and not yet recorded. */
  public int outstanding() {
    return lanes.outstanding();
  }

  /** Waits for calls under way, records them, and hands the rest back to other instances. */
  @Override
  public void close() {
    stepping.lock();
    try {
      List<Due> unsent = lanes.close(settings.deadline().toNanos());
      unsent.forEach(due -> finished.add(new Ended(due, null, false, clock.instant())));
      recordAndClaim(drain(), Map.of(), clock.instant());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      stepping.unlock();
    }
  }

  private List<Due> recordAndClaim(List<Ended> ended, Map<UUID, Integer> places, Instant now) {
    if (ended.isEmpty() && places.isEmpty()) {
      return List.of();
    }
    List<Due> unsent =
        ended.stream().filter(e -> e.answer == null && !e.endpointDeleted).map(Ended::due).toList();
    List<Result> results =
        ended.stream()
            .filter(e -> e.answer != null || e.endpointDeleted)
            .map(this::result)
            .toList();
    List<Due> claimed;
    boolean committed = false;
    try {
      claimed =
          Objects.requireNonNull(
              transactions.execute(
                  _ -> {
                    store.record(results, now);
                    store.handBack(unsent);
                    return places.isEmpty() ? List.<Due>of() : store.claim(places, now, lease());
                  }));
      committed = true;
    } finally {
      if (!committed) {
        finished.addAll(ended); // what is known stays known; recording it twice does no harm
      }
    }
    lanes.recorded(ended.stream().map(Ended::due).toList());
    results.forEach(this::count);
    return claimed;
  }

  private Duration lease() {
    return settings.deadline().multipliedBy(DEADLINES_PER_LEASE);
  }

  private List<Ended> drain() {
    List<Ended> ended = new ArrayList<>();
    for (Ended one = finished.poll(); one != null; one = finished.poll()) {
      ended.add(one);
    }
    return ended;
  }

  private void start() {
    for (Due due = lanes.next(); due != null; due = lanes.next()) {
      Due first = due;
      executor.execute(() -> sendInTurn(first));
    }
  }

  /** One call, and then whatever comes next, so that a lane flows without waiting for a step. */
  private void sendInTurn(Due first) {
    for (Due due = first; due != null; due = lanes.next()) {
      send(due);
      wake.run();
    }
  }

  private void send(Due due) {
    Target target = targets.get(due.endpointId());
    boolean deleted = target == null || target.deleted();
    boolean leaseTooShort = clock.instant().plus(settings.deadline()).isAfter(due.leasedUntil());
    Answer answer = null;
    try {
      if (target != null && !deleted && !leaseTooShort) {
        answer = new Answer.NotAnswered("it could not be sent; the service's log says why");
        answer = sender.send(target.url(), target.sealedSecret(), due.eventId(), due.body());
      }
    } catch (RuntimeException e) {
      log.error("Event {} could not be sent to endpoint {}", due.eventId(), due.endpointId(), e);
    } finally {
      finished.add(new Ended(due, answer, deleted, clock.instant()));
      if (answer != null) {
        lanes.went(due, isSuccess(answer));
      }
      lanes.ended(due);
    }
  }

  private Result result(Ended ended) {
    Due due = ended.due;
    return switch (ended.answer) {
      case null ->
          new Result(
              due, Delivery.State.GIVEN_UP, due.tries(), null, null, "the endpoint was deleted");
      case Answer.Answered answered when isSuccess(answered) ->
          new Result(due, Delivery.State.DELIVERED, due.tries() + 1, null, answered.status(), null);
      case Answer.Answered(int status, _) when status == 410 ->
          new Result(
              due, Delivery.State.GIVEN_UP, due.tries() + 1, null, status, "answered 410 Gone");
      case Answer.Answered(int status, @Nullable Duration retryAfter) ->
          failure(ended, status, retryAfter, reason(status));
      case Answer.NotAnswered(String why) -> failure(ended, null, null, why);
    };
  }

  private Result failure(
      Ended ended, @Nullable Integer status, @Nullable Duration retryAfter, String error) {
    int tries = ended.due.tries() + 1;
    Instant next = retries.next(tries, ended.due.since(), ended.at, retryAfter);
    Delivery.State state = next == null ? Delivery.State.GIVEN_UP : Delivery.State.PENDING;
    return new Result(ended.due, state, tries, next, status, error);
  }

  private static String reason(int status) {
    return status >= 300 && status < 400
        ? "answered " + status + "; redirects are not followed"
        : "answered " + status;
  }

  private static boolean isSuccess(Answer answer) {
    return answer instanceof Answer.Answered(int status, _) && status >= 200 && status < 300;
  }

  private void count(Result result) {
    meters.count(result);
    if (result.state() == Delivery.State.GIVEN_UP) {
      log.warn(
          "Event {} to endpoint {} is given up after {} tries: {}",
          result.due().eventId(),
          result.due().endpointId(),
          result.tries(),
          result.error());
    }
  }

  private void measure(Instant now) {
    if (!now.isBefore(measureAt)) {
      meters.measured(store.backlog(List.copyOf(targets.keySet()), now));
      measureAt = now.plus(BETWEEN_MEASUREMENTS);
    }
  }
}
