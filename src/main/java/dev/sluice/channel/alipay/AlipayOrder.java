package dev.sluice.channel.alipay;

import dev.sluice.channel.PayoutInstruction;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes {@code biz_content}: fields in a fixed order, and nothing that changes between calls. */
final class AlipayOrder {
  private static final String SCENE = "DIRECT_TRANSFER";
  private static final Pattern USER_ID = Pattern.compile("2088[0-9]{12}");
  private static final int MAX_REMARK_CHARS = 100;

  /** For a person's card, as against a company's. */
  private static final String PERSONAL = "2";

  private final AlipaySettings settings;

  AlipayOrder(AlipaySettings settings) {
    this.settings = settings;
  }

  /** What we have agreed with Alipay: to pay out to accounts, and to cards. */
  enum Product {
    ACCOUNT("ALIPAY", "TRANS_ACCOUNT_NO_PWD"),
    CARD("CARD", "TRANS_BANKCARD_NO_PWD");

    private final String kind;
    private final String code;

    Product(String kind, String code) {
      this.kind = kind;
      this.code = code;
    }
  }

  /** The products that the channel may have used. */
  List<Product> products() {
    return Stream.of(Product.values())
        .filter(product -> settings.limits().beneficiaryKinds().contains(product.kind))
        .toList();
  }

  /**
   * A transfer.
   *
   * @throws IllegalArgumentException if it isn't for an Alipay account or a card, or not in CNY
   */
  String transfer(PayoutInstruction instruction) {
    if (!instruction.amount().currency().getCurrencyCode().equals("CNY")) {
      throw new IllegalArgumentException("Alipay pays out in CNY only");
    }
    Product product =
        switch (instruction.beneficiaryKind()) {
          case "ALIPAY" -> Product.ACCOUNT;
          case "CARD" -> Product.CARD;
          default -> throw new IllegalArgumentException("Alipay pays accounts and cards only");
        };
    String identityType = identityType(product, instruction.account());
    ObjectNode json = AlipayMessage.MAPPER.createObjectNode();
    json.put("out_biz_no", instruction.requestNumber());
    json.put("trans_amount", instruction.amount().decimal());
    json.put("product_code", product.code);
    json.put("biz_scene", SCENE);
    json.put("order_title", settings.title());
    ObjectNode payee = json.putObject("payee_info");
    payee.put("identity", instruction.account());
    payee.put("identity_type", identityType);
    if (instruction.holderName() != null) {
      payee.put("name", instruction.holderName());
    }
    if (product == Product.CARD) {
      ObjectNode card = payee.putObject("bankcard_ext_info");
      card.put("account_type", PERSONAL);
      if (instruction.bank() != null) {
        card.put("inst_name", instruction.bank());
      }
    }
    json.put("remark", remark(instruction));
    if (identityType.equals(AlipayMessage.BY_USER_ID)) {
      json.put("passback_params", AlipayMessage.BY_USER_ID);
    }
    putScene(json);
    return json.toString();
  }

  /** A query. */
  String query(String requestNumber, Product product) {
    ObjectNode json = AlipayMessage.MAPPER.createObjectNode();
    json.put("out_biz_no", requestNumber);
    json.put("product_code", product.code);
    json.put("biz_scene", SCENE);
    return json.toString();
  }

  /** A question about the balance of our own account. */
  static String funds(String userId) {
    ObjectNode json = AlipayMessage.MAPPER.createObjectNode();
    json.put("alipay_user_id", userId);
    json.put("account_type", "ACCTRANS_ACCOUNT");
    return json.toString();
  }

  private void putScene(ObjectNode json) {
    if (settings.scene() == null) {
      return;
    }
    json.put("transfer_scene_name", settings.scene());
    ArrayNode reports = json.putArray("transfer_scene_report_infos");
    for (AlipaySettings.SceneReport report : settings.sceneReports()) {
      ObjectNode info = reports.addObject();
      info.put("info_type", report.type());
      info.put("info_content", report.content());
    }
  }

  /** Required by Alipay from 50,000 yuan on, so it is always there. */
  private String remark(PayoutInstruction instruction) {
    String remark = Objects.requireNonNullElse(instruction.note(), settings.title());
    return remark.codePointCount(0, remark.length()) <= MAX_REMARK_CHARS
        ? remark
        : remark.substring(0, remark.offsetByCodePoints(0, MAX_REMARK_CHARS));
  }

  private static String identityType(Product product, String account) {
    return switch (product) {
      case CARD -> "BANKCARD_ACCOUNT";
      case ACCOUNT ->
          USER_ID.matcher(account).matches() ? AlipayMessage.BY_USER_ID : "ALIPAY_LOGON_ID";
    };
  }
}
