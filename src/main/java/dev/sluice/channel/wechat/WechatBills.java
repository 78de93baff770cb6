package dev.sluice.channel.wechat;

import dev.sluice.channel.BillDownload.Bill;
import dev.sluice.channel.ProviderHttp;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.jspecify.annotations.Nullable;

/**
 * Fetches WeChat Pay's fund-flow bills: {@code GET /v3/bill/fundflowbill} tells, signed, an address
 * and the digest of what is there; the download itself isn't signed, so the digest decides.
 */
final class WechatBills {
  private static final String PATH = "/v3/bill/fundflowbill";

  /** The account that transfers are paid from. */
  private static final String USUAL = "OPERATION";

  private static final Duration LONGEST_DOWNLOAD = Duration.ofMinutes(10);

  private final WechatSettings settings;
  private final WechatSignature signature;
  private final ProviderHttp http;
  private final String base;
  private final String basePath;

  WechatBills(WechatSettings settings, WechatSignature signature, ProviderHttp http) {
    this.settings = settings;
    this.signature = signature;
    this.http = http;
    this.base = settings.url().toString().replaceAll("/+$", "");
    this.basePath = String.valueOf(settings.url().getRawPath()).replaceAll("/+$", "");
  }

  Bill bill(LocalDate day, @Nullable String kind, Path into, long maxBytes) throws IOException {
    String type = kind == null ? USUAL : kind;
    if (!type.matches("[A-Z_]{1,32}")) {
      throw new IllegalArgumentException("not an account_type of WeChat Pay's");
    }
    String path = PATH + "?bill_date=%s&account_type=%s&tar_type=GZIP".formatted(day, type);
    HttpGet ask = signed(base + path, basePath + path);
    ask.setHeader("Accept", "application/json");
    return switch (http.send(ask)) {
      case ProviderHttp.Failed failed -> new Bill.NotNow(failed.outcome().code());
      case ProviderHttp.Reply reply -> download(reply, type, day, into, maxBytes);
    };
  }

  private HttpGet signed(String address, String path) {
    HttpGet get = new HttpGet(address);
    get.setHeader("Authorization", signature.authorization("GET", path, new byte[0]));
    return get;
  }

  private Bill download(
      ProviderHttp.Reply reply, String type, LocalDate day, Path into, long maxBytes)
      throws IOException {
    String flaw =
        signature.flaw(
            reply.header(WechatSignature.TIMESTAMP),
            reply.header(WechatSignature.NONCE),
            reply.header(WechatSignature.SIGNATURE),
            reply.header(WechatSignature.SERIAL),
            reply.body());
    if (flaw != null) {
      return new Bill.NotNow(reply.status() == 200 ? flaw : "HTTP_" + reply.status());
    }
    WechatMessage message = WechatMessage.read(reply.body());
    if (message == null || reply.status() != 200) {
      return new Bill.NotNow(message == null ? "NOT_JSON" : message.error(false).code());
    }
    URI address = address(message.text("download_url"));
    String digest = message.text("hash_value");
    if (address == null || digest == null || !"SHA1".equals(message.text("hash_type"))) {
      return new Bill.NotNow("OTHER_ADDRESS");
    }
    String query = address.getRawQuery();
    HttpGet get =
        signed(address.toString(), address.getRawPath() + (query == null ? "" : "?" + query));
    return switch (http.download(get, into, maxBytes, LONGEST_DOWNLOAD)) {
      case ProviderHttp.Failed failed -> new Bill.NotNow(failed.outcome().code());
      case ProviderHttp.Reply file -> {
        if (file.status() != 200) {
          yield new Bill.NotNow("DOWNLOAD_HTTP_" + file.status());
        }
        yield digestOf(into, maxBytes).equals(digest.toLowerCase(Locale.ROOT))
            ? new Bill.Fetched(
                "fundflow-%s-%s.csv.gz".formatted(type.toLowerCase(Locale.ROOT), day))
            : new Bill.NotNow("OTHER_DIGEST");
      }
    };
  }

  /** WeChat Pay's own host, or wherever its interface is configured to be. */
  private @Nullable URI address(@Nullable String text) {
    try {
      URI address = text == null ? null : new URI(text);
      boolean same =
          address != null
              && String.valueOf(address.getHost()).equalsIgnoreCase(settings.url().getHost())
              && String.valueOf(address.getScheme()).equalsIgnoreCase(settings.url().getScheme())
              && address.getRawUserInfo() == null;
      return same ? address : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /** Of what is unpacked, as WeChat Pay's document has it. */
  private static String digestOf(Path file, long maxBytes) throws IOException {
    MessageDigest sha1;
    try {
      sha1 = MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-1 is missing from this Java", e);
    }
    byte[] piece = new byte[1 << 16];
    long count = 0;
    try (InputStream packed = new BufferedInputStream(Files.newInputStream(file))) {
      packed.mark(2);
      boolean gzip = packed.read() == 0x1F && packed.read() == 0x8B;
      packed.reset();
      InputStream content = gzip ? new GZIPInputStream(packed) : packed;
      for (int read = content.read(piece); read >= 0; read = content.read(piece)) {
        count += read;
        if (count > maxBytes) {
          return "";
        }
        sha1.update(piece, 0, read);
      }
    } catch (ZipException | java.io.EOFException e) {
      return ""; // broken: no digest fits
    }
    return HexFormat.of().withLowerCase().formatHex(sha1.digest());
  }
}
