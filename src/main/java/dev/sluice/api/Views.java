package dev.sluice.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sluice.beneficiary.Beneficiary;
import dev.sluice.ledger.Account;
import dev.sluice.notify.Delivery;
import dev.sluice.notify.WebhookEndpoint;
import dev.sluice.payout.HandOvers;
import dev.sluice.payout.Timeline;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalState;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the API answers. Amounts are strings with all of the currency's decimals. */
final class Views {
  private Views() {}

  /** A user's wallet in one currency. */
  @Schema(name = "Account")
  record AccountView(
      @Schema(example = "17") String id,
      @Schema(example = "U1001") String userId,
      @Schema(example = "CNY") String currency,
      Account.Status status,
      @Schema(description = "What the user may withdraw", example = "9500.00") String available,
      @Schema(description = "What withdrawals under way hold", example = "500.00") String held,
      Instant createdAt) {
    static AccountView of(Account account) {
      return new AccountView(
          Long.toString(account.id()),
          account.userId(),
          account.currency(),
          account.status(),
          account.available().decimal(),
          account.held().decimal(),
          account.createdAt());
    }
  }

  /** Where a user's money goes. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "Beneficiary")
  record BeneficiaryView(
      UUID id,
      @Schema(example = "U1001") String userId,
      @Schema(description = "CARD, IBAN, ALIPAY or WECHAT", example = "CARD") String kind,
      @Schema(
              description = "The number or identity, masked: mostly first 6 and last 4 characters",
              example = "622208******1234")
          String bankAccount,
      @Nullable String holderName,
      @Nullable String bank,
      @Schema(description = "Advice only, for cards when they are registered: some cards fail it")
          @Nullable Boolean luhnValid,
      Instant createdAt) {
    static BeneficiaryView of(Beneficiary beneficiary, @Nullable Boolean luhnValid) {
      return new BeneficiaryView(
          beneficiary.id(),
          beneficiary.userId(),
          beneficiary.kind().name(),
          beneficiary.masked(),
          beneficiary.holderName(),
          beneficiary.bank(),
          luhnValid,
          beneficiary.createdAt());
    }
  }

  /** An order. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "Withdrawal")
  record WithdrawalView(
      UUID id,
      @Schema(example = "U1001") String userId,
      @Schema(description = "What the beneficiary receives", example = "500.00") String amount,
      @Schema(description = "What is held on top", example = "0.00") String fee,
      @Schema(example = "CNY") String currency,
      @Schema(example = "622208******1234") String bankAccount,
      UUID beneficiaryId,
      WithdrawalState status,
      @Schema(description = "Why it is where it is, where that needs saying")
          @Nullable String reason,
      @Nullable String note,
      @Schema(description = "In one's own order, looked up alone, while the channel waits for one")
          @Nullable HandOverView handOver,
      Instant createdAt,
      Instant updatedAt) {
    static WithdrawalView of(Withdrawal order) {
      return of(order, null);
    }

    static WithdrawalView of(Withdrawal order, HandOvers.@Nullable Due due) {
      return new WithdrawalView(
          order.id(),
          order.userId(),
          order.amount().decimal(),
          order.fee().decimal(),
          order.amount().currency().getCurrencyCode(),
          order.bankAccount(),
          order.beneficiaryId(),
          order.status(),
          order.reason(),
          order.note(),
          due == null ? null : new HandOverView(due.channel(), due.text(), due.until()),
          order.createdAt(),
          order.updatedAt());
    }
  }

  /** What the user's app gives the channel's own app. */
  @Schema(name = "HandOver")
  record HandOverView(
      @Schema(example = "wechat") String channel,
      @Schema(description = "As the channel gave it: WeChat Pay's package_info") String text,
      @Schema(description = "When the channel takes it no more") Instant expiresAt) {

    /** Without the text. */
    @Override
    public String toString() {
      return "HandOverView[" + channel + "]";
    }
  }

  /** Everything that happened to an order, oldest first. */
  @Schema(name = "Timeline")
  record TimelineView(UUID withdrawalId, List<EntryView> entries) {}

  /** One thing that happened. */
  @Schema(name = "TimelineEntry")
  record EntryView(
      Instant at,
      Timeline.Kind kind,
      @Schema(description = "A sentence for people; its words may change") String text,
      @Schema(description = "State, channel, effect or kind, for programs") String code) {
    static EntryView of(Timeline.Entry entry) {
      return new EntryView(entry.at(), entry.kind(), entry.text(), entry.code());
    }
  }

  /** Where notifications go. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "WebhookEndpoint")
  record EndpointView(
      UUID id,
      @Schema(example = "https://shop.example/hooks/sluice") String url,
      @Schema(description = "Event types; empty means all") List<String> events,
      @Schema(description = "Verifies signatures; shown only when the endpoint is registered")
          @Nullable String secret,
      String createdBy,
      Instant createdAt) {
    static EndpointView of(WebhookEndpoint endpoint, @Nullable String secret) {
      return new EndpointView(
          endpoint.id(),
          endpoint.url(),
          endpoint.events(),
          secret,
          endpoint.createdBy(),
          endpoint.createdAt());
    }

    /** Without the secret. */
    @Override
    public String toString() {
      return "EndpointView[" + id + "]";
    }
  }

  /** One event on its way to one endpoint. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "WebhookDelivery")
  record DeliveryView(
      @Schema(description = "The webhook-id") UUID eventId,
      @Schema(example = "withdrawal.succeeded") String eventType,
      UUID withdrawalId,
      Delivery.State state,
      int tries,
      @Nullable Instant dueAt,
      @Schema(description = "HTTP status of the last try") @Nullable Integer lastStatus,
      @Nullable String lastError,
      Instant createdAt,
      Instant updatedAt) {
    static DeliveryView of(Delivery delivery) {
      return new DeliveryView(
          delivery.eventId(),
          delivery.eventType(),
          delivery.withdrawalId(),
          delivery.state(),
          delivery.tries(),
          delivery.dueAt(),
          delivery.lastStatus(),
          delivery.lastError(),
          delivery.createdAt(),
          delivery.updatedAt());
    }
  }

  /** A part of a list. */
  record Listed<T>(
      List<T> items,
      @Schema(description = "The cursor of the next page; null on the last", nullable = true)
          @Nullable String next) {
    static <T> Listed<T> all(List<T> items) {
      return new Listed<>(items, null);
    }
  }
}
