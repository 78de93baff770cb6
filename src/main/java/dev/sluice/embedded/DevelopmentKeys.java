package dev.sluice.embedded;

import dev.sluice.vault.Vault;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;

/**
 * The secrets of the embedded default: made at the first start, then kept in {@code
 * keys/development.properties}, which its owner alone may read. Nobody else's service has them.
 */
final class DevelopmentKeys {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int KEY_BYTES = 32;
  private static final int MERCHANT_BYTES = 6;

  /** What is kept, and how each is made. */
  private static final Map<String, Supplier<String>> MAKERS = makers();

  private DevelopmentKeys() {}

  /**
   * The secrets by the names of their settings.
   *
   * @throws EmbeddedException if the file is gone while there is data sealed with its keys, or
   *     another service is just starting on the directory
   */
  static Map<String, String> loadOrCreate(Path data) {
    Path file = data.resolve("keys").resolve("development.properties");
    try {
      Map<String, String> keys = read(file);
      if (!keys.keySet().containsAll(MAKERS.keySet())) {
        try (DataDirectoryLock _ = DataDirectoryLock.take(data)) {
          keys = complete(data, file);
        }
      }
      return keys;
    } catch (IOException e) {
      throw new EmbeddedException("The development keys in " + file + " failed: " + e, e);
    }
  }

  private static Map<String, String> complete(Path data, Path file) throws IOException {
    if (!Files.exists(file) && Files.exists(data.resolve("postgres").resolve("PG_VERSION"))) {
      throw new EmbeddedException(
          "The database in %s is sealed with keys that are gone: put %s back, or set SLUICE_EMBEDDED_DATA to another directory."
              .formatted(data, file));
    }
    Map<String, String> keys = read(file);
    MAKERS.forEach((name, maker) -> keys.computeIfAbsent(name, _ -> maker.get()));
    Properties properties = new Properties();
    properties.putAll(keys);
    StringWriter text = new StringWriter();
    properties.store(
        text, "Made by Sluice for trying it out on this machine; never use elsewhere.");
    PrivateFiles.write(file, text.toString());
    return keys;
  }

  private static Map<String, String> read(Path file) throws IOException {
    Map<String, String> keys = new LinkedHashMap<>();
    if (Files.exists(file)) {
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(file)) {
        properties.load(reader);
      }
      properties
          .stringPropertyNames()
          .forEach(name -> keys.put(name, properties.getProperty(name)));
    }
    return keys;
  }

  private static Map<String, Supplier<String>> makers() {
    Map<String, Supplier<String>> makers = new LinkedHashMap<>();
    makers.put("sluice.jwt.hmac-secret", DevelopmentKeys::secret);
    makers.put("sluice.vault.keyset", Vault::newKeyset);
    makers.put("sluice.vault.fingerprint-key", DevelopmentKeys::secret);
    makers.put("sluice.channels.bank.merchant-id", DevelopmentKeys::merchantId);
    makers.put("sluice.channels.bank.request-secret", DevelopmentKeys::secret);
    makers.put("sluice.channels.bank.reply-secret", DevelopmentKeys::secret);
    return makers;
  }

  private static String secret() {
    return Base64.getEncoder().encodeToString(random(KEY_BYTES));
  }

  private static String merchantId() {
    return "dev-" + HexFormat.of().formatHex(random(MERCHANT_BYTES));
  }

  private static byte[] random(int bytes) {
    byte[] value = new byte[bytes];
    RANDOM.nextBytes(value);
    return value;
  }
}
