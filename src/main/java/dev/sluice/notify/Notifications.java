package dev.sluice.notify;

import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/** Writes down what is to be told, in the commit that makes it true. */
public final class Notifications {
  private final DeliveryStore store;
  private final Runnable wake;

  /**
   * On these tables.
   *
   * @param wake starts the delivery worker at once
   */
  public Notifications(JdbcTemplate jdbc, Runnable wake) {
    this.store = new DeliveryStore(jdbc);
    this.wake = wake;
  }

  /**
   * Adds notices and a delivery for each live endpoint that asked for their type, in the caller's
   * transaction and in one statement. A notice of a move that was noticed before is left out.
   *
   * @param at when; deliveries are due from then on
   */
  public void enqueue(List<Notice> notices, Instant at) {
    if (!notices.isEmpty()) {
      store.insert(notices, at);
    }
  }

  /** To be called after the commit: delivery starts now rather than at the worker's next look. */
  public void afterEnqueue() {
    wake.run();
  }
}
