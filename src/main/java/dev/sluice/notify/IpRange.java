package dev.sluice.notify;

import java.net.InetAddress;

/** A range of IPv4 or IPv6 addresses, written as CIDR (RFC 4632, RFC 4291 section 2.3). */
final class IpRange {
  private final byte[] network;
  private final int prefixBits;

  private IpRange(byte[] network, int prefixBits) {
    this.network = network;
    this.prefixBits = prefixBits;
  }

  /**
   * Reads {@code address/bits}; a bare address is a range of one.
   *
   * @throws IllegalArgumentException if it isn't one; no name is ever looked up
   */
  static IpRange of(String cidr) {
    int slash = cidr.indexOf('/');
    String address = slash < 0 ? cidr : cidr.substring(0, slash);
    try {
      byte[] network = InetAddress.ofLiteral(address).getAddress();
      int most = network.length * Byte.SIZE;
      int bits = slash < 0 ? most : Integer.parseInt(cidr.substring(slash + 1));
      if (bits < 0 || bits > most) {
        throw new IllegalArgumentException("the prefix is out of range");
      }
      return new IpRange(network, bits);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + cidr + "' is not an address range like 10.0.0.0/8");
    }
  }

  /** Whether the address lies in this range; never so for the other family. */
  boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length != network.length) {
      return false;
    }
    for (int bit = 0; bit < prefixBits; bit += Byte.SIZE) {
      int compared = Math.min(Byte.SIZE, prefixBits - bit);
      int mask = 0xFF << (Byte.SIZE - compared);
      if (((bytes[bit / Byte.SIZE] ^ network[bit / Byte.SIZE]) & mask & 0xFF) != 0) {
        return false;
      }
    }
    return true;
  }
}
