package dev.sluice.embedded;

import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.EventListener;

/** Plays the demo beside the service, once that answers. */
final class DemoRunner implements DisposableBean {
  private final Demo demo;
  private final URI bank;
  private volatile @Nullable Thread thread;

  DemoRunner(Demo demo, URI bank) {
    this.demo = demo;
    this.bank = bank;
  }

  /** Before the service says that it is ready. */
  @EventListener
  void prepare(ApplicationStartedEvent started) {
    api(started.getApplicationContext()).ifPresent(demo::prepare);
  }

  @EventListener
  void play(ApplicationReadyEvent ready) {
    api(ready.getApplicationContext())
        .ifPresent(
            base ->
                thread = Thread.ofVirtual().name("sluice-demo").start(() -> demo.run(base, bank)));
  }

  /** Where the API listens, if there is a web server. */
  private static Optional<URI> api(ApplicationContext service) {
    return Optional.ofNullable(service.getEnvironment().getProperty("local.server.port"))
        .map(port -> URI.create("http://127.0.0.1:" + port));
  }

  /** Cuts it off; the next start goes on with it. */
  @Override
  public void destroy() {
    Thread playing = thread;
    if (playing != null) {
      playing.interrupt();
    }
  }
}
