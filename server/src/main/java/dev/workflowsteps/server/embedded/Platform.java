package dev.workflowsteps.server.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A kind of machine that there are PostgreSQL binaries for.
 *
 * @param name as the binaries' archive spells it, for example {@code linux-x86_64}
 */
record Platform(String name) {

  /** This machine, or a refusal that says what it lacks. */
  static Platform current() {
    Platform platform =
        of(System.getProperty("os.name"), System.getProperty("os.arch"), Files::exists);
    if (Platform.class.getResource(platform.archive()) == null) {
      throw EmbeddedFailure.machine(
          "This build carries no PostgreSQL for "
              + platform.name()
              + " (built with -P all-platforms it does)");
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
    String processor =
        processor(osArch)
            .orElseThrow(
                () ->
                    EmbeddedFailure.machine(
                        "There is no embedded PostgreSQL for the processor " + osArch));
    if (!mac && !exists.test(glibcLoader(processor))) {
      throw EmbeddedFailure.machine(
          "The embedded PostgreSQL needs glibc, and this system (musl, as Alpine Linux has it, or"
              + " none) lacks "
              + glibcLoader(processor));
    }
    return new Platform((mac ? "darwin-" : "linux-") + processor);
  }

  /** The resource that holds the binaries. */
  String archive() {
    return "/postgres-" + name + ".txz";
  }

  private static Optional<String> processor(String osArch) {
    return switch (osArch) {
      case "amd64", "x86_64" -> Optional.of("x86_64");
      case "aarch64", "arm64" -> Optional.of("arm_64");
      default -> Optional.empty();
    };
  }

  /** The interpreter that the binaries name: where it is missing they cannot even be started. */
  private static Path glibcLoader(String processor) {
    return Path.of(
        processor.equals("x86_64") ? "/lib64/ld-linux-x86-64.so.2" : "/lib/ld-linux-aarch64.so.1");
  }
}
