package dev.workflowsteps.adapter;

import dev.workflowsteps.server.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program in a process of its own, as a user starts it. */
public final class Program implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 60;

  /** Of this build. */
  public static final Path JAR = Path.of("target", "workflow-steps.jar");

  private static Program shared;

  private final Process process;
  private final BufferedReader words;
  private final List<String> firstScreen = new ArrayList<>();
  private Path dataDir;

  private Program(Process process) {
    this.process = process;
    this.words = process.errorReader(StandardCharsets.UTF_8);
  }

  /**
   * One server with the demo for all tests of a JVM, started by the first that asks and stopped
   * when the JVM ends. Tests leave the demo as it is and write to organizations of their own.
   */
  public static synchronized Program shared() throws IOException {
    if (shared == null) {
      // As it is shipped, where much is asked of it.
      List<String> options =
          Boolean.getBoolean("wfs.test.exhaustive") ? List.of() : JavaProcess.QUICK_START;
      Program started = serve(options, DataDirs.create());
      started.readWords(System.err::println);
      shared = started;
    }
    return shared;
  }

  /** Starts a server with REST on free ports and waits for its first screen. */
  public static Program serve(Path dataDir) throws IOException {
    return serve(JavaProcess.QUICK_START, dataDir);
  }

  /** As {@link #serve}, in a heap of so many megabytes, and compiled as by default. */
  public static Program serveWithin(int heapMegabytes, Path dataDir) throws IOException {
    return serve(List.of("-Xmx" + heapMegabytes + "m"), dataDir);
  }

  private static Program serve(List<String> javaOptions, Path dataDir) throws IOException {
    Program program =
        start(
            javaOptions,
            "try ",
            "serve",
            "--demo",
            "--data-dir=" + dataDir,
            "--rest-port=0",
            "--grpc-port=0");
    program.dataDir = dataDir;
    return program;
  }

  /** Starts a command that serves briefly and waits for the last line of its first screen. */
  public static Program start(String lastLine, String... arguments) throws IOException {
    return start(JavaProcess.QUICK_START, lastLine, arguments);
  }

  /** As {@link #start}, of another build. */
  static Program startOther(Path jar, String lastLine, String... arguments) throws IOException {
    return start(jar, JavaProcess.QUICK_START, lastLine, arguments);
  }

  /** As {@link #start(String, String...)}, with these options of Java instead. */
  public static Program start(List<String> javaOptions, String lastLine, String... arguments)
      throws IOException {
    return start(JAR, javaOptions, lastLine, arguments);
  }

  /** As {@link #start(List, String, String...)}, of any build. */
  public static Program start(
      Path jar, List<String> javaOptions, String lastLine, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(arguments));
    for (String usual : List.of("--admin-port=0", "--drain-delay=0s")) {
      String name = usual.substring(0, usual.indexOf('=') + 1);
      if (command.stream().noneMatch(argument -> argument.startsWith(name))) {
        command.add(usual);
      }
    }
    Program program = new Program(process(jar, javaOptions, command));
    String line;
    do {
      line = program.words.readLine();
      program.firstScreen.add(line);
    } while (line != null && !line.startsWith(lastLine));
    return program;
  }

  /** What a command that ends printed on stdout, and then on stderr. */
  public static String run(String... arguments) throws IOException, InterruptedException {
    Process process = command(arguments);
    String data = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String words = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("exit " + process.exitValue() + ": " + words);
    }
    return data;
  }

  /** The exit code of a command that is meant to fail; its words are in {@code said}. */
  public static int fail(List<String> said, String... arguments)
      throws IOException, InterruptedException {
    Process process = command(arguments);
    said.add(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
    return process.waitFor();
  }

  /** Starts a command that reads what the test writes to it; the test ends it. */
  public static Process open(String... arguments) throws IOException {
    return command(arguments);
  }

  /** As {@link #open}, of another build. */
  static Process openOther(Path jar, String... arguments) throws IOException {
    return process(jar, JavaProcess.QUICK_START, List.of(arguments));
  }

  private static Process command(String... arguments) throws IOException {
    return process(JAR, JavaProcess.QUICK_START, List.of(arguments));
  }

  private static Process process(Path jar, List<String> javaOptions, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(javaOptions);
    command.add("-jar");
    command.add(jar.toString());
    command.addAll(arguments);
    return new ProcessBuilder(command).start();
  }

  /**
   * Runs a command on the data of this server, for one organization.
   *
   * @param name as in {@code keys create}
   * @return what it printed on stdout
   */
  public String command(String name, String organization, String... more)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(name.split(" ")));
    arguments.addAll(List.of("--demo", "--data-dir=" + dataDir, "--organization=" + organization));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  public Path dataDir() {
    return dataDir;
  }

  /** The key of the demo. */
  public String demoKey() throws IOException {
    return Files.readString(dataDir.resolve("demo/key")).strip();
  }

  List<String> firstScreen() {
    return firstScreen;
  }

  public String restUrl() {
    return "http://127.0.0.1:" + port("REST");
  }

  public int grpcPort() {
    return port("gRPC");
  }

  public String adminUrl() {
    return "http://127.0.0.1:" + port("admin");
  }

  public long pid() {
    return process.pid();
  }

  /** Reads what it says from now on: unread, a full pipe would stop it. */
  public void readWords(Consumer<String> reader) {
    Thread thread = new Thread(() -> words.lines().forEach(reader));
    thread.setDaemon(true);
    thread.start();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** SIGTERM; what it says until it ends. */
  public List<String> stop() throws IOException, InterruptedException {
    // Process.destroy would close what it says its last words on.
    process.toHandle().destroy();
    List<String> said = words.lines().toList();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("does not end: " + said);
    }
    return said;
  }

  /** SIGKILL. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (process.isAlive()) {
      stop();
    }
  }

  /** What the end of the JVM does. */
  static synchronized void deleteShared() throws IOException, InterruptedException {
    if (shared != null) {
      shared.process.toHandle().destroy();
      shared.process.waitFor();
      DataDirs.delete(shared.dataDir);
    }
  }

  private int port(String name) {
    Pattern place = Pattern.compile(name + " 127.0.0.1:(\\d+)");
    for (String line : firstScreen) {
      Matcher matcher = place.matcher(String.valueOf(line));
      if (matcher.find()) {
        return Integer.parseInt(matcher.group(1));
      }
    }
    throw new IllegalStateException("no port of " + name + " in " + firstScreen);
  }
}
