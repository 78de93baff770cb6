package dev.sluice.api;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.JWSKeySelector;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Reads from the settings which key verifies tokens, and refuses settings that are unsafe. */
final class TokenKeys {
  private static final int MIN_SECRET_BYTES = 32; // RFC 7518 section 3.2
  private static final int MIN_RSA_BITS = 2048; // RFC 7518 section 3.3
  private static final int FETCH_TIMEOUT_MILLIS = 2_000;
  private static final int MAX_JWKS_BYTES = 256 * 1024;
  private static final long KEEP_JWKS_IN_OUTAGE_MILLIS = 4 * 3_600_000L;

  private TokenKeys() {}

  /**
   * What chooses the key for a token's header: always of the one configured algorithm.
   *
   * @throws UnusableTokenSettings if the settings name no key, a weak one, or several
   */
  static JWSKeySelector<SecurityContext> selector(JwtSettings settings) {
    JWSAlgorithm algorithm = JWSAlgorithm.parse(settings.algorithm().name());
    JWSKeySelector<SecurityContext> keys =
        switch (settings.algorithm()) {
          case HS256 -> fixed(secret(settings));
          case RS256, ES256 -> asymmetric(settings, algorithm);
        };
    return (header, context) ->
        isPlain(header, algorithm) ? keys.selectJWSKeys(header, context) : List.of();
  }

  /** Keys come from the settings alone: no key for a token that offers or demands another one. */
  private static boolean isPlain(JWSHeader header, JWSAlgorithm algorithm) {
    return header.getAlgorithm().equals(algorithm)
        && header.getJWK() == null
        && header.getJWKURL() == null
        && header.getX509CertURL() == null
        && header.getX509CertChain() == null
        && header.getCriticalParams() == null;
  }

  private static JWSKeySelector<SecurityContext> fixed(Key key) {
    List<Key> keys = List.of(key);
    return (header, context) -> keys;
  }

  private static Key secret(JwtSettings settings) {
    if (isSet(settings.publicKey()) || isSet(settings.jwksUri())) {
      throw new UnusableTokenSettings(
          "public-key and jwks-uri don't go with algorithm HS256; set algorithm to RS256 or ES256");
    }
    String text = settings.hmacSecret();
    if (text == null || text.isBlank()) {
      throw new UnusableTokenSettings("hmac-secret is not set, and algorithm HS256 needs it");
    }
    byte[] secret = decoded(text.strip());
    if (secret.length < MIN_SECRET_BYTES) {
      throw new UnusableTokenSettings("hmac-secret has fewer than 32 bytes");
    }
    return new SecretKeySpec(secret, "HmacSHA256");
  }

  private static byte[] decoded(String text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      if (bytes.length >= MIN_SECRET_BYTES) {
        return bytes;
      }
    } catch (IllegalArgumentException notBase64) {
      // Then it is the secret itself.
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static JWSKeySelector<SecurityContext> asymmetric(
      JwtSettings settings, JWSAlgorithm algorithm) {
    if (isSet(settings.hmacSecret())) {
      throw new UnusableTokenSettings(
          "hmac-secret doesn't go with algorithm " + algorithm + "; set public-key or jwks-uri");
    }
    String publicKey = settings.publicKey();
    String jwksUri = settings.jwksUri();
    if (isSet(publicKey) == isSet(jwksUri)) {
      throw new UnusableTokenSettings(
          "public-key or jwks-uri, one of them, is needed for algorithm " + algorithm);
    }
    return publicKey != null && isSet(publicKey)
        ? fixed(publicKey(publicKey.strip(), settings.algorithm()))
        : new JWSVerificationKeySelector<>(algorithm, published(String.valueOf(jwksUri).strip()));
  }

  private static JWKSource<SecurityContext> published(String uri) {
    try {
      URL url = URI.create(uri).toURL();
      if (!"https".equals(url.getProtocol()) && !"http".equals(url.getProtocol())) {
        throw new MalformedURLException();
      }
      return JWKSourceBuilder.create(
              url,
              new DefaultResourceRetriever(
                  FETCH_TIMEOUT_MILLIS, FETCH_TIMEOUT_MILLIS, MAX_JWKS_BYTES))
          .retrying(true)
          .outageTolerant(KEEP_JWKS_IN_OUTAGE_MILLIS)
          .build();
    } catch (IllegalArgumentException | MalformedURLException e) {
      throw new UnusableTokenSettings("jwks-uri is not an http or https URL");
    }
  }

  private static PublicKey publicKey(String pemOrPath, JwtSettings.Algorithm algorithm) {
    String pem = pemOrPath.startsWith("-----") ? pemOrPath : file(pemOrPath);
    String base64 =
        pem.replace("-----BEGIN PUBLIC KEY-----", "")
            .replace("-----END PUBLIC KEY-----", "")
            .replaceAll("\\s", "");
    boolean rsa = algorithm == JwtSettings.Algorithm.RS256;
    PublicKey key;
    try {
      key =
          KeyFactory.getInstance(rsa ? "RSA" : "EC")
              .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(base64)));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new UnusableTokenSettings(
          "public-key is not a PEM public key (-----BEGIN PUBLIC KEY-----) for " + algorithm);
    }
    if (key instanceof RSAPublicKey rsaKey && rsaKey.getModulus().bitLength() < MIN_RSA_BITS) {
      throw new UnusableTokenSettings("public-key has fewer than 2048 bits");
    }
    if (key instanceof ECPublicKey ecKey
        && !Curve.P_256.equals(Curve.forECParameterSpec(ecKey.getParams()))) {
      throw new UnusableTokenSettings("public-key is not on curve P-256, which ES256 needs");
    }
    return key;
  }

  private static String file(String path) {
    try {
      return Files.readString(Path.of(path));
    } catch (IOException | InvalidPathException e) {
      throw new UnusableTokenSettings("public-key is neither PEM nor a readable file");
    }
  }

  private static boolean isSet(@Nullable String text) {
    return text != null && !text.isBlank();
  }
}
