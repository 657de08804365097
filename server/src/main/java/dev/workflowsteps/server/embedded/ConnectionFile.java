package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Properties;

/**
 * How commands reach the server of a running owner. Only the owner of the files can read it.
 *
 * @param start of the {@link Owner} that wrote it: one left behind by a killed process has another
 */
record ConnectionFile(String start, int port, String password) {

  static Optional<ConnectionFile> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Properties values = new Properties();
    values.load(new StringReader(Files.readString(file)));
    String port = values.getProperty("port", "");
    if (!port.matches("[0-9]{1,5}")) {
      return Optional.empty();
    }
    return Optional.of(
        new ConnectionFile(
            values.getProperty("start", ""),
            Integer.parseInt(port),
            values.getProperty("password", "")));
  }

  /** Writes it atomically. */
  void write(Path file, Directories directories) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    directories.write(
        unfinished, "start=" + start + "\nport=" + port + "\npassword=" + password + "\n");
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
