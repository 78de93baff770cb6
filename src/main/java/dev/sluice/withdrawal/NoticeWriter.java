package dev.sluice.withdrawal;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sluice.money.Ids;
import dev.sluice.notify.Notice;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Writes what the merchant is told of a final state. */
final class NoticeWriter {
  private final JsonMapper json;
  private final Ids ids;

  NoticeWriter(JsonMapper json, Ids ids) {
    this.json = json;
    this.ids = ids;
  }

  private record Envelope(String type, Instant timestamp, Data data) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Data(
      String id,
      String userId,
      String amount,
      String fee,
      String currency,
      String bankAccount,
      String beneficiaryId,
      String status,
      @Nullable String reason,
      @Nullable String note,
      Instant createdAt,
      Instant updatedAt) {}

  Notice notice(Withdrawal order) {
    String type =
        switch (order.status()) {
          case SUCCESS -> "withdrawal.succeeded";
          case FAILED -> "withdrawal.failed";
          case CANCELLED -> "withdrawal.cancelled";
          case REFUNDED -> "withdrawal.refunded";
          case PENDING, REVIEW, PROCESSING ->
              throw new IllegalArgumentException(order.status() + " is not final");
        };
    Data data =
        new Data(
            order.id().toString(),
            order.userId(),
            order.amount().decimal(),
            order.fee().decimal(),
            order.amount().currency().getCurrencyCode(),
            order.bankAccount(),
            order.beneficiaryId().toString(),
            order.status().name(),
            order.reason(),
            order.note(),
            order.createdAt(),
            order.updatedAt());
    String body = json.writeValueAsString(new Envelope(type, order.updatedAt(), data));
    return new Notice(ids.next(), type, order.id(), order.version(), body);
  }
}
