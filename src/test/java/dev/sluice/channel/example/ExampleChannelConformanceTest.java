package dev.sluice.channel.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelConformance;
import dev.sluice.channel.ChannelLimits;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The example of docs/channels: a channel in under 150 lines of code, guided by the suite alone.
 */
class ExampleChannelConformanceTest extends ChannelConformance {
  private static final Path SOURCE =
      Path.of("src/test/java/dev/sluice/channel/example/ExampleChannel.java");

  @Override
  protected Channel connect(URI address, Clock clock, Duration callTimeout) {
    ChannelLimits limits =
        new ChannelLimits(
            Set.of("CNY"),
            Set.of("CARD"),
            1,
            1_000_000_000,
            64,
            callTimeout,
            Duration.ofMinutes(10),
            Duration.ofDays(7),
            true);
    return new ExampleChannel(
        new ExampleChannel.Settings(address, MERCHANT, REQUEST_SECRET, REPLY_SECRET, limits),
        clock);
  }

  @Override
  protected Set<String> proofHeaders() {
    return Set.of("X-Bank-Timestamp", "X-Bank-Signature", "X-Bank-Request-No");
  }

  @Override
  protected String subjectHeader() {
    return "X-Bank-Request-No";
  }

  @Override
  protected String receipt() {
    return "RECEIVED";
  }

  /** Without blank lines, imports and comments. */
  @Test
  void takesLessThan150LinesOfCode() throws IOException {
    assertThat(
            Files.readAllLines(SOURCE).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .filter(line -> !line.startsWith("import ") && !line.startsWith("package "))
                .filter(line -> !line.matches("(//|/\\*|\\*).*"))
                .count())
        .isLessThan(150);
  }
}
