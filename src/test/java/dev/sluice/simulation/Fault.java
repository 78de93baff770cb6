package dev.sluice.simulation;

/**
 * Everything that may happen to an order apart from going well. A long run in which one of these
 * never happened proves nothing, and is void.
 */
enum Fault {
  // what a channel does with an instruction
  PAID_THEN_TIMEOUT("pays, and the answer is lost"),
  LOST_THEN_PAID("answers nothing in time; the request arrives and is paid later"),
  REQUEST_LOST("the request is lost, and nothing is answered"),
  NO_CONNECTION("can't be connected to"),
  REFUSED_BY_CHANNEL("refuses for a reason of its own"),
  REFUSED_BENEFICIARY("refuses: the beneficiary's account is closed"),
  ERROR_500_THEN_PAID("answers 500, and pays"),
  ACCEPTED_THEN_PAID("accepts, and pays later"),
  ACCEPTED_THEN_REFUSED("accepts, and refuses later"),
  NOT_FOUND_THEN_PAID("pays, answers nothing, and at first knows nothing when asked"),
  UNLISTED_CODE("answers a code that isn't on its list"),
  UNSIGNED_REPLY("pays, and answers without a signature"),
  THROTTLED("answers 429"),
  CLIENT_BROKE("the channel's client throws"),
  PROCESSING_FOR_DAYS("is processing it for days"),
  PAID_ANOTHER_AMOUNT("pays another amount"),
  PAID_ANOTHER_BENEFICIARY("pays another beneficiary"),
  REFUSED_THEN_PAID("refuses, and pays all the same"),
  PAID_AFTER_WINDOW("knows nothing of it, and pays after its acceptance window"),
  QUERY_FAILED("a question to a channel gets no proper answer"),
  // what it says by itself
  CALLBACK_BEFORE_REPLY("a callback comes before the reply"),
  CALLBACK_LATE("a callback comes late"),
  CALLBACK_TWICE("a callback comes again, byte for byte"),
  CALLBACK_REWORDED("a callback comes again in other words"),
  CALLBACKS_AT_ONCE("callbacks come at once and share a commit"),
  CALLBACK_CONTRADICTS("a callback says refused of what is paid"),
  CALLBACK_WRONG_AMOUNT("a callback says another amount"),
  CALLBACK_WRONG_BENEFICIARY("a callback says another beneficiary"),
  CALLBACK_UNKNOWN_NUMBER("a callback is about a number that was never sent"),
  CALLBACK_FROM_ANOTHER_CHANNEL("a callback is about another channel's attempt"),
  CALLBACK_UNSIGNED("a callback isn't signed"),
  RETURN_WHOLE("the bank returns all of a payment"),
  RETURN_PARTIAL("the bank returns a part of a payment"),
  RETURN_TWICE("the same return is told twice"),
  RETURN_SECOND("a second return of one payment"),
  RETURN_TOO_MUCH("the bank returns more than it was paid"),
  RETURN_BEFORE_SUCCESS("a return comes before the success is known"),
  RETURN_ON_STATEMENT_ONLY("a return stands on the bank's list, and nothing else tells of it"),
  // its lists of what it paid
  STATEMENT_WITH_PAYOUTS("a bank brings the list of a day on which it paid"),
  STATEMENT_TWICE("the same list is brought again"),
  STATEMENT_OUT_OF_ORDER("the list of an earlier day comes after that of a later one"),
  STATEMENT_TOO_EARLY("a list is brought before its day is over"),
  STATEMENT_CUT_OFF("a list is cut off in the middle"),
  STATEMENT_CORRECTED("what was wrong on a list is put right on another"),
  STATEMENT_COUNTS_AGAIN("a list that another had replaced is made to count again"),
  STATEMENT_LINE_MISSING("a payment isn't on its list"),
  STATEMENT_LINE_TWICE("a payment stands on its list twice"),
  STATEMENT_WRONG_AMOUNT("a list has another amount"),
  STATEMENT_WRONG_BENEFICIARY("a list has another beneficiary"),
  STATEMENT_UNKNOWN_NUMBER("a list has a payment under a number that was never sent"),
  STATEMENT_WITHOUT_NUMBER("a list has a payment without our number"),
  STATEMENT_SAYS_REFUSED("a list says refused of what is paid"),
  // what clients and operators do
  KEY_SENT_AGAIN("a client sends a request again under its key"),
  KEY_WITH_OTHER_BODY("a client sends another request under a used key"),
  AMOUNT_TOO_LARGE("a client asks for more than there is"),
  BENEFICIARY_UNKNOWN("a client names a beneficiary that nobody knows, or more than one"),
  BATCH("requests come at once and share a commit"),
  BATCH_OVER_BALANCE("requests of one batch, each covered and all together not"),
  APPROVED("an operator approves an order"),
  REJECTED("an operator rejects an order"),
  CANCELLED("a user cancels an order"),
  CHANNEL_PAUSED("an operator pauses a channel for a while"),
  // what happens to an instance
  DIED_BEFORE_COMMIT("an instance dies before a commit"),
  DIED_AFTER_COMMIT("an instance dies after a commit"),
  DIED_BEFORE_CALL("an instance dies before it calls"),
  DIED_AFTER_CALL("an instance dies after the call, before it knows the answer"),
  CONNECTION_LOST_BEFORE_COMMIT("the database connection breaks before a commit"),
  CONNECTION_LOST_AFTER_COMMIT("the database connection breaks after a commit"),
  DEADLOCK("the database ends a transaction: deadlock"),
  PAUSED_AFTER_COMMIT("an instance is stopped after a commit, beyond every timeout"),
  PAUSED_IN_CALL("an instance is stopped during a call, beyond every timeout"),
  // what the merchant's receiver does
  RECEIVER_FAILED("the merchant's receiver answers 500"),
  RECEIVER_ANSWER_LOST("the merchant got a notification, and its answer is lost"),
  RECEIVER_DOWN("the merchant's receiver is down");

  final String words;

  Fault(String words) {
    this.words = words;
  }
}
