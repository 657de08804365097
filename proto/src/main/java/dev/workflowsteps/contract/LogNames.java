package dev.workflowsteps.contract;

/** What server and adapter call things in the log. */
public final class LogNames {

  /** The key of the request's id in the MDC, and the field in JSON. */
  public static final String REQUEST_ID = "request_id";

  /** The key of the trace's id in the MDC, and the field in JSON; OpenTelemetry calls it so too. */
  public static final String TRACE_ID = "trace_id";

  /** The logger of {@link AccessLog}, which has a setting of its own instead of a level. */
  public static final String ACCESS = "dev.workflowsteps.access";

  /** The logger of what is done to keys and organizations, which logs at every level. */
  public static final String AUDIT = "dev.workflowsteps.audit";

  /**
   * The SLF4J marker of events that callers cause as often as they like, so that they could fill
   * the log: of each kind at most ten lines are written in a second, and the others are counted.
   * Events are of one kind if they have the same logger, markers and message format. So a second
   * marker tells the kinds of a logger with one format apart.
   */
  public static final String LIMITED = "limited";

  private LogNames() {}
}
