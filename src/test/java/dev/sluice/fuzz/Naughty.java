package dev.sluice.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What no well-meaning client sends. */
final class Naughty {
  private static final List<String> STRINGS =
      List.of(
          "",
          " ",
          "\t\n",
          "\u0000",
          "a\u0000b",
          "\u0001\u0002\u001b[31m",
          "\ufeffbom",
          "\u202egnp.exe",
          "\u200b\u200d\u2060",
          "\ud83d\udca9\ud83d\ude00",
          "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d",
          "\u0130\u0131\u017f\u212a",
          "\u0661\u0662\u0663",
          "\uff11\uff12\uff0e\uff10\uff10",
          "\uffff\ufffe",
          "' or '1'='1' --",
          "\"; drop table withdrawal; --",
          "1; select pg_sleep(10)",
          "$$; select 1; $$",
          "../../../../etc/passwd",
          "%00%0d%0a%2e%2e",
          "${jndi:ldap://127.0.0.1/x}",
          "#{7*7}${7*7}{{7*7}}<%= 7*7 %>",
          "<script>alert(1)</script>",
          "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>",
          "=cmd|'/C calc'!A0",
          "a\r\nX-Injected: 1\r\n\r\n",
          "true",
          "null",
          "undefined",
          "NaN",
          "Infinity",
          "-0",
          "0x10",
          "1e400",
          "1_000",
          "1,000.00",
          "9223372036854775808",
          "00000000-0000-0000-0000-000000000000",
          "01890A5D-AC96-774B-BCCE-B302099A8057",
          "01890a5d-ac96-774b-bcce-b302099a805",
          "{01890a5d-ac96-774b-bcce-b302099a8057}",
          "http://169.254.169.254/latest/meta-data/",
          "http://[::ffff:127.0.0.1]/",
          "file:///etc/passwd",
          "https://user:pass@127.0.0.1:1/#x",
          "https://例え.テスト/",
          "javascript:alert(1)",
          "622208******1234",
          "6222*",
          "************",
          "6222081234561234 ",
          "６２２２０８１２３４５６１２３４",
          "DE00370400440532013000",
          "de89370400440532013000",
          "XXX",
          "XTS",
          "cny",
          "JPY",
          "\\",
          "\\u0000",
          "\"");

  /** JSON texts of values, of every type and beyond every bound. */
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "false",
          "0",
          "-1",
          "-0.0",
          "1",
          "0.001",
          "0.01",
          "1.000000000000000000000",
          "1e2",
          "1E+2",
          "1e-7",
          "1e308",
          "1e400",
          "1e999999999",
          "1e-999999999",
          "-1e99999999999",
          "9223372036854775807",
          "9223372036854775808",
          "92233720368547758.07",
          "92233720368547758.08",
          "99999999999999999999999999999999999999",
          "[]",
          "{}",
          "[null]",
          "[[[[[[]]]]]]",
          "{\"a\":{\"b\":{\"c\":null}}}",
          "\"\\ud800\"",
          "\"\\udc00\\ud800\"",
          "\"\\u0000\"",
          "\"\\u2028\"",
          "{\"$ne\":null}",
          "{\"@type\":\"java.net.URL\",\"val\":\"http://127.0.0.1/\"}");

  static final List<String> CONTENT_TYPES =
      List.of(
          "",
          "text/plain",
          "application/xml",
          "application/json;charset=utf-16",
          "application/json;charset=iso-8859-1",
          "application/json;charset=nonsense",
          "application/json; charset=\"utf-8\"",
          "application/json;charset=",
          "application/json;;",
          "application/problem+json",
          "application/x-www-form-urlencoded",
          "multipart/form-data; boundary=x",
          "multipart/form-data",
          "text/csv",
          "*/*",
          "application/*",
          "json",
          "/",
          "a/b/c",
          "application/json, text/plain",
          "application/octet-stream",
          "application/json\u00ff");

  static final List<String> PATH_PARTS =
      List.of(
          "%00",
          "%0d%0aX-Injected:%201",
          "..",
          "%2e%2e",
          "%2e%2e%2f",
          "..;",
          ".;a=b",
          "%2f",
          "%5c",
          "%25",
          "%",
          "%zz",
          "%ff",
          "%c0%ae",
          "%e2%80%ae",
          "%F0%9F%92%A9",
          "\u00ff\u00fe",
          "'",
          "\"",
          "{id}",
          "*",
          "-1",
          "0",
          "1",
          "2",
          "9223372036854775807",
          "9223372036854775808",
          "1.0",
          "1e3",
          "null",
          "undefined",
          "a b",
          "<x>",
          "|",
          "00000000-0000-0000-0000-000000000000",
          "01890A5D-AC96-774B-BCCE-B302099A8057",
          "01890a5dac96774bbcceb302099a8057",
          "1-1-1-1-1",
          "bank",
          "BANK",
          "bank;x=1",
          "x".repeat(3_000));

  static final List<String> QUERIES =
      List.of(
          "",
          "&",
          "=",
          "%",
          "%zz=1",
          "a=%ff",
          "a=%00",
          "limit=0",
          "limit=-1",
          "limit=201",
          "limit=1e2",
          "limit=99999999999999",
          "limit=1&limit=2",
          "limit=",
          "limit",
          "cursor=",
          "cursor=AAAA",
          "cursor=%00",
          "cursor=AAAAAAAAAAAAAAAAAAAAAA",
          "cursor=______________________",
          "status=",
          "status=success",
          "status=SUCCESS&status=FAILED",
          "status=DROP",
          "userId=",
          "userId=%00",
          "userId=%27%20or%201=1--",
          "userId[]=x",
          "sort=id;drop",
          "_method=DELETE",
          "a=" + "x".repeat(6_000));

  private Naughty() {}

  /** A string that is not nice, sometimes a long one. */
  static String string(Random dice) {
    return switch (dice.nextInt(12)) {
      case 0 -> "x".repeat(1 + dice.nextInt(300));
      case 1 -> "\u4e2d".repeat(1 + dice.nextInt(300));
      case 2 -> "9".repeat(1 + dice.nextInt(40));
      case 3 -> "a" + pick(STRINGS, dice) + "b";
      default -> pick(STRINGS, dice);
    };
  }

  /** The JSON text of a value that is not nice. */
  static String value(Random dice) {
    return switch (dice.nextInt(10)) {
      case 0 -> "\"" + "x".repeat(1 << dice.nextInt(16)) + "\"";
      case 1 -> "[".repeat(30) + "]".repeat(30);
      case 2 -> "1" + "0".repeat(dice.nextInt(1_200));
      case 3, 4, 5 -> Json.quoted(string(dice));
      default -> pick(VALUES, dice);
    };
  }

  /** A body that is no JSON, or not in UTF-8, or too much. */
  static byte[] body(String right, Random dice) {
    return switch (dice.nextInt(14)) {
      case 0 -> new byte[0];
      case 1 -> right.substring(0, dice.nextInt(right.length() + 1)).getBytes(Json.UTF_8);
      case 2 -> (right + right).getBytes(Json.UTF_8);
      case 3 -> right.getBytes(java.nio.charset.StandardCharsets.UTF_16);
      case 4 -> ("\ufeff" + right).getBytes(Json.UTF_8);
      case 5 -> right.replace('"', '\'').getBytes(Json.UTF_8);
      case 6 ->
          ("{\"a\":1,\"a\":2," + right.substring(Math.min(1, right.length()))).getBytes(Json.UTF_8);
      case 7 -> ("[" + right + "]").getBytes(Json.UTF_8);
      case 8 -> (" ".repeat(70_000) + right).getBytes(Json.UTF_8);
      case 9 -> "{\"a\":".repeat(3_000).getBytes(Json.UTF_8);
      case 10 -> (right + "\u0000").getBytes(Json.UTF_8);
      case 11 -> flipped(right.getBytes(Json.UTF_8), dice);
      case 12 -> random(dice);
      default ->
          pick(List.of("null", "1", "\"x\"", "true", "{", "//x", "NaN"), dice).getBytes(Json.UTF_8);
    };
  }

  private static byte[] flipped(byte[] bytes, Random dice) {
    for (int i = 0; i < 1 + bytes.length / 20 && bytes.length > 0; i++) {
      bytes[dice.nextInt(bytes.length)] = (byte) dice.nextInt(256);
    }
    return bytes;
  }

  private static byte[] random(Random dice) {
    byte[] bytes = new byte[dice.nextInt(400)];
    dice.nextBytes(bytes);
    return bytes;
  }

  /** A header value: what breaks lines stays in, as a client's library would not let it. */
  static String header(Random dice) {
    List<String> more =
        new ArrayList<>(List.of("x".repeat(256), "x".repeat(9_000), "\u00e4\u00ff"));
    more.add(string(dice).replaceAll("[\\r\\n]", ""));
    return pick(more, dice);
  }

  static <T> T pick(List<T> some, Random dice) {
    return some.get(dice.nextInt(some.size()));
  }
}
