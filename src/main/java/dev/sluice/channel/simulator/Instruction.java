package dev.sluice.channel.simulator;

import dev.sluice.money.Masking;
import dev.sluice.money.Money;

/**
 * An instruction that a protocol has verified and read.
 *
 * @param bodyHash hex SHA-256 over what must not differ when the number is sent again
 * @param account the full number: it goes no further than this
 */
record Instruction(PaymentKey key, String bodyHash, Money amount, String account) {

  @Override
  public String toString() {
    return "Instruction[%s, %s, %s]".formatted(key, amount, Masking.mask(account));
  }
}
