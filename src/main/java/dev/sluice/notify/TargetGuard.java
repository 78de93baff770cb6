package dev.sluice.notify;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Keeps webhooks from reaching inside (server-side request forgery): every address is checked when
 * connecting, after the name was resolved and on the very addresses that are then connected to. So
 * a name that points elsewhere by now (DNS rebinding) gets no further than one that always did.
 *
 * <p>What isn't public stands in the IANA special-purpose address registries (RFC 6890). Of IPv6
 * only global unicast is public, less what carries or stands for something else; that leaves out
 * IPv4-mapped, NAT64, unique local, link-local and multicast addresses by itself.
 */
final class TargetGuard implements DnsResolver {
  /** More addresses than this would let one name use up a call's whole time by connecting. */
  private static final int MOST_ADDRESSES = 4;

  private static final List<IpRange> NOT_PUBLIC =
      ranges(
          "0.0.0.0/8", // this network
          "10.0.0.0/8", // private
          "100.64.0.0/10", // carrier-grade NAT
          "127.0.0.0/8", // loopback
          "169.254.0.0/16", // link-local, with the clouds' metadata services
          "172.16.0.0/12", // private
          "192.0.0.0/24", // protocol assignments
          "192.0.2.0/24", // documentation
          "192.88.99.0/24", // 6to4 relays
          "192.168.0.0/16", // private
          "198.18.0.0/15", // benchmarks
          "198.51.100.0/24", // documentation
          "203.0.113.0/24", // documentation
          "224.0.0.0/4", // multicast
          "240.0.0.0/4", // reserved, broadcast
          "2001::/23", // protocol assignments, with Teredo
          "2001:db8::/32", // documentation
          "2002::/16", // 6to4
          "3fff::/20"); // documentation

  private static final IpRange GLOBAL_UNICAST = IpRange.of("2000::/3");

  private final List<IpRange> allowed;
  private final DnsResolver names;

  /**
   * A guard.
   *
   * @param allowedRanges ranges that may be targets although they aren't public
   * @param names looks names up
   * @throws IllegalArgumentException if a range can't be read
   */
  TargetGuard(List<String> allowedRanges, DnsResolver names) {
    this.allowed = ranges(allowedRanges.toArray(String[]::new));
    this.names = names;
  }

  /** Whether this address may be connected to. */
  boolean allows(InetAddress address) {
    return within(allowed, address) || isPublic(address);
  }

  /**
   * The addresses of a host, a literal one too.
   *
   * @throws TargetRefusedException if any of them is not allowed: a name that points both inside
   *     and outside is not to be trusted
   */
  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    InetAddress[] addresses = names.resolve(host);
    if (addresses == null || addresses.length == 0) {
      throw new UnknownHostException(host);
    }
    for (InetAddress address : addresses) {
      if (!allows(address)) {
        throw new TargetRefusedException();
      }
    }
    return Arrays.copyOf(addresses, Math.min(addresses.length, MOST_ADDRESSES));
  }

  @Override
  public String resolveCanonicalHostname(String host) {
    return host; // only Kerberos asks, which is never used here
  }

  private static boolean isPublic(InetAddress address) {
    boolean routed = address instanceof Inet4Address || GLOBAL_UNICAST.contains(address);
    return routed && !within(NOT_PUBLIC, address);
  }

  private static boolean within(List<IpRange> ranges, InetAddress address) {
    return ranges.stream().anyMatch(range -> range.contains(address));
  }

  private static List<IpRange> ranges(String... cidrs) {
    return Arrays.stream(cidrs).map(IpRange::of).toList();
  }

  /**
   * The host leads to an address that is no allowed target. It doesn't tell which: that is ours.
   */
  static final class TargetRefusedException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    TargetRefusedException() {
      super("the host leads to an address that is not allowed");
    }
  }
}
