package dev.sluice.channel;

import java.time.Duration;

/**
 * What a provider wants handed to the user's own app so that the payout goes on, such as WeChat
 * Pay's {@code package_info}. Whoever has it can act in the user's place: never logged, stored
 * encrypted, and forgotten once the attempt is final.
 *
 * @param text as the provider gave it
 * @param goodFor how long the provider takes it, from the instruction on
 */
public record HandOver(String text, Duration goodFor) {

  /** Without the text. */
  @Override
  public String toString() {
    return "HandOver[%d characters, good for %s]".formatted(text.length(), goodFor);
  }
}
