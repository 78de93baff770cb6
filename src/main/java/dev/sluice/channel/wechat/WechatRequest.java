package dev.sluice.channel.wechat;

import dev.sluice.channel.PayoutInstruction;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An instruction as it is stored: on the first line the serial of the platform key that the name in
 * it is encrypted with ({@code -} without a name), then the body. The same name encrypted again is
 * another text, so the body is sent again byte for byte, with the serial it was made for, whatever
 * keys there are by then.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record WechatRequest(@Nullable String serial, byte[] body) {
  private static final String NO_SERIAL = "-";
  private static final int MAX_SERIAL_CHARS = 64;

  /**
   * Writes an instruction.
   *
   * @throws IllegalArgumentException if it isn't for a WeChat user, or not in CNY
   */
  static WechatRequest of(PayoutInstruction instruction, WechatSettings settings) {
    if (!instruction.amount().currency().getCurrencyCode().equals("CNY")
        || !instruction.beneficiaryKind().equals("WECHAT")) {
      throw new IllegalArgumentException("WeChat Pay pays WeChat users in CNY only");
    }
    ObjectNode json = WechatMessage.MAPPER.createObjectNode();
    json.put("appid", settings.appId());
    json.put("out_bill_no", instruction.requestNumber());
    json.put("transfer_scene_id", settings.sceneId());
    json.put("openid", instruction.account());
    String serial = null;
    if (instruction.holderName() != null
        && instruction.amount().minor() >= settings.nameFromMinor()) {
      serial = settings.keys().encryptWith();
      PublicKey key = Objects.requireNonNull(settings.keys().platformKey(serial));
      json.put("user_name", WechatCipher.encrypt(key, instruction.holderName()));
    }
    json.put("transfer_amount", instruction.amount().minor());
    json.put("transfer_remark", remark(instruction, settings));
    if (settings.notifyUrl() != null) {
      json.put("notify_url", settings.notifyUrl().toString());
    }
    if (settings.perception() != null) {
      json.put("user_recv_perception", settings.perception());
    }
    ArrayNode reports = json.putArray("transfer_scene_report_infos");
    for (WechatSettings.SceneReport report : settings.sceneReports()) {
      ObjectNode info = reports.addObject();
      info.put("info_type", report.type());
      info.put("info_content", report.content());
    }
    return new WechatRequest(serial, json.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads a stored instruction.
   *
   * @throws IllegalArgumentException if it isn't one
   */
  static WechatRequest read(byte[] stored) {
    int end = 0;
    while (end < stored.length && stored[end] != '\n') {
      end++;
    }
    if (end == 0 || end > MAX_SERIAL_CHARS || end == stored.length) {
      throw new IllegalArgumentException("not a request that this channel prepared");
    }
    String serial = new String(stored, 0, end, StandardCharsets.US_ASCII);
    return new WechatRequest(
        serial.equals(NO_SERIAL) ? null : serial,
        Arrays.copyOfRange(stored, end + 1, stored.length));
  }

  /** The bytes to store. */
  byte[] stored() {
    byte[] line =
        (Objects.requireNonNullElse(serial, NO_SERIAL) + "\n").getBytes(StandardCharsets.US_ASCII);
    byte[] stored = Arrays.copyOf(line, line.length + body.length);
    System.arraycopy(body, 0, stored, line.length, body.length);
    return stored;
  }

  private static String remark(PayoutInstruction instruction, WechatSettings settings) {
    String remark = Objects.requireNonNullElse(instruction.note(), settings.remark());
    return remark.codePointCount(0, remark.length()) <= WechatSettings.MAX_REMARK_CHARS
        ? remark
        : remark.substring(0, remark.offsetByCodePoints(0, WechatSettings.MAX_REMARK_CHARS));
  }
}
