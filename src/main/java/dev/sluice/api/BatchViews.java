package dev.sluice.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sluice.api.Views.WithdrawalView;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How batches are answered. */
final class BatchViews {
  private BatchViews() {}

  /** What became of one order of a batch. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "BatchedWithdrawal")
  record ItemView(
      @Schema(description = "Its place in the batch, from 0", example = "0") int index,
      @Schema(
              description = "What it would have been answered alone: 201, 200 for a replay, or 4xx",
              example = "201")
          int status,
      @Nullable WithdrawalView withdrawal,
      @Nullable Problem problem) {}

  /** What became of a batch. */
  @Schema(name = "Batch")
  record BatchView(
      @Schema(description = "In the order of the batch") List<ItemView> results,
      @Schema(description = "Accepted now", example = "1") int accepted,
      @Schema(description = "Accepted before", example = "0") int replayed,
      @Schema(description = "Neither; each says why", example = "0") int refused) {}
}
