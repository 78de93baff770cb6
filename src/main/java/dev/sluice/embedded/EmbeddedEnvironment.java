package dev.sluice.embedded;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Fills in what a person who just tries the service did not set: development keys, the simulated
 * bank, loopback addresses. All of it has the lowest precedence, and none of it is there once a
 * database URL is set.
 */
public final class EmbeddedEnvironment implements EnvironmentPostProcessor, Ordered {
  /** The property source's name. */
  static final String NAME = "sluiceDefaults";

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    Map<String, Object> defaults = new HashMap<>();
    if (EmbeddedDefault.isUsed(environment)) {
      defaults.putAll(DevelopmentKeys.loadOrCreate(EmbeddedDefault.dataDirectory(environment)));
      defaults.put("server.address", "127.0.0.1");
      // Done where the database starts, beside the service.
      defaults.put("spring.flyway.enabled", "false");
      defaults.put("sluice.jwt.issuer", "sluice-dev");
      defaults.put("sluice.jwt.audience", "sluice");
      defaults.put("sluice.channels.bank.url", "http://127.0.0.1:${sluice.simulator.port:8090}");
      // A person tries notifications with a receiver on this machine.
      defaults.put("sluice.webhooks.allow-http", "true");
      defaults.put("sluice.webhooks.allowed-ranges", "127.0.0.0/8,::1/128");
    } else {
      // Set before logging starts, so that the first line is structured, too.
      defaults.put("logging.structured.format.console", "ecs");
    }
    environment.getPropertySources().addLast(new MapPropertySource(NAME, defaults));
  }

  /** After application.yaml and all imports are read. */
  @Override
  public int getOrder() {
    return ConfigDataEnvironmentPostProcessor.ORDER + 10;
  }
}
