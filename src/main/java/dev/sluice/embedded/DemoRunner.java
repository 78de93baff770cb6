package dev.sluice.embedded;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
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

  /** Starts it, if there is a web server to talk to. */
  @EventListener
  void play(ApplicationReadyEvent ready) {
    String port = ready.getApplicationContext().getEnvironment().getProperty("local.server.port");
    if (port != null) {
      URI base = URI.create("http://127.0.0.1:" + port);
      thread = Thread.ofVirtual().name("sluice-demo").start(() -> demo.run(base, bank));
    }
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
