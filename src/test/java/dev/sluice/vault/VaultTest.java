package dev.sluice.vault;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import dev.sluice.beneficiary.AccountNumber;
import dev.sluice.beneficiary.Beneficiaries;
import dev.sluice.beneficiary.BeneficiaryConfiguration;
import dev.sluice.money.Ids;
import dev.sluice.support.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

class VaultTest {
  private static final String CARD = "6222081234561234";
  private static final byte[] FINGERPRINT_KEY = new byte[32];
  private final String old = Vault.newKeyset();
  private final Vault before = new Vault(old, FINGERPRINT_KEY);

  /** As an operator does it: one more key, which becomes the primary, and the old ones stay. */
  private static String rotated(String keyset) {
    try {
      KeysetHandle keys =
          TinkJsonProtoKeysetFormat.parseKeyset(keyset, InsecureSecretKeyAccess.get());
      KeysetHandle more =
          KeysetHandle.newBuilder(keys)
              .addEntry(
                  KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                      .withRandomId()
                      .makePrimary())
              .build();
      return TinkJsonProtoKeysetFormat.serializeKeyset(more, InsecureSecretKeyAccess.get());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void opensWhatOldKeysSealedAndSealsWithTheNewOne() {
    Vault after = new Vault(rotated(old), FINGERPRINT_KEY);
    byte[] sealedBefore = before.seal(CARD, "beneficiary");
    byte[] sealedAfter = after.seal(CARD, "beneficiary");

    assertThat(after.openText(sealedBefore, "beneficiary")).isEqualTo(CARD);
    assertThat(after.openText(sealedAfter, "beneficiary")).isEqualTo(CARD);
    assertThatIllegalStateException()
        .isThrownBy(() -> before.open(sealedAfter, "beneficiary"))
        .withMessageNotContaining(CARD);
    assertThat(after.fingerprint("beneficiary", "CARD", CARD))
        .isEqualTo(before.fingerprint("beneficiary", "CARD", CARD));
  }

  @Test
  void readsAndFindsStoredNumbersAfterTheKeysWereRotated() {
    try (TestDatabase database = TestDatabase.create()) {
      UUID id =
          beneficiaries(database, before)
              .register("U1", AccountNumber.card(CARD), "Zhang Wei", null)
              .beneficiary()
              .id();
      Vault after = new Vault(rotated(rotated(old)), FINGERPRINT_KEY);
      Beneficiaries later = beneficiaries(database, after);

      assertThat(requireNonNull(later.reveal(List.of(id)).get(id)).number().number())
          .isEqualTo(CARD);
      Beneficiaries.Registered again =
          later.register("U1", AccountNumber.card(CARD), "Zhang Wei", null);
      assertThat(again.existed()).isTrue();
      assertThat(again.beneficiary().id()).isEqualTo(id);
    }
  }

  @Test
  void opensNothingThatWasChangedOrBelongsElsewhere() {
    byte[] sealed = before.seal(CARD, "beneficiary");
    assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain(CARD);
    assertThatIllegalStateException().isThrownBy(() -> before.open(sealed, "attempt"));
    assertThatIllegalStateException()
        .isThrownBy(
            () -> new Vault(Vault.newKeyset(), FINGERPRINT_KEY).open(sealed, "beneficiary"));
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 1;
      assertThatIllegalStateException().isThrownBy(() -> before.open(changed, "beneficiary"));
    }
  }

  @Test
  void sealsTheSameTwiceIntoDifferentBytesButFindsItByOneFingerprint() {
    assertThat(before.seal(CARD, "x")).isNotEqualTo(before.seal(CARD, "x"));
    assertThat(before.fingerprint("a", "b")).isEqualTo(before.fingerprint("a", "b"));
    assertThat(before.fingerprint("ab", "")).isNotEqualTo(before.fingerprint("a", "b"));
    assertThat(before.fingerprint("a", null)).isNotEqualTo(before.fingerprint("a", ""));
    byte[] otherKey = new byte[32];
    otherKey[0] = 1;
    assertThat(new Vault(old, otherKey).fingerprint("a")).isNotEqualTo(before.fingerprint("a"));
  }

  @Test
  void refusesKeysThatItCannotUseWithoutShowingThem() {
    String key = "not-a-keyset-but-secret";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Vault(key, FINGERPRINT_KEY))
        .withMessageNotContaining(key);
    assertThatIllegalArgumentException().isThrownBy(() -> new Vault(old, new byte[31]));
  }

  private static Beneficiaries beneficiaries(TestDatabase database, Vault vault) {
    Clock clock = Clock.systemUTC();
    return new BeneficiaryConfiguration()
        .beneficiaries(
            new JdbcTemplate(database.dataSource()),
            vault,
            clock,
            new Ids(clock, new SplittableRandom()));
  }
}
