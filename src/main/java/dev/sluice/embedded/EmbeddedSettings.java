package dev.sluice.embedded;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the embedded default lives.
 *
 * @param data directory of everything it keeps: database, keys, the simulated bank's journal
 * @param port TCP port of PostgreSQL on the loopback address; 0 takes a free one
 * @param binaries directory into which PostgreSQL's programs are unpacked; below {@code data}
 *     unless set. Not the temporary directory: others can write there, and it is emptied at times
 * @param startTimeout how long PostgreSQL may take to get ready, crash recovery included
 * @param stopTimeout how long PostgreSQL may take to stop, one left behind included
 */
@ConfigurationProperties("sluice.embedded")
public record EmbeddedSettings(
    @DefaultValue(DEFAULT_DATA) Path data,
    @DefaultValue("0") int port,
    @Nullable Path binaries,
    @DefaultValue("60s") Duration startTimeout,
    @DefaultValue("30s") Duration stopTimeout) {
  static final String DEFAULT_DATA = "./data";

  /** Makes the paths absolute, so that messages name them in full. */
  public EmbeddedSettings {
    data = data.toAbsolutePath().normalize();
    binaries = binaries == null ? null : binaries.toAbsolutePath().normalize();
  }

  /** The directory that PostgreSQL's programs are unpacked into. */
  Path binariesDirectory() {
    return binaries == null ? data.resolve("postgres-binaries") : binaries;
  }

  /** PostgreSQL's own directory. */
  Path clusterDirectory() {
    return data.resolve("postgres");
  }
}
