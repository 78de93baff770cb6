package dev.sluice.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Listens to the engine's log. The engine survives what it didn't expect by logging it and going
 * on; in a simulated history an exception that nobody threw on purpose is a mistake. What histories
 * log goes nowhere else.
 */
final class EngineLog extends TurboFilter {
  private static final ThreadLocal<@Nullable Scene> SCENE = new ThreadLocal<>();

  static {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    EngineLog listener = new EngineLog();
    listener.setContext(context);
    listener.start();
    context.addTurboFilter(listener);
  }

  private EngineLog() {}

  /** Runs a part of a history on this thread, listening. */
  static void listen(Scene scene, Runnable part) {
    SCENE.set(scene);
    try {
      part.run();
    } finally {
      SCENE.remove();
    }
  }

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] params,
      @Nullable Throwable thrown) {
    Scene scene = SCENE.get();
    if (scene == null || !logger.getName().startsWith("dev.sluice")) {
      return FilterReply.NEUTRAL;
    }
    Throwable cause = thrown != null ? thrown : last(params);
    if (cause != null && !Injected.is(cause)) {
      scene.violated(
          "the engine logs what nobody threw on purpose: %s: %s", format, Injected.root(cause));
    }
    return FilterReply.DENY;
  }

  private static @Nullable Throwable last(Object @Nullable [] params) {
    return params != null && params.length > 0 && params[params.length - 1] instanceof Throwable t
        ? t
        : null;
  }
}
