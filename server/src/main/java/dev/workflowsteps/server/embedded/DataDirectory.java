package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.StartupException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Where an embedded PostgreSQL keeps its files: {@code BASE/runtime/} holds the unpacked binaries,
 * shared by the instances; {@code BASE/<instance>/} holds one instance: its lock, cluster and log.
 *
 * @param base the directory given by {@code --data-dir}, or the default; made when missing
 * @param instance a plain directory name: {@code main} for real data, {@code demo} for the sample
 */
public record DataDirectory(Path base, String instance) {

  public DataDirectory {
    Objects.requireNonNull(base, "base");
    if (!instance.matches("[a-z][a-z0-9-]{0,62}") || instance.equals("runtime")) {
      throw new IllegalArgumentException(
          "instance: " + instance + " (expected: a name of a-z, 0-9 and -, not runtime)");
    }
  }

  /**
   * The base used when none is given. Asks the environment alone: the JVM's {@code user.home} is
   * {@code ?} for an account that the machine's user list does not know.
   *
   * @param root whether this process runs as root, see {@link EmbeddedPostgres#runsAsRoot()}
   * @throws StartupException with {@link ExitCode#CONFIGURATION} when nothing tells a place
   */
  public static Path defaultBase(Map<String, String> environment, boolean root) {
    if (root) {
      return Path.of("/var/lib/workflow-steps");
    }
    return absolute(environment.get("XDG_DATA_HOME"))
        .or(() -> absolute(environment.get("HOME")).map(home -> home.resolve(".local/share")))
        .map(data -> data.resolve("workflow-steps"))
        .orElseThrow(
            () ->
                new StartupException(
                    ExitCode.CONFIGURATION,
                    "There is no default data directory, because neither HOME nor XDG_DATA_HOME is set"
                        + " to an absolute path: give a directory with --data-dir, or a PostgreSQL of"
                        + " your own with --database-url."));
  }

  /** The instance's directory. */
  public Path path() {
    return base.resolve(instance);
  }

  private static Optional<Path> absolute(String value) {
    return Optional.ofNullable(value).filter(text -> text.startsWith("/")).map(Path::of);
  }
}
