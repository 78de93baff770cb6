package dev.sluice.channel;

import dev.sluice.money.Money;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A channel as an operator sees it, from this instance.
 *
 * @param traffic NORMAL, SHARED or BACKUP
 * @param breaker CLOSED, OPEN or HALF_OPEN
 * @param errorRatePercent over the window; -1 as long as there are too few calls
 * @param callsInWindow calls that it was measured from
 * @param open whether these are its hours
 * @param funds what it said it has left, in each currency that it could be asked about
 * @param control what a person said, if anyone did
 */
public record ChannelStatus(
    String name,
    String traffic,
    String breaker,
    int errorRatePercent,
    int callsInWindow,
    boolean open,
    List<Money> funds,
    @Nullable ChannelControl control) {

  public ChannelStatus {
    funds = List.copyOf(funds);
  }
}
