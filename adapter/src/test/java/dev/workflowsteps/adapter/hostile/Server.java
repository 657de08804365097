package dev.workflowsteps.adapter.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.adapter.Program;
import dev.workflowsteps.server.JavaProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The program under attack, with its CPU, its heap, and a probe that asks for its health. */
final class Server implements AutoCloseable {

  private static final int PROBED_EVERY_MILLIS = 100;

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Program program;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Queue<Sent> probes = new ConcurrentLinkedQueue<>();
  private final Queue<String> words = new ConcurrentLinkedQueue<>();

  private final CpuTimes cpuTimes = new CpuTimes();

  private volatile boolean stopped;

  private Server(Program program) {
    this.program = program;
    program.readWords(words::add);
    Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
    Thread probe = new Thread(this::probe, "probe");
    probe.setDaemon(true);
    probe.start();
  }

  static Server start(Data data, String... settings) throws IOException {
    return start(List.of(), data, settings);
  }

  /** As an operator with little memory starts it. */
  static Server startSmall(Data data, String... settings) throws IOException {
    return start(List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError"), data, settings);
  }

  /** For a short life. */
  static Server startQuickly(Data data, String... settings) throws IOException {
    return start(JavaProcess.QUICK_START, data, settings);
  }

  /** Of another build. */
  static Server startOther(Path jar, Data data, String... settings) throws IOException {
    return start(jar, List.of(), data, settings);
  }

  private static Server start(List<String> javaOptions, Data data, String... settings)
      throws IOException {
    return start(Program.JAR, javaOptions, data, settings);
  }

  private static Server start(Path jar, List<String> javaOptions, Data data, String... settings)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of("serve", "--database-url=" + data.url()));
    arguments.addAll(List.of(settings));
    for (String usual :
        List.of(
            "--rest-port=0", "--grpc-port=0", "--request-timeout=" + Load.DEADLINE_MILLIS + "ms")) {
      String name = usual.substring(0, usual.indexOf('=') + 1);
      if (arguments.stream().noneMatch(argument -> argument.startsWith(name))) {
        arguments.add(usual);
      }
    }
    Server server =
        new Server(Program.start(jar, javaOptions, "try ", arguments.toArray(String[]::new)));
    await().atMost(Duration.ofMinutes(1)).until(server::isReady);
    return server;
  }

  String rest() {
    return URI.create(program.restUrl()).getAuthority();
  }

  String grpc() {
    return "127.0.0.1:" + program.grpcPort();
  }

  String admin() {
    return URI.create(program.adminUrl()).getAuthority();
  }

  boolean isAlive() {
    return program.isAlive();
  }

  private boolean isReady() throws IOException, InterruptedException {
    return get("/readyz").statusCode() == 200;
  }

  /** What it has logged. */
  List<String> words() {
    return List.copyOf(words);
  }

  /** What its threads took, also those that ended, but for those in which Java compiles. */
  Duration cpu() throws IOException {
    try (Stream<Path> threads = Files.list(Path.of("/proc", "" + program.pid(), "task"))) {
      for (Path thread : threads.toList()) {
        cpuTimes.look(thread);
      }
    }
    return cpuTimes.sum();
  }

  /** What is used of the heap after a full collection, in MiB. */
  long liveHeap() throws IOException, InterruptedException {
    jcmd("GC.run");
    return usedHeap();
  }

  /** What is used of the heap, garbage too, in MiB; 0 if it can't say. */
  long usedHeap() throws InterruptedException {
    return megabytes("jvm_memory_used_bytes{area=\"heap\"");
  }

  /** What buffers outside the heap take, in MiB. */
  long buffers() throws InterruptedException {
    long taken = megabytes("jvm_buffer_memory_used_bytes{id=\"direct\"");
    assertThat(taken).as("MiB of buffers; each server has some").isPositive();
    return taken;
  }

  private long megabytes(String metric) throws InterruptedException {
    try {
      return (long)
              get("/metrics")
                  .body()
                  .lines()
                  .filter(line -> line.startsWith(metric))
                  .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                  .sum()
          >> 20;
    } catch (IOException away) {
      return 0;
    }
  }

  /** Files and sockets that it has open. */
  int openFiles() {
    String line = metric("process_files_open_files").get(0);
    return (int) Double.parseDouble(line.substring(line.lastIndexOf(' ')));
  }

  /** The lines of a meter. */
  List<String> metric(String name) {
    try {
      return get("/metrics").body().lines().filter(line -> line.startsWith(name)).toList();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private HttpResponse<String> get(String page) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(program.adminUrl() + page)).timeout(PATIENCE).build();
    return http.send(request, BodyHandlers.ofString());
  }

  private void jcmd(String command) throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/jcmd",
                Long.toString(program.pid()),
                command)
            .redirectErrorStream(true)
            .start();
    String said = new String(jcmd.getInputStream().readAllBytes());
    assertThat(jcmd.waitFor()).as(said).isZero();
  }

  /** How long {@code /livez} and {@code /readyz} took since this was asked last. */
  Answers probes() {
    List<Sent> since = new ArrayList<>();
    for (Sent one = probes.poll(); one != null; one = probes.poll()) {
      since.add(one);
    }
    return new Answers(since, 1);
  }

  private void probe() {
    while (!stopped) {
      for (String page : List.of("/livez", "/readyz")) {
        long begin = System.nanoTime();
        String outcome;
        try {
          outcome = "" + get(page).statusCode();
        } catch (IOException away) {
          outcome = Sent.BROKEN + away.getClass().getSimpleName();
        } catch (InterruptedException e) {
          return;
        }
        long took = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begin);
        probes.add(new Sent(0, 0, took, outcome));
      }
      try {
        TimeUnit.MILLISECONDS.sleep(PROBED_EVERY_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** SIGTERM, waited for. */
  void stop() throws IOException, InterruptedException {
    stopped = true;
    program.stop();
  }

  @Override
  public void close() {
    stopped = true;
    kill();
  }

  private void kill() {
    try {
      program.kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
