package dev.workflowsteps.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class CallerNetworkTest {

  @Test
  void addressOfIpv4_isItsOwn() throws UnknownHostException {
    assertThat(network("192.0.2.1")).isEqualTo(network("192.0.2.1")).hasToString("192.0.2.1");
    assertThat(network("192.0.2.1")).isNotEqualTo(network("192.0.2.2"));
  }

  @Test
  void addressOfIpv6_isThatOfItsNetwork() throws UnknownHostException {
    assertThat(network("2001:db8:0:1::1"))
        .isEqualTo(network("2001:db8:0:1:ffff:ffff:ffff:ffff"))
        .hasSameHashCodeAs(network("2001:db8:0:1::2"))
        .hasToString("2001:db8:0:1:0:0:0:0/64");
    assertThat(network("2001:db8:0:1::1")).isNotEqualTo(network("2001:db8:0:2::1"));
  }

  @Test
  void addressOfIpv4_thatIpv6Maps_isThatOfIpv4() throws UnknownHostException {
    assertThat(network("::ffff:192.0.2.1")).isEqualTo(network("192.0.2.1"));
  }

  private static CallerNetwork network(String address) throws UnknownHostException {
    return new CallerNetwork(InetAddress.getByName(address));
  }
}
