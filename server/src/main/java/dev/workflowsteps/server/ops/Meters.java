package dev.workflowsteps.server.ops;

import dev.workflowsteps.server.config.Setting;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;

/**
 * The registry, and the server's own meters. The README documents their names, units and labels; no
 * label holds an organization, a key or another unbounded value.
 */
public final class Meters implements AutoCloseable {

  private static final List<Duration> REQUEST_BUCKETS =
      LongStream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000)
          .mapToObj(Duration::ofMillis)
          .toList();

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ProcessMeters process;
  private final DataMeters data;

  public Meters(BuildInfo build) {
    process = new ProcessMeters(registry, build);
    data = new DataMeters(registry);
    FunctionCounter.builder("workflow_steps.log.dropped", this, meters -> Logging.dropped())
        .description("Lines of the log that were dropped.")
        .register(registry);
  }

  /**
   * The upper bounds of the request timers' buckets, 1 ms to 30 s. Only the timers of gRPC calls
   * and REST requests have buckets: each one is a time series for every combination of labels.
   */
  public static List<Duration> requestBuckets() {
    return REQUEST_BUCKETS;
  }

  public PrometheusMeterRegistry registry() {
    return registry;
  }

  /** Of what calls read and write. */
  public DataMeters data() {
    return data;
  }

  /** Adds series that are read when somebody scrapes. */
  public void add(MultiCollector collector) {
    registry.getPrometheusRegistry().register(collector);
  }

  /** Whether the server is ready, asked for at every scrape. */
  public void ready(BooleanSupplier ready) {
    Gauge.builder("workflow_steps.ready", () -> ready.getAsBoolean() ? 1 : 0)
        .description("1 if the server can take calls, else 0.")
        .register(registry);
  }

  /** Whether a check of the readiness finds no problem, asked for at every scrape. */
  public void check(String name, BooleanSupplier passed) {
    Gauge.builder("workflow_steps.check.passed", () -> passed.getAsBoolean() ? 1 : 0)
        .description("1 if a check of the readiness finds no problem, else 0.")
        .tag("check", name)
        .register(registry);
  }

  /**
   * The timer of calls with this outcome; always the same one. The lookup by labels is slow, so
   * callers keep the timer.
   *
   * @param method the full name of one of the server's methods, never a name that a caller sent
   * @param code of the gRPC status, for example {@code OK}
   */
  public Timer rpc(String method, String code) {
    return Timer.builder("workflow_steps.rpc")
        .description("Durations of finished gRPC calls.")
        .tag("method", method)
        .tag("code", code)
        .serviceLevelObjectives(REQUEST_BUCKETS.toArray(Duration[]::new))
        .register(registry);
  }

  /**
   * The timer of REST requests with this outcome; like {@link #rpc}.
   *
   * @param route the path template, or {@code other}
   * @param method an HTTP method that some route has, or {@code other}
   */
  public Timer http(String route, String method, int status) {
    return Timer.builder("workflow_steps.http.requests")
        .description("Durations of finished REST requests.")
        .tag("route", route)
        .tag("method", method)
        .tag("status", Integer.toString(status))
        .serviceLevelObjectives(REQUEST_BUCKETS.toArray(Duration[]::new))
        .register(registry);
  }

  /**
   * The number of upstream servers in a state, asked for at every scrape.
   *
   * @param state {@code serving} or {@code out}
   */
  public void upstreamServers(String state, Supplier<Number> servers) {
    Gauge.builder("workflow_steps.upstream.servers", servers)
        .description("Addresses of the upstreams, by whether they serve.")
        .tag("state", state)
        .register(registry);
  }

  /**
   * The counter of reads that failed for want of their server and ended so; always the same one.
   *
   * @param outcome of its second try, or why there was none, for example {@code succeeded}
   */
  public Counter upstreamRetries(String outcome) {
    return Counter.builder("workflow_steps.upstream.retries")
        .description("Requests whose server was unavailable, by what became of them.")
        .tag("outcome", outcome)
        .register(registry);
  }

  /**
   * Counts the restarts of the embedded database.
   *
   * @param source asked with every scrape; the caller keeps it
   */
  public <T> void postgresRestarts(T source, ToDoubleFunction<T> restarts) {
    FunctionCounter.builder("workflow_steps.postgres.restarts", source, restarts)
        .description("How often the embedded PostgreSQL was started again after it had ended.")
        .register(registry);
  }

  /**
   * How many calls there are of a kind, asked for at every scrape.
   *
   * @param work the kind, for example {@code write}
   * @param state {@code running} or {@code waiting}
   */
  public void calls(String work, String state, Supplier<Number> calls) {
    Gauge.builder("workflow_steps.calls", calls)
        .description("Calls that run or wait for a place, by the kind of their work.")
        .tag("work", work)
        .tag("state", state)
        .register(registry);
  }

  /**
   * How many calls may run at once.
   *
   * @param work {@code read}, large ones included, {@code large_read} or {@code write}
   */
  public void callsLimit(String work, int limit) {
    Gauge.builder("workflow_steps.calls.limit", () -> limit)
        .description("The most calls that may run at once, by the kind of their work.")
        .tag("work", work)
        .register(registry);
  }

  /**
   * The counter of calls that were refused as unavailable; always the same one.
   *
   * @param reason what there was too much of, for example {@code queue_full}
   */
  public Counter refusals(String reason) {
    return Counter.builder("workflow_steps.calls.refused")
        .description("Calls that were refused before they ran, by what there was too much of.")
        .tag("reason", reason)
        .register(registry);
  }

  /**
   * The bytes that are held for a purpose, asked for at every scrape.
   *
   * @param purpose {@code requests} or {@code answers}
   * @param limit the most that may be held
   */
  public void memory(String purpose, Supplier<Number> held, long limit) {
    Gauge.builder("workflow_steps.memory.held", held)
        .description("Bytes that calls hold: of their requests, or of answers not yet written.")
        .baseUnit("bytes")
        .tag("of", purpose)
        .register(registry);
    Gauge.builder("workflow_steps.memory.limit", () -> limit)
        .description("The most bytes that calls may hold; then calls are refused.")
        .baseUnit("bytes")
        .tag("of", purpose)
        .register(registry);
  }

  /** Shows how many refusals are held back. */
  public void refusalsHeld(Number held) {
    Gauge.builder("workflow_steps.calls.refusals.held", held, Number::doubleValue)
        .description("Refusals that are held back, because their callers ask again at once.")
        .register(registry);
  }

  /**
   * Counts wrong keys and the requests that are refused because of them.
   *
   * @param source asked with every scrape; the caller keeps it
   */
  public <T> void wrongKeys(T source, ToDoubleFunction<T> keys, ToDoubleFunction<T> refused) {
    FunctionCounter.builder("workflow_steps.wrong.keys", source, keys)
        .description("Keys that authenticate nobody.")
        .register(registry);
    FunctionCounter.builder("workflow_steps.wrong.keys.refusals", source, refused)
        .description("Requests refused because of the keys of their address.")
        .register(registry);
  }

  /**
   * When a certificate ends, asked for at every scrape.
   *
   * @param setting that names its file
   */
  public void certificateEnd(Setting<Path> setting, Supplier<Instant> end) {
    Gauge.builder("workflow_steps.certificate.end.timestamp", () -> end.get().getEpochSecond())
        .description("When the certificate ends, Unix time.")
        .baseUnit("seconds")
        .tag("setting", setting.name())
        .register(registry);
  }

  /**
   * The disk of a directory, asked for at every scrape; 0 bytes while there is no such directory.
   */
  public void disk(Path directory) {
    File file = directory.toFile();
    Gauge.builder("workflow_steps.disk.free", file, File::getUsableSpace)
        .description("Bytes that are free on the disk of the embedded database.")
        .baseUnit("bytes")
        .strongReference(true)
        .register(registry);
    Gauge.builder("workflow_steps.disk.size", file, File::getTotalSpace)
        .description("Size of the disk of the embedded database.")
        .baseUnit("bytes")
        .strongReference(true)
        .register(registry);
  }

  /**
   * The open connections of a port, asked for at every scrape, and how many there may be.
   *
   * @param port {@code grpc} or {@code rest}
   */
  public void connections(String port, Supplier<Number> open, int limit) {
    Gauge.builder("workflow_steps.connections", open)
        .description("Open connections.")
        .tag("port", port)
        .register(registry);
    Gauge.builder("workflow_steps.connections.limit", () -> limit)
        .description("The most connections that may be open.")
        .tag("port", port)
        .register(registry);
  }

  /**
   * The counter of connections that were refused; always the same one.
   *
   * @param reason what there was too much of, for example {@code address}
   */
  public Counter connectionsRefused(String port, String reason) {
    return Counter.builder("workflow_steps.connections.refused")
        .description("Connections that were closed when they came, by what there was too much of.")
        .tag("port", port)
        .tag("reason", reason)
        .register(registry);
  }

  /**
   * The counter of connections that the server ended; always the same one.
   *
   * @param reason for example {@code idle}
   */
  public Counter connectionsEnded(String port, String reason) {
    return Counter.builder("workflow_steps.connections.ended")
        .description("Connections that the server ended, by the reason.")
        .tag("port", port)
        .tag("reason", reason)
        .register(registry);
  }

  @Override
  public void close() {
    process.close();
    registry.close();
  }
}
