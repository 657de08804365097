package dev.workflowsteps.adapter;

import dev.workflowsteps.server.cli.ShellWord;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.HostPort;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The commands of the startup banner; they work as shown, pasted into a shell. With TLS, the
 * certificate has to be for the address that the port is bound to.
 */
final class ExampleCommands {

  /**
   * @param certificate the server's; empty = it speaks plaintext
   */
  static String list(Path keyFile, HostPort rest, Optional<Path> certificate, String run) {
    return "curl %s-H \"Api-Key: $(cat %s)\" '%s://%s/v1/workflows/steps?run_id=%s'"
        .formatted(
            certificate
                .map(file -> "--cacert " + ShellWord.of(file.toAbsolutePath().toString()) + " ")
                .orElse(""),
            ShellWord.of(keyFile.toString()),
            certificate.isPresent() ? "https" : "http",
            rest,
            run);
  }

  /** Creates the first key of the served database; the user puts in an external one's password. */
  static String createKey(Optional<Path> dataDir, Optional<DatabaseUrl> database) {
    String command = program() + " keys create --organization acme --create-organization";
    return database
        .map(url -> command + " --database-url " + ShellWord.of(url.toString()))
        .or(
            () ->
                dataDir.map(
                    path ->
                        command + " --data-dir " + ShellWord.of(path.toAbsolutePath().toString())))
        .orElse(command);
  }

  private static String program() {
    try {
      Path jar =
          Path.of(
              ExampleCommands.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      // Classes in a directory were started by a development tool.
      return Files.isRegularFile(jar)
          ? "java -jar " + ShellWord.of(jar.toString())
          : "workflow-steps";
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private ExampleCommands() {}
}
