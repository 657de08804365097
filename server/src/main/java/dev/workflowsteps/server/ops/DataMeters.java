package dev.workflowsteps.server.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/** The meters of what calls read and write: pages, cursors, payloads and documents. */
public final class DataMeters {

  private static final double[] ROW_BUCKETS = {1, 10, 20, 50, 100, 200, 500, 1_000};

  /** 1 KiB to 64 MiB; beside the powers of four, the default of the setting page-bytes. */
  private static final double[] BYTE_BUCKETS = {
    1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 3_670_016, 16 << 20, 64 << 20
  };

  private final MeterRegistry registry;
  private final DistributionSummary pageRows;
  private final DistributionSummary pageBytes;
  private final Timer payloadFetches;
  private final DistributionSummary payloadBytes;

  DataMeters(MeterRegistry registry) {
    this.registry = registry;
    pageRows =
        DistributionSummary.builder("workflow_steps.page.rows")
            .description("Steps in a page.")
            .baseUnit("rows")
            .serviceLevelObjectives(ROW_BUCKETS)
            .register(registry);
    pageBytes =
        DistributionSummary.builder("workflow_steps.page.bytes")
            .description("Bytes of a page's message.")
            .baseUnit("bytes")
            .serviceLevelObjectives(BYTE_BUCKETS)
            .register(registry);
    payloadFetches =
        Timer.builder("workflow_steps.payload.fetches")
            .description("Fetches of payloads that are stored apart from their steps.")
            .register(registry);
    payloadBytes =
        DistributionSummary.builder("workflow_steps.payload.bytes")
            .description("Bytes of the payloads that were fetched.")
            .baseUnit("bytes")
            .register(registry);
  }

  /** Steps in each page that was returned. */
  public DistributionSummary pageRows() {
    return pageRows;
  }

  /** Bytes of the message of each page that was returned. */
  public DistributionSummary pageBytes() {
    return pageBytes;
  }

  /** Fetches of large payloads: one for each page that has any. */
  public Timer payloadFetches() {
    return payloadFetches;
  }

  /** Bytes of each payload that was fetched. */
  public DistributionSummary payloadBytes() {
    return payloadBytes;
  }

  /**
   * The counter of lists that were asked for with a cursor; always the same one.
   *
   * @param form {@code token} or {@code step_id}
   */
  public Counter cursors(String form) {
    return Counter.builder("workflow_steps.cursors")
        .description("Lists that were asked for with a cursor, by its form.")
        .tag("form", form)
        .register(registry);
  }

  /**
   * The counter of documents that calls recorded; always the same one.
   *
   * @param kind {@code step} or {@code artifact}
   * @param outcome for example {@code new}
   */
  public Counter documents(String kind, String outcome) {
    return Counter.builder("workflow_steps.documents")
        .description("Documents that calls recorded, by what became of them.")
        .tag("kind", kind)
        .tag("outcome", outcome)
        .register(registry);
  }
}
