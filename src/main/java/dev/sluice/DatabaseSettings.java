package dev.sluice;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which PostgreSQL to use.
 *
 * @param url JDBC URL, "jdbc:postgresql://host:5432/sluice"; the embedded default if not set
 * @param user the role that owns the tables
 * @param password its password, unless the server lets it in without
 * @param poolSize the most connections that are open at a time
 */
@ConfigurationProperties("sluice.database")
record DatabaseSettings(
    @Nullable String url,
    @DefaultValue("sluice") String user,
    @Nullable String password,
    @DefaultValue("16") int poolSize) {
  private static final String SCHEME = "jdbc:postgresql:";
  private static final int LARGEST_POOL = 512;

  /** Refuses what can't work, in words that name the setting. */
  DatabaseSettings {
    if (url != null && !url.isBlank() && !url.startsWith(SCHEME)) {
      throw new SettingsException(
          "sluice.database.url does not begin with " + SCHEME,
          "Set SLUICE_DATABASE_URL to a JDBC URL such as jdbc:postgresql://host:5432/sluice.");
    }
    if (poolSize < 4 || poolSize > LARGEST_POOL) {
      throw new SettingsException(
          "sluice.database.pool-size is " + poolSize,
          "Set SLUICE_DATABASE_POOL_SIZE to a number from 4 to " + LARGEST_POOL + ".");
    }
  }

  /** Without the password, also where it hides in the URL. */
  @Override
  public String toString() {
    return "DatabaseSettings[user=" + user + ", poolSize=" + poolSize + "]";
  }
}
