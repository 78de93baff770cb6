package dev.sluice;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotContribution;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;

/**
 * While the build prepares the definitions of beans, notes which settings are asked for, and writes
 * them down with their answers, for {@link PreparedBeans} to ask again.
 */
final class AskedSettings
    implements ApplicationContextInitializer<ConfigurableApplicationContext>,
        BeanFactoryInitializationAotProcessor,
        Ordered {
  private static final String NAME = "askedSettings";

  /** Before {@link FastStart}, which asks whether what it finds is wanted. */
  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    if (PreparedBeans.isBeingPrepared()) {
      MutablePropertySources settings = context.getEnvironment().getPropertySources();
      // Without the one that looks into all the others, also into those that come later.
      List<PropertySource<?>> before =
          settings.stream()
              .filter(
                  source ->
                      !ConfigurationPropertySources.isAttachedConfigurationPropertySource(source))
              .toList();
      settings.addFirst(new Asked(before));
    }
  }

  @Override
  public @Nullable BeanFactoryInitializationAotContribution processAheadOfTime(
      ConfigurableListableBeanFactory beans) {
    ConfigurableEnvironment environment =
        beans.getBean(
            ConfigurableApplicationContext.ENVIRONMENT_BEAN_NAME, ConfigurableEnvironment.class);
    return (generation, code) -> {
      if (environment.getPropertySources().remove(NAME) instanceof Asked asked) {
        generation.getGeneratedFiles().addResourceFile(PreparedBeans.ANSWERS, written(asked));
      }
    };
  }

  private static String written(Asked asked) {
    StringWriter text = new StringWriter();
    try {
      PreparedBeans.answers(asked.before, asked.getSource()).store(text, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString().lines().skip(1).collect(Collectors.joining("\n", "", "\n")); // a date
  }

  /** Knows no answer, but all questions. */
  private static final class Asked extends PropertySource<Set<String>> {
    /** What is set before any class of ours is read, and may add settings of its own. */
    private final List<PropertySource<?>> before;

    Asked(List<PropertySource<?>> before) {
      super(NAME, new TreeSet<>());
      this.before = before;
    }

    @Override
    public @Nullable Object getProperty(String name) {
      getSource().add(name);
      return null;
    }
  }
}
