package dev.sluice.channel.alipay;

import com.alipay.api.AlipayApiException;
import com.alipay.api.internal.util.AlipaySignature;
import dev.sluice.channel.TestPeer.Said;
import dev.sluice.channel.TestRsa;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Alipay's side, by its own SDK. */
final class AlipayTestSigner {
  private static final KeyPair KEY = AlipayTestSettings.ALIPAY;

  static String sign(String content) {
    try {
      return AlipaySignature.rsaSign(content, TestRsa.base64(KEY.getPrivate()), "utf-8", "RSA2");
    } catch (AlipayApiException e) {
      throw new AssertionError(e);
    }
  }

  static Map<String, String> message(String number, Instant at) {
    Map<String, String> message = new TreeMap<>();
    message.put("app_id", AlipayTestSettings.APP_ID);
    message.put("msg_method", "alipay.fund.trans.order.changed");
    message.put("charset", "utf-8");
    message.put("utc_timestamp", Long.toString(at.toEpochMilli()));
    message.put("sign_type", "RSA2");
    message.put(
        "biz_content",
        "{\"out_biz_no\":\"%s\",\"order_id\":\"1\",\"status\":\"SUCCESS\",\"trans_amount\":\"1.00\"}"
            .formatted(number));
    return resign(message);
  }

  static Map<String, String> resign(Map<String, String> message) {
    Map<String, String> signed = new TreeMap<>(message);
    signed.put("sign", sign(AlipaySignature.getSignCheckContentV1(new TreeMap<>(message))));
    return signed;
  }

  /** A whole reply. */
  static Said signed(String name, String node) {
    return new Said(
        200,
        Map.of("Content-Type", "text/html;charset=utf-8"),
        "{\"%s\":%s,\"sign\":\"%s\"}".formatted(name, node, sign(node)));
  }

  /** The node of a reply. */
  static String node(
      String number, String code, @Nullable String subCode, @Nullable String status) {
    StringBuilder node = new StringBuilder("{\"code\":\"" + code + "\",\"msg\":\"m\"");
    if (subCode != null) {
      node.append(",\"sub_code\":\"").append(subCode).append("\",\"sub_msg\":\"s\"");
    }
    if (code.equals("10000")) {
      node.append(",\"out_biz_no\":\"").append(number).append("\",\"order_id\":\"2026\"");
    }
    if (status != null) {
      node.append(",\"status\":\"").append(status).append('"');
    }
    return node.append('}').toString();
  }
}
