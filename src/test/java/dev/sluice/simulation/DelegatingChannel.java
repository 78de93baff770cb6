package dev.sluice.simulation;

import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.ChannelLimits;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.PayoutInstruction;
import dev.sluice.channel.RawCallback;

/** A channel of which a planted mistake misreads something. */
class DelegatingChannel implements Channel {
  final Channel line;

  DelegatingChannel(Channel line) {
    this.line = line;
  }

  /** What the mistaken engine makes of an answer. */
  Outcome misread(Outcome outcome) {
    return outcome;
  }

  /** What the mistaken engine makes of a callback. */
  ChannelEvent misread(ChannelEvent event) {
    return event;
  }

  @Override
  public final String name() {
    return line.name();
  }

  @Override
  public final ChannelLimits limits() {
    return line.limits();
  }

  @Override
  public final byte[] prepare(PayoutInstruction instruction) {
    return line.prepare(instruction);
  }

  @Override
  public Outcome instruct(String requestNumber, byte[] request) {
    return misread(line.instruct(requestNumber, request));
  }

  @Override
  public final Outcome query(String requestNumber) {
    return misread(line.query(requestNumber));
  }

  @Override
  public final CallbackVerdict verify(RawCallback callback) {
    return switch (line.verify(callback)) {
      case CallbackVerdict.Rejected rejected -> rejected;
      case CallbackVerdict.Verified(String number, ChannelEvent event, String code) ->
          new CallbackVerdict.Verified(number, misread(event), code);
    };
  }

  @Override
  public final boolean reachable() {
    return line.reachable();
  }
}
