package dev.workflowsteps.server.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * An operating system and processor that PostgreSQL binaries exist for.
 *
 * @param name as in the name of the binaries' archive, for example {@code linux-x86_64}
 */
record Platform(String name) {

  /**
   * This machine.
   *
   * @throws dev.workflowsteps.server.config.StartupException if this build has no PostgreSQL for it
   */
  static Platform current() {
    Platform platform =
        of(System.getProperty("os.name"), System.getProperty("os.arch"), Files::exists);
    if (Platform.class.getResource(platform.archive()) == null) {
      throw EmbeddedFailure.machine(
          "This build has no PostgreSQL for %s (a build with -P release has)"
              .formatted(platform.name()));
    }
    return platform;
  }

  static boolean windows() {
    return System.getProperty("os.name").startsWith("Windows");
  }

  static Platform of(String osName, String osArch, Predicate<Path> exists) {
    String system = osName.toLowerCase(Locale.ROOT);
    boolean mac = system.startsWith("mac");
    if (!mac && !system.equals("linux")) {
      throw EmbeddedFailure.machine("There is no embedded PostgreSQL for " + osName);
    }
    boolean arm = osArch.equals("aarch64") || osArch.equals("arm64");
    if (!arm && !osArch.equals("amd64") && !osArch.equals("x86_64")) {
      throw EmbeddedFailure.machine("There is no embedded PostgreSQL for the processor " + osArch);
    }
    // The binaries can't start without it.
    String loader = arm ? "/lib/ld-linux-aarch64.so.1" : "/lib64/ld-linux-x86-64.so.2";
    if (!mac && !exists.test(Path.of(loader))) {
      throw EmbeddedFailure.machine(
          "The embedded PostgreSQL needs glibc. This system has none, or has musl instead, as"
              + " Alpine Linux does ("
              + loader
              + " is missing)");
    }
    return new Platform((mac ? "darwin-" : "linux-") + (arm ? "arm_64" : "x86_64"));
  }

  /** The resource that holds the binaries. */
  String archive() {
    return "/postgres-" + name + ".txz";
  }
}
