package dev.sluice.notify;

import dev.sluice.money.Ids;
import dev.sluice.notify.Registration.Refused;
import dev.sluice.notify.Registration.Registered;
import dev.sluice.vault.Vault;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Who is told, of what, and how that went. */
public final class WebhookEndpoints {
  /** Where in the vault endpoints' secrets belong. */
  static final String VAULT_CONTEXT = "webhook";

  /** As long as the hash; Standard Webhooks asks for 24 to 64. */
  private static final int SECRET_BYTES = 32;

  private static final int MOST_PER_PAGE = 200;

  private final EndpointStore endpoints;
  private final DeliveryStore deliveries;
  private final TransactionTemplate transactions;
  private final Vault vault;
  private final Ids ids;
  private final Clock clock;
  private final WebhookSettings settings;
  private final TargetGuard guard;
  private final Runnable wake;
  private final SecureRandom random = new SecureRandom();

  /**
   * On these tables.
   *
   * @param wake starts the delivery worker at once
   */
  public WebhookEndpoints(
      JdbcTemplate jdbc,
      TransactionTemplate transactions,
      Vault vault,
      Ids ids,
      Clock clock,
      WebhookSettings settings,
      Runnable wake) {
    this.endpoints = new EndpointStore(jdbc);
    this.deliveries = new DeliveryStore(jdbc);
    this.transactions = transactions;
    this.vault = vault;
    this.ids = ids;
    this.clock = clock;
    this.settings = settings;
    this.guard = new TargetGuard(settings.allowedRanges(), SystemDefaultDnsResolver.INSTANCE);
    this.wake = wake;
  }

  /**
   * Registers an endpoint. It is told of what happens from now on.
   *
   * @param events names of {@link EventType}s; empty means all
   * @param actor who registers it
   */
  public Registration register(String url, List<String> events, String actor) {
    Optional<String> refusal = EndpointUrl.refusal(url, settings.allowHttp(), guard);
    if (refusal.isPresent()) {
      return new Refused("url", refusal.get());
    }
    if (!events.stream().allMatch(name -> EventType.of(name).isPresent())) {
      return new Refused(
          "events", "Event types are " + String.join(", ", EventType.wireNames()) + ".");
    }
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    byte[] sealed = vault.seal(secret, VAULT_CONTEXT);
    WebhookEndpoint endpoint =
        new WebhookEndpoint(
            ids.next(),
            url,
            events.stream().distinct().toList(),
            actor,
            clock.instant().truncatedTo(ChronoUnit.MICROS));
    boolean added =
        Objects.requireNonNull(transactions.execute(_ -> insertIfThereIsRoom(endpoint, sealed)));
    return added
        ? new Registered(endpoint, StandardSignature.show(secret))
        : new Refused(
            "endpoints",
            "There may be %d endpoints at most; delete one first."
                .formatted(settings.maxEndpoints()));
  }

  /** All endpoints, oldest first. */
  public List<WebhookEndpoint> list() {
    return endpoints.list();
  }

  /** An endpoint that isn't deleted. */
  public Optional<WebhookEndpoint> find(UUID id) {
    return endpoints.find(id);
  }

  /**
   * Deletes an endpoint. What is pending to it is given up; a call under way may still arrive.
   *
   * @return whether there was such an endpoint
   */
  public boolean delete(UUID id, String actor) {
    boolean deleted = endpoints.delete(id, actor, clock.instant());
    if (deleted) {
      wake.run();
    }
    return deleted;
  }

  /**
   * Deliveries to an endpoint, deleted or not, newest event first.
   *
   * @param before the last event id of the page before; null for the first page
   * @param limit how many; held between 1 and 200
   */
  public List<Delivery> deliveries(UUID endpointId, @Nullable UUID before, int limit) {
    return deliveries.newestFirst(endpointId, before, Math.clamp(limit, 1, MOST_PER_PAGE));
  }

  /**
   * Sends an event again, whatever became of it before, with the same id and body, and with full
   * patience from now on.
   *
   * @return whether there is such a delivery to an endpoint that isn't deleted
   */
  public boolean redeliver(UUID endpointId, UUID eventId) {
    boolean found = deliveries.sendAgain(endpointId, eventId, clock.instant());
    if (found) {
      wake.run();
    }
    return found;
  }

  private boolean insertIfThereIsRoom(WebhookEndpoint endpoint, byte[] sealedSecret) {
    endpoints.lock();
    if (endpoints.count() >= settings.maxEndpoints()) {
      return false;
    }
    endpoints.insert(endpoint, sealedSecret);
    return true;
  }
}
