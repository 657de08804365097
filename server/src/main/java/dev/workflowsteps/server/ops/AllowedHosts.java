package dev.workflowsteps.server.ops;

import com.google.common.net.InetAddresses;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The values of {@code Host} that the admin port answers. A web page whose name was pointed at this
 * machine (DNS rebinding) could otherwise read the port, since browsers take it for a part of the
 * page's own site. Such a page can't send an IP address there, nor leave the header out.
 */
final class AllowedHosts {

  private static final Pattern PORT = Pattern.compile(":[0-9]*$");

  private final Set<String> names;

  /**
   * @param names beside IP addresses and localhost
   */
  AllowedHosts(Stream<String> names) {
    this.names =
        Stream.concat(Stream.of("localhost"), names)
            .map(AllowedHosts::lowerCase)
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Whether a request is answered.
   *
   * @param headers all headers {@code Host}; none in requests of HTTP/1.0, which no browser sends
   */
  boolean allow(List<String> headers) {
    return headers.stream().allMatch(this::allows);
  }

  private boolean allows(String header) {
    String host = PORT.matcher(header.strip()).replaceFirst("");
    return InetAddresses.isUriInetAddress(host) || names.contains(lowerCase(host));
  }

  private static String lowerCase(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
