package dev.sluice.channel.simulator;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One line of the journal. What happened and the callbacks owed for it stand in one line, so that a
 * crash can't part them. Times are epoch milliseconds, amounts minor units, accounts masked.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "entry")
@JsonSubTypes({
  @JsonSubTypes.Type(value = JournalEntry.Taken.class, name = "taken"),
  @JsonSubTypes.Type(value = JournalEntry.Paid.class, name = "paid"),
  @JsonSubTypes.Type(value = JournalEntry.Refused.class, name = "refused"),
  @JsonSubTypes.Type(value = JournalEntry.Returned.class, name = "returned"),
  @JsonSubTypes.Type(value = JournalEntry.Owed.class, name = "owed"),
  @JsonSubTypes.Type(value = JournalEntry.Told.class, name = "told")
})
@JsonInclude(JsonInclude.Include.NON_NULL)
sealed interface JournalEntry {

  /** An instruction was taken: from here on the bank answers for it. */
  record Taken(
      String protocol,
      String requestNo,
      String bodyHash,
      long minor,
      String currency,
      String account,
      Payment.Plan plan,
      @Nullable Long dueAtMillis,
      String refusalCode,
      Set<Fault> faults,
      String reference,
      long atMillis)
      implements JournalEntry {}

  /** Money went out, once per entry. */
  record Paid(String protocol, String requestNo, long atMillis, List<Notice> owed)
      implements JournalEntry {}

  /** It will not be paid. */
  record Refused(String protocol, String requestNo, String code, long atMillis, List<Notice> owed)
      implements JournalEntry {}

  /** Money came back. */
  record Returned(
      String protocol,
      String requestNo,
      String returnReference,
      long minor,
      long atMillis,
      List<Notice> owed)
      implements JournalEntry {}

  /** Callbacks that somebody asked for. */
  record Owed(List<Notice> owed, long atMillis) implements JournalEntry {}

  /**
   * A callback is done with.
   *
   * @param received whether the other side took it; false if the bank gave up
   */
  record Told(String id, boolean received, long atMillis) implements JournalEntry {}
}
