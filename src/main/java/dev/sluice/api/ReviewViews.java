package dev.sluice.api;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sluice.api.Views.EntryView;
import dev.sluice.api.Views.WithdrawalView;
import dev.sluice.channel.ChannelControl;
import dev.sluice.channel.ChannelStatus;
import dev.sluice.money.Money;
import dev.sluice.payout.Decision;
import dev.sluice.review.ReviewCase;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What operators are shown, and what they send. */
final class ReviewViews {
  private ReviewViews() {}

  /** A question that people decide. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "ReviewCase")
  record CaseView(
      UUID id,
      ReviewCase.Kind kind,
      ReviewCase.State state,
      @Schema(description = "What is to be decided, in a sentence") String detail,
      @Nullable UUID withdrawalId,
      @Nullable UUID attemptId,
      @Schema(description = "What can be decided") Set<Decision> decisions,
      @Nullable String decision,
      @Nullable String reason,
      @Nullable String proposedBy,
      @Nullable String resolvedBy,
      Instant openedAt,
      @Nullable Instant resolvedAt) {
    static CaseView of(ReviewCase c) {
      return new CaseView(
          c.id(),
          c.kind(),
          c.state(),
          c.detail(),
          c.withdrawalId(),
          c.attemptId(),
          new TreeSet<>(Decision.of(c.kind())),
          c.decision(),
          c.reason(),
          c.proposedBy(),
          c.resolvedBy(),
          c.openedAt(),
          c.resolvedAt());
    }
  }

  /** A case with its evidence. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "ReviewEvidence")
  record EvidenceView(
      CaseView reviewCase, @Nullable WithdrawalView withdrawal, List<EntryView> timeline) {}

  /** What somebody proposes. */
  @Schema(name = "Proposal")
  record Proposal(
      @Schema(requiredMode = REQUIRED) Decision decision,
      @Schema(
              requiredMode = REQUIRED,
              minLength = 1,
              maxLength = 500,
              example = "Confirmed by the bank in writing")
          String reason) {}

  /** What another person says of it. */
  @Schema(name = "Verdict")
  record Verdict(
      @Schema(
              requiredMode = REQUIRED,
              minLength = 1,
              maxLength = 500,
              example = "I have seen the bank's letter")
          String reason) {}

  /** What a person says of a channel. */
  @Schema(name = "NewChannelControl")
  record NewControl(
      @Schema(requiredMode = REQUIRED) ChannelControl.Mode mode,
      @Schema(
              requiredMode = REQUIRED,
              minLength = 1,
              maxLength = 500,
              example = "Maintenance until 02:00")
          String reason) {}

  /** What a channel has left. */
  @Schema(name = "Funds")
  record FundsView(
      @Schema(example = "CNY") String currency, @Schema(example = "1000000.00") String available) {
    static FundsView of(Money left) {
      return new FundsView(left.currency().getCurrencyCode(), left.decimal());
    }
  }

  /** A channel as it does now, seen from the instance that answers. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "Channel")
  record ChannelView(
      String name,
      @Schema(description = "NORMAL, SHARED with the backup, or BACKUP: none but probes")
          String traffic,
      @Schema(description = "CLOSED, OPEN or HALF_OPEN") String breaker,
      @Schema(description = "Over the window; -1 as long as there are too few calls")
          int errorRatePercent,
      int callsInWindow,
      @Schema(description = "Whether these are its hours") boolean open,
      @Schema(description = "What it said it has left; empty if it can't be asked")
          List<FundsView> funds,
      ChannelControl.Mode mode,
      @Nullable String reason,
      @Nullable String actor,
      @Nullable Instant since) {
    static ChannelView of(ChannelStatus s) {
      ChannelControl said = s.control();
      return new ChannelView(
          s.name(),
          s.traffic(),
          s.breaker(),
          s.errorRatePercent(),
          s.callsInWindow(),
          s.open(),
          s.funds().stream().map(FundsView::of).toList(),
          said == null ? ChannelControl.Mode.AUTO : said.mode(),
          said == null ? null : said.reason(),
          said == null ? null : said.actor(),
          said == null ? null : said.at());
    }
  }
}
