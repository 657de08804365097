package dev.workflowsteps.adapter.hostile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Loads that a {@link LoadClient} is to send, one after the other, and its process. */
final class Load implements AutoCloseable {

  /** Of each request, and of REST on {@link Server#start}. */
  static final int DEADLINE_MILLIS = 2_000;

  /** Requests a second of a caller who asks for little. */
  static final int QUIET_RATE = 20;

  private final Map<String, String> options = new LinkedHashMap<>();
  private ClientProcess process;
  private long begin;

  /**
   * @param protocol {@code http1}, {@code http2} or {@code grpc}
   */
  static Load over(String protocol, String key, Server... servers) {
    boolean grpc = protocol.equals("grpc");
    return new Load()
        .with("protocol", protocol)
        .with("key", key)
        .with("targets", places(List.of(servers), server -> grpc ? server.grpc() : server.rest()))
        .with("admins", places(List.of(servers), Server::admin))
        .with("deadline", DEADLINE_MILLIS)
        .with("run", Data.RUN)
        .with("limit", 20);
  }

  /** Of a caller who asks for little. */
  static Load quiet(String protocol, String key, Server server) {
    return over(protocol, key, server).rate(QUIET_RATE).seconds(Experiments.SECONDS);
  }

  private static String places(List<Server> servers, Function<Server, String> place) {
    return servers.stream().map(place).collect(Collectors.joining(","));
  }

  /** Requests a second, whatever becomes of them. */
  Load rate(int perSecond) {
    return with("rate", perSecond);
  }

  /** So many ask again at once, whatever the answer. */
  Load callers(int count) {
    return with("callers", count);
  }

  Load seconds(int seconds) {
    return with("seconds", seconds);
  }

  Load limit(int rows) {
    return with("limit", rows);
  }

  Load cancelledAfter(int millis) {
    return with("cancelAfter", millis);
  }

  Load deadline(int millis) {
    return with("deadline", millis);
  }

  /** The servers have certificates of the CA in this file, which are for localhost. */
  Load trusting(Path ca) {
    return with("ca", ca);
  }

  private Load with(String option, Object value) {
    options.put(option, value.toString());
    return this;
  }

  /** Starts the process, which sends a few requests. */
  Load warmUp() throws IOException {
    if (process == null) {
      process = ClientProcess.start(LoadClient.class, all());
      process.linesUntil(LoadClient.WARM);
    }
    return this;
  }

  /** Returns when it has begun to send. */
  Load start() throws IOException {
    warmUp();
    process.write(String.join(" ", all()));
    process.linesUntil(LoadClient.SENDING);
    begin = System.nanoTime();
    return this;
  }

  /** Ends one at a rate before its time. */
  Load end() throws IOException {
    int seconds = (int) Math.ceil((System.nanoTime() - begin) / 1e9);
    if (seconds > Integer.parseInt(options.get("seconds"))) {
      throw new IllegalStateException("it has ended before: " + options);
    }
    process.write("");
    return seconds(seconds);
  }

  private List<String> all() {
    return options.entrySet().stream()
        .map(option -> option.getKey() + '=' + option.getValue())
        .toList();
  }

  /** Waits for its end. */
  Answers answers() throws IOException {
    List<Sent> sent =
        process.linesUntil(LoadClient.DONE).stream().filter(Sent::isLine).map(Sent::of).toList();
    return new Answers(sent, Integer.parseInt(options.get("seconds")));
  }

  Answers run() throws IOException {
    return start().answers();
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
  }
}
