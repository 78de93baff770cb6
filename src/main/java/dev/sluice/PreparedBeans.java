package dev.sluice;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.AotDetector;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.SpringProperties;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;

/**
 * Decides whether the service starts with the definitions of beans that {@code mvn package}
 * prepared, instead of reading them from classes again.
 *
 * <p>Which beans there are depends on the settings. So what was asked of the settings while the
 * definitions were made, and each answer, is written down with them ({@link AskedSettings}). Only
 * if all of it is answered in the same way now are they used; a single other answer, such as a
 * channel's address, and the service reads its classes: a fifth slower, with all that was asked
 * for.
 *
 * @see <a href="https://docs.spring.io/spring-framework/reference/core/aot.html">Ahead of Time
 *     Optimizations</a>
 */
final class PreparedBeans implements EnvironmentPostProcessor, Ordered {
  /** Lies beside the prepared definitions. */
  static final String ANSWERS = "dev/sluice/prepared-beans.properties";

  private static final String SET = "set.";
  private static final String UNSET = "unset.";

  /**
   * Asked for, too, but no bean depends on them: whether the management's port is another one,
   * which its own setting tells, what else such settings refer to, and what a line of the log
   * begins with.
   */
  private static final Set<String> DECIDE_NOTHING =
      Set.of(
          "server.port",
          "SLUICE_PORT",
          "sluice.simulator.port",
          "spring.application.pid",
          "spring.application.version");

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    boolean fit = !isBeingPrepared() && fit(environment, application.getClassLoader());
    SpringProperties.setProperty(AotDetector.AOT_ENABLED, Boolean.toString(fit));
  }

  /** After everything that adds settings. */
  @Override
  public int getOrder() {
    return LOWEST_PRECEDENCE;
  }

  /** Whether this is the build, which makes the definitions and no service. */
  static boolean isBeingPrepared() {
    return Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING);
  }

  private static boolean fit(ConfigurableEnvironment environment, ClassLoader classes) {
    try (InputStream in = classes.getResourceAsStream(ANSWERS)) {
      if (in == null) {
        return false;
      }
      Properties answers = new Properties();
      answers.load(in);
      // Profiles are asked for in another way than by a setting's name.
      return environment.getActiveProfiles().length == 0
          && answers.stringPropertyNames().stream()
              .allMatch(
                  name ->
                      isAsBefore(
                          environment.getPropertySources(), name, answers.getProperty(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(ANSWERS + " can't be read", e);
    }
  }

  private static boolean isAsBefore(
      Iterable<PropertySource<?>> settings, String key, String answer) {
    return key.startsWith(SET)
        ? answer.equals(text(settings, key.substring(SET.length())))
        : text(settings, key.substring(UNSET.length())) == null;
  }

  /** The answers to what was asked, to be written down. */
  static Properties answers(Iterable<PropertySource<?>> settings, Iterable<String> asked) {
    Properties answers = new Properties();
    for (String name : asked) {
      boolean withDefault = name.indexOf(':') >= 0; // of a reference, as in ${name:default}
      if (!withDefault && !DECIDE_NOTHING.contains(name)) {
        @Nullable String text = text(settings, name);
        answers.setProperty((text == null ? UNSET : SET) + name, text == null ? "" : text);
      }
    }
    return answers;
  }

  /** As it is written, with its references to other settings. */
  private static @Nullable String text(Iterable<PropertySource<?>> settings, String name) {
    for (PropertySource<?> source : settings) {
      Object value = source.getProperty(name);
      if (value != null) {
        return value.toString();
      }
    }
    return null;
  }
}
