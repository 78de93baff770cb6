package dev.sluice.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** Watches what the service writes into its log meanwhile: no errors, no secrets. */
final class LogWatch extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private static final int LONGEST_SHOWN = 3_000;

  /** Who would tell of a request that failed. */
  private static final List<String> REQUESTS =
      List.of("dev.sluice.api", "org.apache", "org.springframework.web");

  private final Collection<String> secrets;
  private final boolean alone;
  private final Queue<String> found = new ConcurrentLinkedQueue<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

  /**
   * Watches from now on for errors and for these texts.
   *
   * @param alone whether nothing else runs in this JVM, so that every error counts, not only those
   *     about requests
   */
  LogWatch(Collection<String> secrets, boolean alone) {
    this.secrets = List.copyOf(secrets);
    this.alone = alone;
    setContext(root.getLoggerContext());
    start();
    root.addAppender(this);
  }

  @Override
  protected void append(ILoggingEvent event) {
    String text = event.getFormattedMessage();
    if (event.getThrowableProxy() != null) {
      text += "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy());
    }
    if (event.getLevel().isGreaterOrEqual(Level.ERROR)
        && (alone || REQUESTS.stream().anyMatch(event.getLoggerName()::startsWith))) {
      found.add("an error in the log: " + shown(text));
    }
    for (String secret : secrets) {
      if (text.contains(secret)) {
        found.add("a secret in the log: " + shown(text));
      }
    }
  }

  private static String shown(String text) {
    return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
  }

  /** What was found since the last call. */
  List<String> take() {
    List<String> all = new ArrayList<>();
    for (String one = found.poll(); one != null; one = found.poll()) {
      all.add(one);
    }
    return all;
  }

  @Override
  public void close() {
    root.detachAppender(this);
    stop();
  }
}
