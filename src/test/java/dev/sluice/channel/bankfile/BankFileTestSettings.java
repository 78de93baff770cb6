package dev.sluice.channel.bankfile;

import dev.sluice.channel.ChannelLimits;
import dev.sluice.channel.simulator.BankFileSimulation;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Settings and keys for tests. */
final class BankFileTestSettings {
  static final String ACCOUNT = "DE89370400440532013000";
  static final KeyPair HOST_KEY = key();
  static final KeyPair USER_KEY = key();
  static final BankFileSettings.Debtor DEBTOR =
      new BankFileSettings.Debtor("Sluice & Söhne GmbH", ACCOUNT, "COBADEFFXXX", "SLEV");

  private BankFileTestSettings() {}

  static BankFileSettings of(int port, Duration callTimeout) {
    return of(port, callTimeout, HOST_KEY.getPublic(), null, "sent");
  }

  static BankFileSettings of(
      int port,
      Duration callTimeout,
      PublicKey hostKey,
      @Nullable String password,
      @Nullable String sent) {
    return new BankFileSettings(
        BankFileSettings.DEFAULT_NAME,
        new BankFileSettings.Server(
            "127.0.0.1", port, "sluice", hostKey, password, password == null ? USER_KEY : null),
        new BankFileSettings.Directories("in", "out", "done", sent),
        DEBTOR,
        ZoneId.of("Europe/Berlin"),
        256 * 1024,
        new ChannelLimits(
            Set.of("CNY", "EUR"),
            Set.of("CARD", "IBAN"),
            1,
            100_000_000,
            4,
            callTimeout,
            Duration.ofDays(2),
            Duration.ofDays(10),
            sent != null));
  }

  static BankFileSimulation peer(Path folder, boolean advises) {
    return new BankFileSimulation(
        folder, 0, HOST_KEY, "sluice", "open sesame", USER_KEY.getPublic(), ACCOUNT, advises);
  }

  static KeyPair key() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
