package dev.sluice.embedded;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationListener;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.env.Environment;

/**
 * Starts PostgreSQL beside the service, which has its own classes and settings to read meanwhile:
 * neither waits for the other until the service first needs a connection. What nobody came for is
 * stopped again.
 */
final class EarlyStart implements DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(EarlyStart.class);
  private static final String BEAN = "embeddedDatabaseEarlyStart";

  private final CompletableFuture<EmbeddedDatabase> started = new CompletableFuture<>();
  private final AtomicBoolean handedOver = new AtomicBoolean();

  private EarlyStart(EmbeddedSettings settings) {
    Thread.ofPlatform()
        .daemon()
        .name("sluice-postgres-start")
        .start(
            () -> {
              try {
                started.complete(EmbeddedDatabase.start(settings));
              } catch (Throwable e) { // whoever takes it is told
                started.completeExceptionally(e);
              }
            });
  }

  /**
   * The running database, which is the caller's to close from now on.
   *
   * @throws EmbeddedException if it did not start
   */
  EmbeddedDatabase take() {
    try {
      EmbeddedDatabase database = started.join();
      handedOver.set(true);
      return database;
    } catch (CompletionException e) {
      if (e.getCause() instanceof EmbeddedException refused) {
        throw refused;
      }
      throw e;
    }
  }

  /** Stops it if the service ended before it came for it. */
  @Override
  public void destroy() {
    if (!handedOver.getAndSet(true)) {
      started
          .thenAccept(EmbeddedDatabase::close)
          .exceptionally(
              e -> {
                log.warn(
                    "PostgreSQL was not needed any more, and had not started: {}", e.toString());
                return null;
              })
          .join();
    }
  }

  /** Begins once all settings are read, and only on the embedded default. */
  static final class Beginning implements ApplicationListener<ApplicationPreparedEvent> {
    @Override
    public void onApplicationEvent(ApplicationPreparedEvent event) {
      Environment environment = event.getApplicationContext().getEnvironment();
      if (!Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING) // the build makes no service
          && EmbeddedDefault.isUsed(environment)
          && event.getApplicationContext().getBeanFactory()
              instanceof DefaultListableBeanFactory beans) {
        try {
          EmbeddedSettings settings =
              Binder.get(environment).bindOrCreate("sluice.embedded", EmbeddedSettings.class);
          EarlyStart start = new EarlyStart(settings);
          beans.registerSingleton(BEAN, start);
          beans.registerDisposableBean(BEAN, start);
        } catch (BindException e) {
          log.debug("the settings' own bean says what is wrong", e);
        }
      }
    }
  }
}
