package dev.sluice;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.aot.AotDetector;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The service, which also writes down its beans, and whether their definitions were prepared. */
final class BeanNames {
  private BeanNames() {}

  /** Takes the file to write and the service's arguments. */
  public static void main(String[] args) throws Exception {
    SpringApplication service = new SpringApplication(SluiceApplication.class);
    service.setMainApplicationClass(SluiceApplication.class);
    ConfigurableApplicationContext context =
        service.run(Stream.of(args).skip(1).toArray(String[]::new));
    String beans =
        Stream.of(context.getBeanDefinitionNames())
            .map(name -> name + " " + context.getType(name))
            .collect(
                Collectors.joining(
                    "\n", "prepared " + AotDetector.useGeneratedArtifacts() + "\n", "\n"));
    Files.writeString(Path.of(args[0] + ".part"), beans, StandardCharsets.UTF_8);
    Files.move(Path.of(args[0] + ".part"), Path.of(args[0]));
  }
}
