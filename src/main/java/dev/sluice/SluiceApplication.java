package dev.sluice;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.ComponentScan;

/**
 * Starts Sluice. What makes beans is found by its name: looking into each of the many classes would
 * take a tenth of the time to start.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@ComponentScan(resourcePattern = SluiceApplication.WITH_BEANS)
public class SluiceApplication {
  /** The files of classes named so, in all packages below this one. */
  static final String WITH_BEANS = "**/{name:[A-Za-z]+(?:Configuration|Controller|Security)}.class";

  /** Runs the service until it is told to stop, or prints fresh keys if that is asked for. */
  public static void main(String[] args) {
    if (FreshKeys.isWanted(args)) {
      FreshKeys.print(System.out);
      return;
    }
    // It would load classes beside the main thread that needs the processor for its own.
    System.setProperty("spring.backgroundpreinitializer.ignore", "true");
    SpringApplication.run(SluiceApplication.class, args);
  }
}
