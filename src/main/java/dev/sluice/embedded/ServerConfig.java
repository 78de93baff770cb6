package dev.sluice.embedded;

import java.util.Map;

/** How the embedded PostgreSQL is set up: durable first, then fit for a small machine. */
final class ServerConfig {
  /** What must hold for an accepted order to survive a power cut; checked after each start. */
  static final Map<String, String> DURABLE =
      Map.of("fsync", "on", "synchronous_commit", "on", "full_page_writes", "on");

  /** Text sorts by code point, on every machine alike. */
  static final Map<String, String> LOCALE =
      Map.of("locale-provider", "builtin", "builtin-locale", "C.UTF-8", "locale", "C");

  /** All settings. They pass through a shell: no spaces, no quotes. */
  static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("fsync", "on"),
          Map.entry("synchronous_commit", "on"),
          Map.entry("full_page_writes", "on"),
          // Reachable from this machine alone.
          Map.entry("listen_addresses", "127.0.0.1"),
          Map.entry("unix_socket_directories", ""),
          Map.entry("max_connections", "100"),
          Map.entry("shared_buffers", "256MB"),
          Map.entry("wal_buffers", "16MB"),
          Map.entry("min_wal_size", "256MB"),
          Map.entry("max_wal_size", "2GB"),
          Map.entry("checkpoint_timeout", "15min"),
          Map.entry("random_page_cost", "1.1"),
          Map.entry("jit", "off"),
          Map.entry("timezone", "UTC"),
          // A service that vanished must not keep its row locks.
          Map.entry("idle_in_transaction_session_timeout", "10s"),
          // A week of logs, without values of rows or parameters.
          Map.entry("logging_collector", "on"),
          Map.entry("log_filename", "postgresql-%a.log"),
          Map.entry("log_rotation_age", "1d"),
          Map.entry("log_rotation_size", "0"),
          Map.entry("log_truncate_on_rotation", "on"),
          Map.entry("log_timezone", "UTC"),
          Map.entry("log_error_verbosity", "terse"),
          Map.entry("log_min_error_statement", "panic"),
          Map.entry("log_min_duration_statement", "1s"),
          Map.entry("log_parameter_max_length", "0"));

  private ServerConfig() {}
}
