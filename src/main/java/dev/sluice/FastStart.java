package dev.sluice;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aot.AotDetector;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ClassPathBeanDefinitionScanner;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.MetadataReaderFactory;
import org.springframework.core.type.classreading.SimpleMetadataReaderFactory;

/**
 * Finds what makes beans, with less work than Spring does by itself, unless their definitions were
 * prepared ({@link PreparedBeans}).
 *
 * <ul>
 *   <li>Classes are read by Spring's ASM. From Java 24 on Spring reads them with the JDK's own
 *       class-file API, which makes several objects for each of a class's parts, and whose adapter
 *       lies where an ahead-of-time cache can't keep it ({@code META-INF/versions}).
 *   <li>Our own are found by their name, and read in the same way, instead of by
 *       {@code @ComponentScan}, which knows no other reader than the default one.
 *   <li>Spring Boot's own are read ahead on another core, while the main thread is busy with ours.
 *   <li>No package of ours is looked through for Jackson's mix-ins, and no bean for its components,
 *       of which there are none.
 * </ul>
 *
 * <p>Should Spring Boot call its reader otherwise one day, it only starts slower again.
 */
final class FastStart implements ApplicationContextInitializer<ConfigurableApplicationContext> {
  private static final Logger log = LoggerFactory.getLogger(FastStart.class);

  /** The files of classes named so, in all packages below this one. */
  static final String WITH_BEANS = "**/{name:[A-Za-z]+(?:Configuration|Controller|Security)}.class";

  /** Of {@code SharedMetadataReaderFactoryContextInitializer}, which isn't public. */
  private static final String READER =
      "org.springframework.boot.autoconfigure.internalCachingMetadataReaderFactory";

  /** What would look through packages and beans for what nobody has. */
  private static final List<String> UNUSED =
      List.of(AutoConfigurationPackages.class.getName(), "jsonComponentModule");

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    if (AotDetector.useGeneratedArtifacts()) {
      return; // no class is read: the definitions were prepared
    }
    Reader reader = new Reader(context);
    reader.readAhead(context.getClassLoader());
    findOurs(context, reader);
    context.addBeanFactoryPostProcessor(new Definitions(reader));
    context.addApplicationListener((ContextRefreshedEvent event) -> reader.read.clear());
  }

  /** Before all other sources, which may replace what is defined here. */
  private static void findOurs(ConfigurableApplicationContext context, Reader reader) {
    if (!(context.getBeanFactory() instanceof BeanDefinitionRegistry registry)) {
      throw new IllegalStateException("this context takes no definitions");
    }
    ClassPathBeanDefinitionScanner scanner =
        new ClassPathBeanDefinitionScanner(registry, true, context.getEnvironment(), context);
    scanner.setMetadataReaderFactory(reader);
    scanner.setResourcePattern(WITH_BEANS);
    scanner.scan(FastStart.class.getPackageName());
  }

  private record Definitions(Reader reader) implements BeanDefinitionRegistryPostProcessor {

    /** Before the configuration classes are read. */
    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
      if (registry.containsBeanDefinition(READER)) {
        registry.removeBeanDefinition(READER);
        registry.registerBeanDefinition(
            READER, new RootBeanDefinition(MetadataReaderFactory.class, () -> reader));
      }
    }

    /** After it, and before any bean is made. */
    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
      if (beans instanceof BeanDefinitionRegistry registry) {
        UNUSED.stream()
            .filter(registry::containsBeanDefinition)
            .forEach(registry::removeBeanDefinition);
      }
    }
  }

  /** Reads each class once. */
  private static final class Reader extends SimpleMetadataReaderFactory {
    private final Map<Resource, MetadataReader> read = new ConcurrentHashMap<>();

    Reader(ResourceLoader loader) {
      super(loader);
    }

    /** All that may be asked for; what can't be read is nobody's loss before it is asked for. */
    void readAhead(@Nullable ClassLoader loader) {
      Thread.ofPlatform()
          .daemon()
          .name("sluice-read-ahead")
          .start(() -> ImportCandidates.load(AutoConfiguration.class, loader).forEach(this::ahead));
    }

    private void ahead(String type) {
      try {
        for (String member : getMetadataReader(type).getClassMetadata().getMemberClassNames()) {
          ahead(member);
        }
      } catch (IOException | RuntimeException e) {
        log.debug("{} could not be read ahead", type, e);
      }
    }

    @Override
    public MetadataReader getMetadataReader(Resource resource) throws IOException {
      @Nullable MetadataReader known = read.get(resource);
      if (known == null) {
        known = super.getMetadataReader(resource);
        read.put(resource, known);
      }
      return known;
    }
  }
}
