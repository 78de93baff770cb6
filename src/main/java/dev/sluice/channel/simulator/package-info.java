/** A simulated bank: an HTTP service of its own with a durable record and faults on request. */
@NullMarked
package dev.sluice.channel.simulator;

import org.jspecify.annotations.NullMarked;
