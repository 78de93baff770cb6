package dev.sluice.reconcile;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * From where and when a source's files are fetched.
 *
 * @param from NEVER, CHANNEL (Alipay's and WeChat Pay's own bill download) or URL
 * @param url {@code https://…} or {@code sftp://user@host:port/path}; {@code {yyyyMMdd}}, {@code
 *     {yyyy-MM-dd}} or {@code {yyMMdd}} in it stand for the business day
 * @param bill which bill, in the channel's words; its usual one if not set
 * @param at when, in the source's zone, on the day after the business day
 * @param again how long to wait after a try that brought nothing
 * @param daysBack how many days back are fetched that weren't
 * @param recheckAfter when a day's file is fetched once more, in case it was corrected; 0 for never
 * @param within the longest that one fetch may take
 * @param authorization the value of the header Authorization for https
 * @param hostKey for sftp: the server's key as in a known_hosts file; no other is taken
 * @param keyFile for sftp: our private key
 * @param keyPassphrase for sftp: what opens the key file
 * @param password for sftp: instead of a key, or besides
 * @param allowHttp lifts the demand for https
 */
public record FetchSettings(
    @DefaultValue("NEVER") From from,
    @Nullable String url,
    @Nullable String bill,
    @DefaultValue("03:30") LocalTime at,
    @DefaultValue("30m") Duration again,
    @DefaultValue("7") int daysBack,
    @DefaultValue("1d") Duration recheckAfter,
    @DefaultValue("10m") Duration within,
    @Nullable String authorization,
    @Nullable String hostKey,
    @Nullable Path keyFile,
    @Nullable String keyPassphrase,
    @Nullable String password,
    @DefaultValue("false") boolean allowHttp) {
  private static final Pattern DAY = Pattern.compile("\\{([yMd-]{4,10})}");

  /** From where. */
  public enum From {
    NEVER,
    CHANNEL,
    URL
  }

  /** Nothing is fetched. */
  public static final FetchSettings NEVER =
      new FetchSettings(
          From.NEVER,
          null,
          null,
          LocalTime.of(3, 30),
          Duration.ofMinutes(30),
          7,
          Duration.ofDays(1),
          Duration.ofMinutes(10),
          null,
          null,
          null,
          null,
          null,
          false);

  /** Where a day's file is. */
  String urlOf(LocalDate day) {
    return DAY.matcher(String.valueOf(url))
        .replaceAll(found -> DateTimeFormatter.ofPattern(found.group(1), Locale.ROOT).format(day));
  }

  boolean isSftp() {
    return url != null && url.startsWith("sftp://");
  }

  /**
   * Whether it can be used.
   *
   * @throws IllegalArgumentException if it can't
   */
  void check(String source) {
    if (from != From.URL) {
      return;
    }
    String address = String.valueOf(url);
    boolean http = address.startsWith("https://") || (allowHttp && address.startsWith("http://"));
    if (!http && !isSftp()) {
      throw new IllegalArgumentException(
          "sluice.reconcile.sources.%s.fetch.url must be https or sftp".formatted(source));
    }
    if (!DAY.matcher(address).find()) {
      throw new IllegalArgumentException(
          "sluice.reconcile.sources.%s.fetch.url must have the day in it, such as {yyyyMMdd}"
              .formatted(source));
    }
    if (isSftp() && hostKey == null) {
      throw new IllegalArgumentException(
          "sluice.reconcile.sources.%s.fetch.host-key is missing".formatted(source));
    }
  }

  /** Without secrets. */
  @Override
  public String toString() {
    return "FetchSettings[%s, at %s]".formatted(from, at);
  }
}
