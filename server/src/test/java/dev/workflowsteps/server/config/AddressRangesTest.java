package dev.workflowsteps.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangesTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7",
    "192.0.2.7/32, 192.0.2.7",
    "10.0.0.0/8, 10.255.255.255",
    "10.1.2.3/8, 10.9.9.9",
    "192.0.2.128/25, 192.0.2.128",
    "192.0.2.128/25, 192.0.2.255",
    "255.255.255.254/31, 255.255.255.255",
    "0.0.0.0/0, 203.0.113.9",
    "::1, ::1",
    "2001:db8::/33, 2001:db8:7fff::1",
    "::/0, fe80::1",
    "::ffff:192.0.2.7, 192.0.2.7",
    "192.0.2.7, ::ffff:192.0.2.7",
  })
  void contains_addressesInTheRange(String range, String address) {
    assertThat(contains(range, address)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.8",
    "10.0.0.0/8, 11.0.0.0",
    "192.0.2.128/25, 192.0.2.127",
    "255.255.255.254/31, 255.255.255.253",
    "0.0.0.0/0, ::1",
    "::/0, 192.0.2.7",
    "2001:db8::/33, 2001:db8:8000::1",
  })
  void contains_noOthers(String range, String address) {
    assertThat(contains(range, address)).isFalse();
  }

  @Test
  void contains_addressesOfEveryRange() {
    String ranges = Setting.TRUSTED_ADDRESSES.defaultText().orElseThrow();

    assertThat(contains(ranges, "127.0.0.1")).isTrue();
    assertThat(contains(ranges, "127.255.0.9")).isTrue();
    assertThat(contains(ranges, "::1")).isTrue();
    assertThat(contains(ranges, "128.0.0.1")).isFalse();
    assertThat(contains(ranges, "::2")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "10.0.0.0/8/8",
        "10.0.0/8",
        "10.0.0.0/255.0.0.0",
        "::/129",
        "fe80::1%eth0",
        "[::1]",
        "127.0.0.1:80",
        "127.0.0.1, ::1",
        "127.0.0.1,",
      })
  void parse_nothingElse(String text) {
    assertThat(AddressRanges.parse(text)).isEmpty();
  }

  private static boolean contains(String ranges, String address) {
    return AddressRanges.parse(ranges).orElseThrow().contains(InetAddresses.forString(address));
  }
}
