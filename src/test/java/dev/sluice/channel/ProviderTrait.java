package dev.sluice.channel;

/** How a provider differs from one that answers each call and calls back, all dated and signed. */
public enum ProviderTrait {
  /** It answers a second sending with "duplicate": only a query or callback tells the end. */
  REPEATS_TELL_NOTHING,
  /** It doesn't tell of returns by itself. */
  SILENT_ON_RETURNS,
  /** Its reply to an instruction tells that it was paid, but neither what nor whom. */
  REPLIES_TELL_NO_DETAILS,
  /** Its replies carry no time of their own: an old one still says what was so then. */
  REPLIES_UNDATED,
  /** Its callbacks don't tell whom it paid. */
  CALLBACKS_NAME_NOBODY,
  /** Neither its replies nor its callbacks tell whom it paid. */
  NAMES_NOBODY,
  /** It can't be asked what funds we have left with it. */
  SILENT_ON_FUNDS
}
