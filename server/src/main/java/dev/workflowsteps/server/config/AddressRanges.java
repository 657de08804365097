package dev.workflowsteps.server.config;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** IP addresses, one by one or as ranges in CIDR notation. */
public final class AddressRanges {

  /** The form, for error texts. */
  static final String FORM = "IP addresses and CIDR ranges, several with commas";

  private static final Pattern PREFIX_LENGTH = Pattern.compile("[0-9]{1,3}");

  private final List<Range> ranges;

  private AddressRanges(List<Range> ranges) {
    this.ranges = ranges;
  }

  /**
   * Reads {@code 127.0.0.0/8,::1}; empty if it is anything else. Names are not looked up. The bits
   * behind a prefix don't matter: {@code 10.1.2.3/8} is {@code 10.0.0.0/8}.
   */
  static Optional<AddressRanges> parse(String text) {
    return ValueType.list(text, Range::parse).map(AddressRanges::new);
  }

  /**
   * Whether the address is one of them, or in one of the ranges.
   *
   * @param address an IPv4 address that IPv6 maps counts as the IPv4 address, as everywhere in Java
   */
  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    return ranges.stream().anyMatch(range -> range.contains(bytes));
  }

  private record Range(byte[] address, int bits) {

    static Optional<Range> parse(String text) {
      String[] parts = text.split("/", 2);
      // A scope belongs to one machine, and no peer's address is compared with it.
      if (!InetAddresses.isInetAddress(parts[0]) || parts[0].indexOf('%') >= 0) {
        return Optional.empty();
      }
      byte[] address = InetAddresses.forString(parts[0]).getAddress();
      int most = address.length * Byte.SIZE;
      if (parts.length == 1) {
        return Optional.of(new Range(address, most));
      }
      return Optional.of(parts[1])
          .filter(length -> PREFIX_LENGTH.matcher(length).matches())
          .map(Integer::valueOf)
          .filter(bits -> bits <= most)
          .map(bits -> new Range(address, bits));
    }

    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      int whole = bits / Byte.SIZE;
      for (int i = 0; i < whole; i++) {
        if (address[i] != other[i]) {
          return false;
        }
      }
      int unused = Byte.SIZE - bits % Byte.SIZE;
      return unused == Byte.SIZE || (address[whole] ^ other[whole]) >> unused == 0;
    }
  }
}
