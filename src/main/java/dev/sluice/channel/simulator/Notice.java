package dev.sluice.channel.simulator;

/**
 * A callback that the bank owes.
 *
 * @param id its own
 * @param protocol whose words to use
 * @param dueAtMillis when to send it first, in epoch milliseconds
 * @param report what to say
 */
record Notice(String id, String protocol, long dueAtMillis, Report report) {}
