package dev.sluice;

import dev.sluice.vault.Vault;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.util.Base64;

/** Prints new keys, ready for an environment file, and starts nothing. */
final class FreshKeys {
  /** The argument that asks for it. */
  static final String ARGUMENT = "--generate-keys";

  private static final int KEY_BYTES = 32;

  private FreshKeys() {}

  /** Whether this is what the caller wants. */
  static boolean isWanted(String[] args) {
    return args.length == 1 && args[0].equals(ARGUMENT);
  }

  /** Prints one variable per line, in single quotes. */
  static void print(PrintStream out) {
    out.println("SLUICE_VAULT_KEYSET='" + oneLine(Vault.newKeyset()) + "'");
    out.println("SLUICE_VAULT_FINGERPRINT_KEY='" + random() + "'");
    out.println("SLUICE_JWT_HMAC_SECRET='" + random() + "'");
  }

  private static String oneLine(String json) {
    return json.replaceAll("\\s", ""); // a keyset holds names, numbers and Base64 only
  }

  private static String random() {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return Base64.getEncoder().encodeToString(key);
  }
}
