package dev.sluice.channel.simulator;

import java.net.URI;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.jspecify.annotations.Nullable;

/** Whom a simulated bank of its own process poses as, from its options. */
final class ProviderOptions {
  /** Names of the simulated WeChat Pay's two keys. */
  static final String MERCHANT_SERIAL = "51570000000000000000000000000000000000E1";

  static final String PLATFORM_SERIAL = "PUB_KEY_ID_0000000000000000000000000001";

  private ProviderOptions() {}

  /**
   * Takes the providers' options out of the others.
   *
   * @throws IllegalArgumentException if a folder's keys aren't what they should be
   */
  static List<ProviderSimulation> take(Map<String, String> options) {
    List<ProviderSimulation> providers = new ArrayList<>();
    String alipay = options.remove("--alipay");
    String appId = taken(options, "--alipay-app-id", "2021000000000001");
    URI alipayCallback = url(options.remove("--alipay-callback-url"));
    if (alipay != null) {
      KeyFolder keys = new KeyFolder(Path.of(alipay));
      providers.add(
          new AlipaySimulation(
              appId,
              keys.pair("app").getPublic(),
              keys.pair("alipay").getPrivate(),
              null,
              alipayCallback));
    }
    String wechat = options.remove("--wechat");
    String mchId = taken(options, "--wechat-mch-id", "1900000109");
    String wechatAppId = taken(options, "--wechat-app-id", "wx0000000000000001");
    URI wechatCallback = url(options.remove("--wechat-callback-url"));
    if (wechat != null) {
      KeyFolder keys = new KeyFolder(Path.of(wechat));
      providers.add(
          new WechatSimulation(
              mchId,
              wechatAppId,
              MERCHANT_SERIAL,
              keys.pair("merchant").getPublic(),
              PLATFORM_SERIAL,
              keys.pair("platform").getPrivate(),
              keys.secret("apiv3-key"),
              wechatCallback));
    }
    takeUnionPay(options, providers);
    takeBankFile(options, providers);
    return providers;
  }

  private static void takeUnionPay(
      Map<String, String> options, List<ProviderSimulation> providers) {
    String folder = options.remove("--unionpay");
    String merchantId = taken(options, "--unionpay-mer-id", "777290058110048");
    URI callback = url(options.remove("--unionpay-callback-url"));
    if (folder != null) {
      KeyFolder keys = new KeyFolder(Path.of(folder));
      providers.add(
          new UnionPaySimulation(
              merchantId,
              keys.certificate("merchant"),
              keys.key("bank"),
              keys.certificate("bank"),
              callback));
    }
  }

  private static void takeBankFile(
      Map<String, String> options, List<ProviderSimulation> providers) {
    String folder = options.remove("--bankfile");
    String port = taken(options, "--bankfile-port", "8022");
    String account = taken(options, "--bankfile-account", "DE89370400440532013000");
    if (folder != null) {
      KeyFolder keys = new KeyFolder(Path.of(folder));
      KeyPair host = keys.pair("host");
      keys.publish("host-key.txt", PublicKeyEntry.toString(host.getPublic()) + "\n");
      providers.add(
          new BankFileSimulation(
              Path.of(folder).resolve("files").toAbsolutePath(),
              SimulatorMain.number(port, "--bankfile-port"),
              host,
              "sluice",
              null,
              keys.pair("user").getPublic(),
              account,
              true));
    }
  }

  private static String taken(Map<String, String> options, String name, String usual) {
    return Objects.requireNonNullElse(options.remove(name), usual);
  }

  private static @Nullable URI url(@Nullable String text) {
    return text == null ? null : URI.create(text);
  }
}
