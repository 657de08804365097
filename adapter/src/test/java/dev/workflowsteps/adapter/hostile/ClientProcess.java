package dev.workflowsteps.adapter.hostile;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A class of the tests in a process of its own, which ends with this JVM at the latest. */
final class ClientProcess implements AutoCloseable {

  private final Process process;
  private final BufferedReader output;

  private ClientProcess(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
  }

  static ClientProcess start(Class<?> main, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Compiled soon: a client that is slow itself measures that.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx1g"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    return new ClientProcess(new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
  }

  void awaitLine(String expected) throws IOException {
    String line;
    do {
      line = output.readLine();
      if (line == null) {
        throw new IOException("the client ended before it printed " + expected);
      }
    } while (!line.equals(expected));
  }

  /** What it prints until it ends. */
  List<String> awaitEnd() throws InterruptedException {
    List<String> lines = output.lines().toList();
    process.waitFor();
    return lines;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
