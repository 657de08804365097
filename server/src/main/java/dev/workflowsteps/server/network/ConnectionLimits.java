package dev.workflowsteps.server.network;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.workflowsteps.server.config.AddressRanges;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many connections a port may hold.
 *
 * @param most of them all; trusted ones may exceed it by a tenth
 * @param ofAddress those of one address, unless it is trusted
 * @param ofOrganization those with keys of one organization that keep their places when the port is
 *     full
 * @param trusted addresses whose connections have neither limit
 */
public record ConnectionLimits(int most, int ofAddress, int ofOrganization, AddressRanges trusted) {

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionLimits.class);

  /** Beyond this, the memory of idle connections counts: about 10 KiB each. */
  private static final int USUAL_MOST = 10_000;

  /** For the admin port, the database, files, libraries. */
  private static final int KEPT_DESCRIPTORS = 512;

  /** With two ports, a fifth of the rest stays free. */
  private static final double OF_PORT = 0.4;

  private static final int LEAST = 16;
  private static final int ADDRESSES = 4;
  private static final int ORGANIZATIONS = 2;

  /** As the settings and the descriptors of this process allow. */
  public static ConnectionLimits of(Settings settings) {
    return of(settings, descriptors());
  }

  static ConnectionLimits of(Settings settings, long descriptors) {
    int possible = possible(descriptors);
    int most = Math.min(wanted(settings, possible), possible);
    return new ConnectionLimits(
        most,
        settings.find(Setting.MAX_CONNECTIONS_PER_ADDRESS).orElse(Math.max(1, most / ADDRESSES)),
        settings
            .find(Setting.MAX_CONNECTIONS_PER_ORGANIZATION)
            .orElse(Math.max(1, most / ORGANIZATIONS)),
        settings.get(Setting.TRUSTED_ADDRESSES));
  }

  /** Says so if there can't be as many as the settings ask for. */
  public static void warnIfLowered(Settings settings) {
    warnIfLowered(settings, descriptors());
  }

  static void warnIfLowered(Settings settings, long descriptors) {
    int possible = possible(descriptors);
    int wanted = wanted(settings, possible);
    if (wanted > possible) {
      LOG.warn(
          "each port takes {} connections, not {}: the process may open only {} files; raise that"
              + " limit (ulimit -n, LimitNOFILE), or lower max-connections",
          possible,
          wanted,
          descriptors);
    }
  }

  private static int wanted(Settings settings, int possible) {
    return settings.find(Setting.MAX_CONNECTIONS).orElse(Math.min(possible, USUAL_MOST));
  }

  private static int possible(long descriptors) {
    double possible = (descriptors - KEPT_DESCRIPTORS) * OF_PORT;
    return (int) Math.max(LEAST, Math.min(Integer.MAX_VALUE, possible));
  }

  /** How many files the process may have open; on Windows there is no limit to be asked for. */
  private static long descriptors() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Integer.MAX_VALUE;
  }
}
