package dev.workflowsteps.adapter;

import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.HostPort;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Commands that the first screen shows; pasted into a shell as they stand, they work. */
final class ExampleCommands {

  private static final String PLAIN = "[A-Za-z0-9_./:=@%+,-]+";

  static String list(Path keyFile, HostPort rest, String run) {
    return "curl -H \"Api-Key: $(cat %s)\" 'http://%s/v1/workflows/steps?run_id=%s'"
        .formatted(word(keyFile.toString()), rest, run);
  }

  /**
   * Makes the first key of the database that is served; an external one's password is to be put in.
   */
  static String createKey(Optional<Path> dataDir, Optional<DatabaseUrl> database) {
    String command = program() + " keys create --organization acme --create-organization";
    return database
        .map(url -> command + " --database-url " + word(url.toString()))
        .or(
            () ->
                dataDir.map(
                    path -> command + " --data-dir " + word(path.toAbsolutePath().toString())))
        .orElse(command);
  }

  private static String program() {
    try {
      Path jar =
          Path.of(
              ExampleCommands.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      // Classes that lie in a folder are started by a development tool, which knows how.
      return Files.isRegularFile(jar) ? "java -jar " + word(jar.toString()) : "workflow-steps";
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As one word of a POSIX shell. */
  static String word(String text) {
    return text.matches(PLAIN) ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  private ExampleCommands() {}
}
