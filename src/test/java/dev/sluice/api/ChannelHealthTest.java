package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

class ChannelHealthTest {
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final StandInChannel channel = new StandInChannel();
  private final ChannelHealth health =
      new ChannelHealth(channel, source().withZone(ZoneOffset.UTC));

  private InstantSource source() {
    return now::get;
  }

  @Test
  void asksAtMostEveryFiveSecondsAndNeverSaysDown() {
    assertThat(health.health().getStatus()).isEqualTo(Status.UP);
    channel.reachable = false;
    now.set(now.get().plusSeconds(5));
    assertThat(health.health().getStatus()).isEqualTo(Status.UP);
    now.set(now.get().plus(Duration.ofMillis(1)));
    assertThat(health.health().getStatus().getCode()).isEqualTo("UNREACHABLE");
    channel.reachable = true;
    now.set(now.get().plusSeconds(6));
    assertThat(health.health().getStatus()).isEqualTo(Status.UP);
  }
}
