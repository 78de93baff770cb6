package dev.sluice.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** Watches what the service writes into its log meanwhile: no errors, no secrets. */
final class LogWatch extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private static final int LONGEST_SHOWN = 3_000;

  private final Collection<String> secrets;
  private final Queue<String> found = new ConcurrentLinkedQueue<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

  /** Watches from now on for errors and for these texts. */
  LogWatch(Collection<String> secrets) {
    this.secrets = List.copyOf(secrets);
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
    if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
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
    List<String> all = new java.util.ArrayList<>();
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
