package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.ClassPathResource;

/** A line on the console, where the log isn't JSON. */
class ConsoleLogTest {

  @Test
  void namesTheOrderThatItIsAbout() throws IOException {
    LoggerContext context = new LoggerContext();
    PatternLayout layout = new PatternLayout();
    layout.setContext(context);
    layout.setPattern(pattern());
    layout.start();
    LoggingEvent event =
        new LoggingEvent(
            ConsoleLogTest.class.getName(),
            context.getLogger("dev.sluice.Anything"),
            Level.INFO,
            "paid by {}",
            null,
            new Object[] {"CALLBACK"});
    event.addKeyValuePair(new KeyValuePair("withdrawalId", "01a213fb"));

    assertThat(layout.doLayout(event))
        .contains("paid by CALLBACK")
        .contains("withdrawalId=01a213fb");
  }

  private static String pattern() throws IOException {
    return new YamlPropertySourceLoader()
        .load("application", new ClassPathResource("application.yaml")).stream()
            .map(source -> source.getProperty("logging.pattern.console"))
            .filter(Objects::nonNull)
            .map(String::valueOf)
            .findFirst()
            .orElseThrow();
  }
}
