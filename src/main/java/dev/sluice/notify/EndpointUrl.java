package dev.sluice.notify;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What an endpoint's URL must look like. Names aren't looked up here: what they lead to is checked
 * with every connection by {@link TargetGuard}. This tells early what can be told early.
 */
final class EndpointUrl {
  private static final int MOST_CHARACTERS = 2048;
  private static final int HIGHEST_PORT = 65_535;

  /** Forms such as 0x7f.1, 0177.0.0.1 or 127.1, which some resolvers take for addresses. */
  private static final Pattern LOOKS_LIKE_A_NUMBER =
      Pattern.compile("(?:.*\\.)?(?:[0-9]+|0[xX][0-9a-fA-F]*)\\.?");

  /** No leading zeros: to some resolvers they mean octal. */
  private static final Pattern DOTTED_QUAD =
      Pattern.compile("(?:0|[1-9][0-9]{0,2})(?:\\.(?:0|[1-9][0-9]{0,2})){3}");

  private EndpointUrl() {}

  /** Why this can't be an endpoint's URL, in a sentence; empty if it can. */
  static Optional<String> refusal(String url, boolean allowHttp, TargetGuard guard) {
    if (url.length() > MOST_CHARACTERS) {
      return Optional.of("The URL must not be longer than " + MOST_CHARACTERS + " characters.");
    }
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      return Optional.of("This is not a URL; special characters must be percent-encoded.");
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !(allowHttp && scheme.equals("http"))) {
      return Optional.of("The URL must begin with https://.");
    }
    if (uri.getRawUserInfo() != null) {
      return Optional.of("The URL must not hold a user name or password.");
    }
    if (uri.getRawFragment() != null) {
      return Optional.of("The URL must not have a fragment (#).");
    }
    String host = uri.getHost();
    if (host == null || host.isEmpty()) {
      return Optional.of("The URL needs a host name; write international names in Punycode.");
    }
    if (uri.getPort() == 0 || uri.getPort() > HIGHEST_PORT) {
      return Optional.of("The port must be between 1 and " + HIGHEST_PORT + ".");
    }
    return refusalOfHost(host.toLowerCase(Locale.ROOT), guard);
  }

  private static Optional<String> refusalOfHost(String host, TargetGuard guard) {
    String literal = host;
    if (host.startsWith("[")) {
      literal = host.substring(1, host.length() - 1);
    } else if (host.equals("localhost") || host.endsWith(".localhost")) {
      literal = "127.0.0.1"; // RFC 6761 section 6.3
    } else if (!LOOKS_LIKE_A_NUMBER.matcher(host).matches()) {
      return Optional.empty();
    } else if (!DOTTED_QUAD.matcher(host).matches()) {
      return Optional.of("Write an IPv4 address as four decimal numbers without leading zeros.");
    }
    try {
      return guard.allows(InetAddress.ofLiteral(literal))
          ? Optional.empty()
          : Optional.of(
              "This address is not public; an operator can allow it by"
                  + " sluice.webhooks.allowed-ranges.");
    } catch (IllegalArgumentException e) {
      return Optional.of("The host is not a valid IP address.");
    }
  }
}
