package dev.workflowsteps.server.config;

/**
 * Where a server listens.
 *
 * @param host a name or an address, IPv6 addresses without brackets
 * @param port 1..65535
 */
public record HostPort(String host, int port) {

  /** As in a URL: {@code HOST:PORT}, with an IPv6 address in brackets. */
  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
