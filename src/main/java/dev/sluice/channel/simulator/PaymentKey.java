package dev.sluice.channel.simulator;

/**
 * What makes a payment one and the same to the bank.
 *
 * @param protocol the protocol it came by: each stands for a provider of its own
 * @param requestNo the customer's number for it
 */
record PaymentKey(String protocol, String requestNo) {}
