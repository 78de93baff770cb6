package dev.sluice.embedded;

import java.nio.file.Path;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/** Tells whether the service runs on the embedded default: no database URL was set. */
public final class EmbeddedDefault {
  /** The setting that turns the embedded default off. */
  public static final String DATABASE_URL = "sluice.database.url";

  private static final String DATA = "sluice.embedded.data";

  private EmbeddedDefault() {}

  /** Whether nothing says which database to use. */
  public static boolean isUsed(Environment environment) {
    return !StringUtils.hasText(environment.getProperty(DATABASE_URL));
  }

  /** The directory that holds everything the embedded default keeps. */
  static Path dataDirectory(Environment environment) {
    return Path.of(environment.getProperty(DATA, EmbeddedSettings.DEFAULT_DATA))
        .toAbsolutePath()
        .normalize();
  }
}
