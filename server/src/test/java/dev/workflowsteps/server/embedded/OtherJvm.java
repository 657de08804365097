package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** An {@link EmbeddedCommand} in a process of its own. */
final class OtherJvm implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 60;

  private final Process process;
  private final BufferedReader output;

  private OtherJvm(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  static OtherJvm launch(String command, DataDirectory directory) throws IOException {
    return new OtherJvm(
        JavaProcess.of(EmbeddedCommand.class, command, "--data-dir", directory.base().toString())
            .redirectErrorStream(true)
            .start());
  }

  /** The URL it prints, or what it said instead. */
  String awaitReady() throws IOException {
    StringBuilder said = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith("ready ")) {
        return line.split(" ")[1];
      }
      said.append(line).append('\n');
    }
    throw new IOException("ended without being ready: " + said);
  }

  /** What it says until it ends. */
  String awaitEnd() throws IOException, InterruptedException {
    StringBuilder said = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      said.append(line).append('\n');
    }
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("does not end: " + said);
    }
    return said.toString();
  }

  int exitCode() {
    return process.exitValue();
  }

  long pid() {
    return process.pid();
  }

  /** SIGSTOP. */
  void freeze() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-STOP", Long.toString(pid())).start().waitFor();
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM, waited for. */
  @Override
  public void close() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }
}
