package dev.workflowsteps.adapter.hostile;

import dev.workflowsteps.server.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A class of the tests in a process of its own, which ends with this JVM at the latest. */
final class ClientProcess implements AutoCloseable {

  private final Process process;
  private final BufferedReader output;
  private final PrintWriter input;

  private ClientProcess(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
    this.input = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8));
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
  }

  static ClientProcess start(Class<?> main, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Compiled soon: a client that is slow itself measures that.
    command.addAll(JavaProcess.QUICK_START);
    command.add("-Xmx1g");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    return new ClientProcess(new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
  }

  void write(String line) {
    input.println(line);
    input.flush();
  }

  /** What it prints before this line. */
  List<String> linesUntil(String last) throws IOException {
    List<String> lines = new ArrayList<>();
    String line = output.readLine();
    while (!last.equals(line)) {
      if (line == null) {
        throw new IOException("the client ended before it printed \"" + last + '"');
      }
      lines.add(line);
      line = output.readLine();
    }
    return lines;
  }

  /** Until it ends, or is closed. */
  void eachLine(Consumer<String> reader) {
    try {
      output.lines().forEach(reader);
    } catch (UncheckedIOException closed) {
      // Nothing more comes.
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
