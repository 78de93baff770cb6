package dev.sluice.channel.alipay;

import dev.sluice.channel.BillDownload.Bill;
import dev.sluice.channel.ProviderHttp;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Locale;
import java.util.function.Function;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.jspecify.annotations.Nullable;

/**
 * Fetches Alipay's bills: {@code alipay.data.dataservice.bill.downloadurl.query} tells, signed, an
 * address that holds for half a minute.
 */
final class AlipayBills {
  static final String METHOD = "alipay.data.dataservice.bill.downloadurl.query";

  /** The account bill of the merchant that signed. */
  private static final String USUAL = "signcustomer";

  private static final String ALIPAYS_DOMAIN = ".alipay.com";
  private static final Duration LONGEST_DOWNLOAD = Duration.ofMinutes(10);

  private final AlipaySettings settings;
  private final AlipaySignature signature;
  private final ProviderHttp http;

  AlipayBills(AlipaySettings settings, AlipaySignature signature, ProviderHttp http) {
    this.settings = settings;
    this.signature = signature;
    this.http = http;
  }

  Bill bill(
      Function<String, HttpPost> request,
      LocalDate day,
      @Nullable String kind,
      Path into,
      long maxBytes) {
    String type = kind == null ? USUAL : kind;
    if (!type.matches("[a-z_]{1,32}")) {
      throw new IllegalArgumentException("not a bill_type of Alipay's");
    }
    String content = "{\"bill_type\":\"%s\",\"bill_date\":\"%s\"}".formatted(type, day);
    return switch (http.send(request.apply(content))) {
      case ProviderHttp.Failed failed -> new Bill.NotNow(failed.outcome().code());
      case ProviderHttp.Reply reply -> download(reply, type, day, into, maxBytes);
    };
  }

  private Bill download(
      ProviderHttp.Reply reply, String type, LocalDate day, Path into, long maxBytes) {
    if (reply.status() != 200) {
      return new Bill.NotNow("HTTP_" + reply.status());
    }
    AlipayEnvelope envelope = AlipayEnvelope.read(reply.body(), METHOD);
    if (envelope == null || !signature.isAlipays(envelope.node(), envelope.sign())) {
      return new Bill.NotNow("UNVERIFIED");
    }
    AlipayMessage message = AlipayMessage.read(envelope.node());
    if (message == null) {
      return new Bill.NotNow("NOT_JSON");
    }
    URI address = message.billAddress();
    if (address == null) {
      return new Bill.NotNow(message.refusalCode());
    }
    if (!isTrusted(address)) {
      return new Bill.NotNow("OTHER_ADDRESS");
    }
    return switch (http.download(new HttpGet(address), into, maxBytes, LONGEST_DOWNLOAD)) {
      case ProviderHttp.Failed failed -> new Bill.NotNow(failed.outcome().code());
      case ProviderHttp.Reply file ->
          file.status() == 200
              ? new Bill.Fetched("%s-%s.csv.zip".formatted(type, day))
              : new Bill.NotNow("DOWNLOAD_HTTP_" + file.status());
    };
  }

  /** Alipay's own hosts by https, or wherever the gateway is. */
  private boolean isTrusted(URI address) {
    String host = String.valueOf(address.getHost()).toLowerCase(Locale.ROOT);
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    boolean atGateway =
        host.equalsIgnoreCase(settings.gateway().getHost())
            && scheme.equalsIgnoreCase(settings.gateway().getScheme());
    return address.getRawUserInfo() == null
        && (atGateway || (scheme.equals("https") && host.endsWith(ALIPAYS_DOMAIN)));
  }

  static @Nullable URI address(@Nullable String text) {
    try {
      URI address = text == null ? null : new URI(text);
      return address == null || address.getHost() == null ? null : address;
    } catch (URISyntaxException e) {
      return null;
    }
  }
}
