package dev.workflowsteps.server.ops;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;

/**
 * The registry and the meters of the server's own. Their names, units and labels are fixed and
 * stand in the README; no label holds an organization or a key, or anything else without a bound.
 */
public final class Meters implements AutoCloseable {

  private static final List<Duration> REQUEST_BUCKETS =
      LongStream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000)
          .mapToObj(Duration::ofMillis)
          .toList();

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final DistributionSummary pageRows;
  private final DistributionSummary pageBytes;

  public Meters(BuildInfo build) {
    List<MeterBinder> binders =
        List.of(
            new JvmMemoryMetrics(),
            gc,
            new JvmThreadMetrics(),
            new ClassLoaderMetrics(),
            new UptimeMetrics(),
            new ProcessorMetrics(),
            new FileDescriptorMetrics());
    registry
        .config()
        .meterFilter(MeterFilter.deny(id -> id.getName().equals("process.cpu.time")))
        .meterFilter(renamed("system.cpu.count", "system.cpus"));
    binders.forEach(binder -> binder.bindTo(registry));
    cpuTime();
    Gauge.builder("workflow_steps.build.info", () -> 1)
        .description("Which program this is; always 1.")
        .tag("version", build.version())
        .tag("java", build.java())
        .register(registry);
    pageRows =
        DistributionSummary.builder("workflow_steps.page.rows")
            .description("Steps in a page.")
            .baseUnit("rows")
            .register(registry);
    pageBytes =
        DistributionSummary.builder("workflow_steps.page.bytes")
            .description("Bytes of a page's message.")
            .baseUnit("bytes")
            .register(registry);
  }

  /** In seconds, as Prometheus wants times; the library's own counts nanoseconds. */
  private void cpuTime() {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
      FunctionCounter.builder("process.cpu", system, s -> s.getProcessCpuTime() / 1e9)
          .description("The processor time that the process used.")
          .baseUnit("seconds")
          .register(registry);
    }
  }

  private static MeterFilter renamed(String name, String better) {
    return new MeterFilter() {
      @Override
      public Meter.Id map(Meter.Id id) {
        return id.getName().equals(name) ? id.withName(better) : id;
      }
    };
  }

  /**
   * The limits of the request timers' buckets, 1 ms to 30 s. Only the timers of the two edges have
   * any: each costs a time series for every combination of labels.
   */
  public static List<Duration> requestBuckets() {
    return REQUEST_BUCKETS;
  }

  public PrometheusMeterRegistry registry() {
    return registry;
  }

  /**
   * The timer of calls that ended so; always the same one. Looks it up by its labels, so callers
   * that are in a hurry keep it.
   *
   * @param method the full name of a method that the server has, never one that a caller made up
   * @param code of the gRPC status, for example {@code OK}
   */
  public Timer rpc(String method, String code) {
    return Timer.builder("workflow_steps.rpc")
        .description("How long calls took that have ended.")
        .tag("method", method)
        .tag("code", code)
        .serviceLevelObjectives(REQUEST_BUCKETS.toArray(Duration[]::new))
        .register(registry);
  }

  /**
   * The timer of REST requests that ended so, as {@link #rpc} is of calls.
   *
   * @param route the template of the path, or {@code other}
   * @param method one that routes take, or {@code other}
   */
  public Timer http(String route, String method, int status) {
    return Timer.builder("workflow_steps.http.requests")
        .description("How long REST requests took that have ended.")
        .tag("route", route)
        .tag("method", method)
        .tag("status", Integer.toString(status))
        .serviceLevelObjectives(REQUEST_BUCKETS.toArray(Duration[]::new))
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

  /** Steps in each page that was answered. */
  public DistributionSummary pageRows() {
    return pageRows;
  }

  /** Bytes of the message of each page that was answered. */
  public DistributionSummary pageBytes() {
    return pageBytes;
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
