package dev.sluice;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The keys of the vault.
 *
 * @param keyset Tink keyset of AEAD keys in JSON; it may hold retired keys, too
 * @param fingerprintKey 32 random bytes or more in Base64; never changes
 */
@ConfigurationProperties("sluice.vault")
record VaultSettings(String keyset, String fingerprintKey) {
  /** Tells nothing. */
  @Override
  public String toString() {
    return "VaultSettings[...]";
  }
}
