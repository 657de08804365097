package dev.workflowsteps.contract;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * What limits for addresses count as one: an IPv4 address, or a /64 network of IPv6, since whoever
 * has one of its addresses has all of them.
 *
 * @param address any address of it; the record has the first one
 */
public record CallerNetwork(InetAddress address) {

  public CallerNetwork {
    if (address instanceof Inet6Address) {
      address = first(address.getAddress());
    }
  }

  private static InetAddress first(byte[] ipv6) {
    Arrays.fill(ipv6, ipv6.length / 2, ipv6.length, (byte) 0);
    try {
      return InetAddress.getByAddress(ipv6);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("sixteen bytes are an address", e);
    }
  }

  /** {@code 192.0.2.1}, or {@code 2001:db8:0:0:0:0:0:0/64}. */
  @Override
  public String toString() {
    return address.getHostAddress() + (address instanceof Inet6Address ? "/64" : "");
  }
}
