package dev.sluice.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.notify.TargetGuard.TargetRefusedException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetGuardTest {
  private final TargetGuard guard = new TargetGuard(List.of(), SystemDefaultDnsResolver.INSTANCE);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.255.0.9",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.127.255.255",
        "192.0.0.1",
        "192.0.2.7",
        "192.88.99.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "100::1",
        "fe80::1",
        "fec0::1",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "2001::1",
        "2001:db8::1",
        "2002:a00:1::1",
        "3fff::1",
        "5f00::1"
      })
  void refusesWhatIsNotPublic(String address) throws UnknownHostException {
    // ::ffff:8.8.8.8 is read as the IPv4 address that it means, which is public
    assertThat(guard.allows(InetAddress.getByName(address)))
        .isEqualTo(address.equals("::ffff:8.8.8.8"));
  }

  @Test
  void refusesMappedAddressesThatWereKeptAsIpv6() throws UnknownHostException {
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xFF;
    mapped[11] = (byte) 0xFF;
    mapped[12] = 127;
    mapped[15] = 1;

    assertThat(guard.allows(Inet6Address.getByAddress("x", mapped, -1))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.255.255",
        "172.32.0.1",
        "192.0.1.1",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00::1"
      })
  void allowsWhatIsPublic(String address) throws UnknownHostException {
    assertThat(guard.allows(InetAddress.getByName(address))).isTrue();
  }

  @Test
  void allowsConfiguredRangesAndNothingBeside() throws UnknownHostException {
    TargetGuard opened =
        new TargetGuard(
            List.of("10.1.0.0/16", "fd00:1::/32", "192.168.7.7"),
            SystemDefaultDnsResolver.INSTANCE);

    assertThat(opened.allows(InetAddress.getByName("10.1.255.1"))).isTrue();
    assertThat(opened.allows(InetAddress.getByName("10.2.0.1"))).isFalse();
    assertThat(opened.allows(InetAddress.getByName("fd00:1:2::1"))).isTrue();
    assertThat(opened.allows(InetAddress.getByName("fd00:2::1"))).isFalse();
    assertThat(opened.allows(InetAddress.getByName("192.168.7.7"))).isTrue();
    assertThat(opened.allows(InetAddress.getByName("192.168.7.8"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2130706433", "127.1", "127.0.0.1", "::1", "localhost"})
  void refusesEveryWayOfWritingLoopback(String host) {
    assertThatExceptionOfType(TargetRefusedException.class).isThrownBy(() -> guard.resolve(host));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0177.0.0.1", "0x7f.0.0.1", "0x7f000001"})
  void neverLeadsToLoopbackByOctalOrHexadecimal(String host) {
    try {
      // if the platform reads it at all, what it reads is what is checked and connected to
      assertThat(guard.resolve(host)).allMatch(guard::allows).noneMatch(a -> a.isLoopbackAddress());
    } catch (UnknownHostException e) {
      assertThat(e.getMessage()).isNotNull();
    }
  }

  @Test
  void refusesANameThatLeadsInsideAsWellAsOutside() {
    TargetGuard fooled = new TargetGuard(List.of(), names("8.8.8.8", "10.0.0.1"));

    assertThatExceptionOfType(TargetRefusedException.class)
        .isThrownBy(() -> fooled.resolve("both.example"))
        .withMessageNotContaining("10.0.0.1");
  }

  @Test
  void connectsToFourAddressesOfANameAtMost() throws UnknownHostException {
    TargetGuard many =
        new TargetGuard(
            List.of(), names("8.8.0.1", "8.8.0.2", "8.8.0.3", "8.8.0.4", "8.8.0.5", "8.8.0.6"));

    assertThat(many.resolve("many.example")).hasSize(4);
    assertThat(many.resolve("many.example", 443)).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "10.0.0.0/33", "10.0.0.0/-1", "fd00::/129", "intranet/8", "10.0.0.0/x"})
  void refusesRangesThatItCannotRead(String range) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TargetGuard(List.of(range), SystemDefaultDnsResolver.INSTANCE))
        .withMessageContaining("'" + range + "'");
  }

  static DnsResolver names(String... addresses) {
    return new DnsResolver() {
      @Override
      public InetAddress[] resolve(String host) {
        return Arrays.stream(addresses).map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
      }

      @Override
      public String resolveCanonicalHostname(String host) {
        return host;
      }
    };
  }
}
