package dev.sluice.bench;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sluice.vault.Vault;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;

/** The keys of one site, and the tokens that they sign. */
final class Secrets {
  private static final byte[] SECRET =
      "bench-secret-bench-secret-bench-secret".getBytes(StandardCharsets.UTF_8);
  private static final Duration LIFE = Duration.ofHours(6);

  private final String keyset = Vault.newKeyset();
  private final Date expiry = Date.from(Instant.now().plus(LIFE));
  private final MACSigner signer;

  Secrets() {
    try {
      signer = new MACSigner(SECRET);
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The service's settings that go with them. */
  List<String> settings() {
    String secret = Base64.getEncoder().encodeToString(SECRET);
    return List.of(
        "--sluice.jwt.hmac-secret=" + secret,
        "--sluice.jwt.issuer=bench",
        "--sluice.jwt.audience=sluice",
        "--sluice.vault.keyset=" + keyset,
        "--sluice.vault.fingerprint-key=" + secret);
  }

  /** The vault that the service has, too. */
  Vault vault() {
    return new Vault(keyset, SECRET);
  }

  /** A token for a user or a client, with scopes separated by spaces. */
  String token(String subject, String scopes) {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader(JWSAlgorithm.HS256),
            new JWTClaimsSet.Builder()
                .subject(subject)
                .issuer("bench")
                .audience("sluice")
                .expirationTime(expiry)
                .claim("scope", scopes)
                .build());
    try {
      jwt.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    return jwt.serialize();
  }

  /** A file with a line "user token" for each wallet, as the scripts of wrk read it. */
  Path usersFile(Path directory, int users) {
    Path file = directory.resolve("users.txt");
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int i = 1; i <= users; i++) {
        String user = Wallets.user(i);
        out.write(user + " " + token(user, "withdrawals") + "\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }
}
