package dev.sluice.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** Which tokens get in, against the running service. */
class TokensTest extends ApiTest {
  private static final JWSHeader HS256 = new JWSHeader(JWSAlgorithm.HS256);

  private Reply with(String token) {
    return get("/v1/withdrawals").bearer(token).send();
  }

  private static JWTClaimsSet.Builder user() {
    return claims("U1", "withdrawals");
  }

  private static String signed(JWTClaimsSet.Builder claims) {
    return signed(HS256, claims.build(), SECRET);
  }

  @Test
  void letsAValidTokenInAgainAndAgain() {
    String token = signed(user());
    for (int i = 0; i < 3; i++) {
      Reply reply = with(token);
      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.header("Set-Cookie")).isEmpty();
    }
    assertThat(with(signed(user().expirationTime(seconds(-20)))).status()).isEqualTo(200);
    assertThat(with(signed(user().notBeforeTime(seconds(20)))).status()).isEqualTo(200);
    assertThat(with(signed(user().audience(List.of("other", AUDIENCE)))).status()).isEqualTo(200);
    assertThat(
            with(signed(
                    new JWSHeader.Builder(JWSAlgorithm.HS256)
                        .type(new JOSEObjectType("at+jwt"))
                        .build(),
                    user().build(),
                    SECRET))
                .status())
        .isEqualTo(200);
  }

  @Test
  void asksForATokenBeforeAnythingElse() {
    for (Call call :
        List.of(
            get("/v1/withdrawals"),
            post("/v1/withdrawals").body("{"),
            post("/v1/accounts"),
            get("/v1/nowhere"),
            get("/actuator/env"),
            get("/v1/withdrawals").header("Authorization", "Basic dTpw"))) {
      Reply reply = call.send().isProblem(ProblemCode.UNAUTHENTICATED);
      assertThat(reply.header("WWW-Authenticate")).startsWith("Bearer");
      assertThat(reply.header("Set-Cookie")).isEmpty();
    }
    get("/v1/nowhere").as("U1", "ops").send().isProblem(ProblemCode.NOT_FOUND);
  }

  @Test
  void refusesTokensWhoseClaimsAreWrong() {
    Map<String, JWTClaimsSet.Builder> wrong = new LinkedHashMap<>();
    wrong.put("expired", user().expirationTime(seconds(-31)));
    wrong.put("no expiry", user().expirationTime(null));
    wrong.put("not yet", user().notBeforeTime(seconds(60)));
    wrong.put("other issuer", user().issuer("https://other.example"));
    wrong.put("no issuer", user().issuer(null));
    wrong.put("other audience", user().audience("other"));
    wrong.put("no audience", user().audience((String) null));
    wrong.put("no subject", user().subject(null));
    wrong.put("empty subject", user().subject(""));
    wrong.put("subject with NUL", user().subject("a\u0000"));
    wrong.put("long subject", user().subject("x".repeat(129)));
    wrong.put("expiry no number", user().claim("exp", "tomorrow"));
    wrong.put("audience no text", user().claim("aud", 5));
    wrong.forEach(
        (why, claims) -> {
          Reply reply = with(signed(claims));
          assertThat(reply.status()).as(why).isEqualTo(401);
          reply.isProblem(ProblemCode.UNAUTHENTICATED);
          assertThat(reply.header("WWW-Authenticate")).contains("error=\"invalid_token\"");
        });
    assertThat(with(signed(user().expirationTime(seconds(-60)))).text("detail"))
        .contains("expired");
  }

  @Test
  void refusesOtherKeysAlgorithmsAndTricks() throws Exception {
    String right = signed(user());
    byte[] other = "another-secret-another-secret-32".getBytes(StandardCharsets.UTF_8);
    RSAKey rsa = new RSAKeyGenerator(2048).generate();
    SignedJWT rs256 = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), user().build());
    rs256.sign(new RSASSASigner(rsa));
    OctetSequenceKey own = new OctetSequenceKey.Builder(other).build();
    SignedJWT bringsItsKey =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).jwk(rsa.toPublicJWK()).build(),
            user().build());
    bringsItsKey.sign(new RSASSASigner(rsa));
    JWSHeader.Builder hs256 = new JWSHeader.Builder(HS256);
    Map<String, String> wrong = new LinkedHashMap<>();
    wrong.put("another secret", signed(HS256, user().build(), other));
    wrong.put("alg none", new PlainJWT(user().build()).serialize());
    wrong.put(
        "alg none with a signature",
        new PlainJWT(user().build()).serialize() + right.substring(right.lastIndexOf('.') + 1));
    wrong.put("RS256 where HS256 is set", rs256.serialize());
    wrong.put(
        "HS384",
        signed(new JWSHeader(JWSAlgorithm.HS384), user().build(), SECRET64.getBytes(UTF_8)));
    wrong.put("embedded jwk, signed with it", bringsItsKey.serialize());
    wrong.put("embedded jwk", signed(hs256.jwk(rsa.toPublicJWK()).build(), user().build(), SECRET));
    URI nowhere = URI.create("http://127.0.0.1:1/");
    wrong.put(
        "jku",
        signed(new JWSHeader.Builder(HS256).jwkURL(nowhere).build(), user().build(), SECRET));
    wrong.put(
        "x5u",
        signed(new JWSHeader.Builder(HS256).x509CertURL(nowhere).build(), user().build(), SECRET));
    wrong.put(
        "crit",
        signed(
            new JWSHeader.Builder(HS256)
                .customParams(Map.of("exp", 1))
                .criticalParams(Set.of("exp"))
                .build(),
            user().build(),
            SECRET));
    wrong.put(
        "another typ",
        signed(
            new JWSHeader.Builder(HS256).type(new JOSEObjectType("dpop+jwt")).build(),
            user().build(),
            SECRET));
    wrong.put("a changed signature", right.substring(0, right.length() - 4) + "AAAA");
    wrong.put("no signature", right.substring(0, right.lastIndexOf('.') + 1));
    wrong.put("no dots", right.replace('.', '~'));
    wrong.put("empty objects", "e30.e30.e30");
    wrong.put("claims null", "e30.bnVsbA.e30");
    wrong.put("alg none by hand", Base64URL.encode("{\"alg\":\"none\"}") + ".e30.");
    wrong.put("a key", own.getKeyValue().toString());
    wrong.put("one letter", "x");
    wrong.put("dots alone", "...");
    wrong.put("very long", "x".repeat(9_000));
    wrong.forEach(
        (how, token) -> {
          Reply reply = with(token);
          assertThat(reply.status()).as(how).isEqualTo(401);
          reply.isProblem(ProblemCode.UNAUTHENTICATED);
        });
    get("/v1/withdrawals")
        .header("Authorization", "Bearer a b")
        .send()
        .isProblem(ProblemCode.UNAUTHENTICATED);
    get("/v1/withdrawals?access_token=" + right).send().isProblem(ProblemCode.UNAUTHENTICATED);
    assertThat(with(right).status()).isEqualTo(200);
  }

  /** The key comes from the settings alone, whatever a header says of it (RFC 8725, 3.10). */
  @Test
  void looksUpNoKeyByWhatAHeaderSays() throws Exception {
    for (String kid :
        List.of("/dev/null", "../../../../dev/null", "x' or '1'='1", "http://127.0.0.1:1/", "")) {
      JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(kid).build();
      assertThat(with(signed(header, user().build(), SECRET)).status()).as(kid).isEqualTo(200);
      for (byte[] guess : List.of(new byte[] {0}, new byte[32], kid.getBytes(UTF_8))) {
        String content = header.toBase64URL() + "." + Base64URL.encode(user().build().toString());
        with(content + "." + hmac(guess, content)).isProblem(ProblemCode.UNAUTHENTICATED);
      }
    }
  }

  private static Base64URL hmac(byte[] key, String content) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key.length == 0 ? new byte[] {0} : key, "HmacSHA256"));
    return Base64URL.encode(mac.doFinal(content.getBytes(UTF_8)));
  }

  private static final String SECRET64 =
      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

  @Test
  void refusesAScopeThatIsNotEnough() {
    for (String scope : List.of("", "ledger", "WITHDRAWALS", "withdrawals,ops", "ops:approve")) {
      Reply reply = with(signed(claims("U1", scope))).isProblem(ProblemCode.FORBIDDEN);
      assertThat(reply.header("WWW-Authenticate"))
          .contains("insufficient_scope", "withdrawals ops");
    }
    with(signed(user().claim("scope", List.of("withdrawals")))).isProblem(ProblemCode.FORBIDDEN);
    with(signed(user().claim("scope", null))).isProblem(ProblemCode.FORBIDDEN);
    get("/actuator/env").as("U1", "withdrawals").send().isProblem(ProblemCode.FORBIDDEN);
  }

  private static Date seconds(long fromNow) {
    return Date.from(Instant.now().plusSeconds(fromNow));
  }
}
