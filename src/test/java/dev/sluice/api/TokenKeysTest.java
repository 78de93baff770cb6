package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;

/** Which settings make a verifier, and what that verifies. */
class TokenKeysTest {
  private static final String SECRET = "a secret of thirty-two bytes!!!!";

  private static JwtSettings settings(
      JwtSettings.Algorithm algorithm,
      @Nullable String secret,
      @Nullable String publicKey,
      @Nullable String jwksUri) {
    return new JwtSettings(
        algorithm,
        secret,
        publicKey,
        jwksUri,
        ApiTest.ISSUER,
        ApiTest.AUDIENCE,
        Duration.ofSeconds(30),
        Duration.ofMinutes(5));
  }

  private static JwtDecoder verifier(JwtSettings settings) {
    return SecurityConfiguration.verifier(settings, Clock.systemUTC());
  }

  private static String token(JWSHeader header, JWSSigner signer) throws Exception {
    SignedJWT token = new SignedJWT(header, ApiTest.claims("U1", "withdrawals").build());
    token.sign(signer);
    return token.serialize();
  }

  private static String pem(PublicKey key) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(key.getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  @Test
  void takesASecretInBase64OrAsItStands() throws Exception {
    byte[] bytes = SECRET.getBytes(StandardCharsets.UTF_8);
    String token = token(new JWSHeader(JWSAlgorithm.HS256), new MACSigner(bytes));
    for (String secret : new String[] {SECRET, Base64.getEncoder().encodeToString(bytes)}) {
      JwtDecoder verifier = verifier(settings(JwtSettings.Algorithm.HS256, secret, null, null));
      assertThat(verifier.decode(token).getSubject()).isEqualTo("U1");
    }
  }

  @Test
  void verifiesRs256AndNothingSignedWithThePublicKeyAsASecret(@TempDir Path directory)
      throws Exception {
    RSAKey key = new RSAKeyGenerator(2048).generate();
    Path file = Files.writeString(directory.resolve("key.pem"), pem(key.toPublicKey()));
    for (String publicKey : new String[] {pem(key.toPublicKey()), file.toString()}) {
      JwtDecoder verifier = verifier(settings(JwtSettings.Algorithm.RS256, null, publicKey, null));
      String right = token(new JWSHeader(JWSAlgorithm.RS256), new RSASSASigner(key));
      assertThat(verifier.decode(right).getSubject()).isEqualTo("U1");
      for (byte[] confused :
          new byte[][] {
            key.toPublicKey().getEncoded(), pem(key.toPublicKey()).getBytes(StandardCharsets.UTF_8)
          }) {
        String wrong = token(new JWSHeader(JWSAlgorithm.HS256), new MACSigner(confused));
        assertThatThrownBy(() -> verifier.decode(wrong)).isInstanceOf(BadJwtException.class);
      }
      String rs512 = token(new JWSHeader(JWSAlgorithm.RS512), new RSASSASigner(key));
      assertThatThrownBy(() -> verifier.decode(rs512)).isInstanceOf(BadJwtException.class);
      RSAKey other = new RSAKeyGenerator(2048).generate();
      String embedded =
          token(
              new JWSHeader.Builder(JWSAlgorithm.RS256).jwk(other.toPublicJWK()).build(),
              new RSASSASigner(other));
      assertThatThrownBy(() -> verifier.decode(embedded)).isInstanceOf(BadJwtException.class);
    }
  }

  @Test
  void verifiesEs256() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_256).generate();
    JwtDecoder verifier =
        verifier(settings(JwtSettings.Algorithm.ES256, null, pem(key.toPublicKey()), null));
    String right = token(new JWSHeader(JWSAlgorithm.ES256), new ECDSASigner(key));
    assertThat(verifier.decode(right).getSubject()).isEqualTo("U1");
  }

  /** CVE-2022-21449 and its kin: zeros, the curve's order, and lengths that aren't. */
  @Test
  void refusesEcdsaSignaturesThatProveNothing() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_256).generate();
    JwtDecoder verifier =
        verifier(settings(JwtSettings.Algorithm.ES256, null, pem(key.toPublicKey()), null));
    String right = token(new JWSHeader(JWSAlgorithm.ES256), new ECDSASigner(key));
    String content = right.substring(0, right.lastIndexOf('.') + 1);
    byte[] genuine = Base64URL.from(right.substring(content.length())).decode();
    byte[] order = new byte[32];
    byte[] n = Curve.P_256.toECParameterSpec().getOrder().toByteArray();
    System.arraycopy(n, n.length - 32, order, 0, 32);
    List<byte[]> wrong = new ArrayList<>();
    wrong.add(new byte[64]);
    for (byte[] part : new byte[][] {new byte[32], order}) {
      byte[] r = genuine.clone();
      System.arraycopy(part, 0, r, 0, 32);
      byte[] s = genuine.clone();
      System.arraycopy(part, 0, s, 32, 32);
      wrong.add(r);
      wrong.add(s);
    }
    wrong.add(Arrays.copyOf(genuine, 63));
    wrong.add(Arrays.copyOf(genuine, 65));
    wrong.add(new byte[] {0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00});
    wrong.add(new byte[0]);
    for (byte[] signature : wrong) {
      assertThatThrownBy(() -> verifier.decode(content + Base64URL.encode(signature)))
          .isInstanceOf(BadJwtException.class);
    }
    String asHmac =
        token(
            new JWSHeader(JWSAlgorithm.HS256),
            new MACSigner(pem(key.toPublicKey()).getBytes(StandardCharsets.UTF_8)));
    assertThatThrownBy(() -> verifier.decode(asHmac)).isInstanceOf(BadJwtException.class);
  }

  @Test
  void fetchesNoKeysFromWhereATokenSays() throws Exception {
    RSAKey own = new RSAKeyGenerator(2048).generate();
    RSAKey attackers = new RSAKeyGenerator(2048).keyID("evil").generate();
    byte[] keys = new JWKSet(attackers.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
    AtomicInteger fetches = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          fetches.incrementAndGet();
          exchange.sendResponseHeaders(200, keys.length);
          exchange.getResponseBody().write(keys);
          exchange.close();
        });
    server.start();
    try {
      URI lure = URI.create("http://127.0.0.1:%d/keys".formatted(server.getAddress().getPort()));
      JwtDecoder verifier =
          verifier(settings(JwtSettings.Algorithm.RS256, null, pem(own.toPublicKey()), null));
      for (JWSHeader.Builder header :
          List.of(
              new JWSHeader.Builder(JWSAlgorithm.RS256).jwkURL(lure),
              new JWSHeader.Builder(JWSAlgorithm.RS256).x509CertURL(lure),
              new JWSHeader.Builder(JWSAlgorithm.RS256).jwk(attackers.toPublicJWK()))) {
        String token = token(header.keyID("evil").build(), new RSASSASigner(attackers));
        assertThatThrownBy(() -> verifier.decode(token)).isInstanceOf(BadJwtException.class);
      }
      assertThat(fetches).hasValue(0);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void fetchesPublishedKeysOnceForManyUnknownKeyIds() throws Exception {
    RSAKey key = new RSAKeyGenerator(2048).keyID("one").generate();
    byte[] keys = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
    AtomicInteger fetches = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/keys",
        exchange -> {
          fetches.incrementAndGet();
          exchange.sendResponseHeaders(200, keys.length);
          exchange.getResponseBody().write(keys);
          exchange.close();
        });
    server.start();
    try {
      String uri = "http://127.0.0.1:%d/keys".formatted(server.getAddress().getPort());
      JwtDecoder verifier = verifier(settings(JwtSettings.Algorithm.RS256, null, null, uri));
      JWSHeader known = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one").build();
      assertThat(verifier.decode(token(known, new RSASSASigner(key))).getSubject()).isEqualTo("U1");
      for (int i = 0; i < 20; i++) {
        JWSHeader unknown = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k" + i).build();
        String token = token(unknown, new RSASSASigner(key));
        assertThatThrownBy(() -> verifier.decode(token)).isInstanceOf(BadJwtException.class);
      }
      assertThat(fetches).hasValueLessThanOrEqualTo(3);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void tellsKeysOutOfReachFromABadToken() throws Exception {
    RSAKey key = new RSAKeyGenerator(2048).keyID("one").generate();
    JwtDecoder verifier =
        verifier(settings(JwtSettings.Algorithm.RS256, null, null, "http://127.0.0.1:1/keys"));
    JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one").build();
    String token = token(header, new RSASSASigner(key));
    assertThatThrownBy(() -> verifier.decode(token))
        .isInstanceOf(JwtException.class)
        .isNotInstanceOf(BadJwtException.class);
  }

  @Test
  void namesSettingsThatCantBeUsedWithoutShowingThem() throws Exception {
    RSAKey weak = new RSAKeyGenerator(1024, true).generate();
    ECKey curve = new ECKeyGenerator(Curve.P_384).generate();
    String rsa = pem(new RSAKeyGenerator(2048).generate().toPublicKey());
    refuses(settings(JwtSettings.Algorithm.HS256, null, null, null), "hmac-secret is not set");
    refuses(settings(JwtSettings.Algorithm.HS256, "c2hvcnQ=", null, null), "fewer than 32 bytes");
    refuses(settings(JwtSettings.Algorithm.HS256, SECRET, rsa, null), "don't go with");
    refuses(settings(JwtSettings.Algorithm.RS256, SECRET, rsa, null), "doesn't go with");
    refuses(settings(JwtSettings.Algorithm.RS256, null, null, null), "one of them");
    refuses(settings(JwtSettings.Algorithm.RS256, null, rsa, "https://x.example"), "one of them");
    refuses(settings(JwtSettings.Algorithm.RS256, null, pem(weak.toPublicKey()), null), "2048");
    refuses(settings(JwtSettings.Algorithm.ES256, null, pem(curve.toPublicKey()), null), "P-256");
    refuses(settings(JwtSettings.Algorithm.ES256, null, rsa, null), "not a PEM public key");
    refuses(settings(JwtSettings.Algorithm.RS256, null, "/no/such", null), "readable file");
    refuses(settings(JwtSettings.Algorithm.RS256, null, null, "file:///etc/passwd"), "http");
    JwtSettings noIssuer =
        new JwtSettings(
            JwtSettings.Algorithm.HS256,
            SECRET,
            null,
            null,
            null,
            "a",
            Duration.ofSeconds(30),
            Duration.ZERO);
    refuses(noIssuer, "issuer is not set");
    JwtSettings noAudience =
        new JwtSettings(
            JwtSettings.Algorithm.HS256,
            SECRET,
            null,
            null,
            "i",
            " ",
            Duration.ofSeconds(30),
            Duration.ZERO);
    refuses(noAudience, "audience is not set");
    assertThat(noAudience.toString()).doesNotContain(SECRET);
  }

  private static void refuses(JwtSettings settings, String words) {
    assertThatThrownBy(() -> verifier(settings))
        .isInstanceOf(UnusableTokenSettings.class)
        .hasMessageContaining(words)
        .hasMessageStartingWith("sluice.jwt.")
        .message()
        .doesNotContain(SECRET);
  }
}
