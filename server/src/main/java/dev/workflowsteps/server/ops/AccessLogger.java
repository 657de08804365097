package dev.workflowsteps.server.ops;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.contract.LogNames;
import dev.workflowsteps.server.config.AccessLogMode;
import java.time.Duration;
import org.slf4j.LoggerFactory;

/**
 * The access log, as lines of the log. Entries that anybody could cause are limited like other such
 * events ({@link LimitedAppender}), those of each edge and status by themselves, unless all
 * requests have a line.
 */
public final class AccessLogger implements AccessLog {

  /** A request that takes so long is worth a line, however it ends. */
  static final Duration SLOW = Duration.ofSeconds(1);

  private final AccessLogMode mode;

  /** Its level is not asked for. */
  private final Logger log =
      ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(LogNames.ACCESS);

  public AccessLogger(AccessLogMode mode) {
    this.mode = mode;
  }

  @Override
  public boolean takes(boolean failed, long nanos) {
    return switch (mode) {
      case ERRORS -> failed || nanos >= SLOW.toNanos();
      case ALL -> true;
      case OFF -> false;
    };
  }

  @Override
  public void add(Entry entry) {
    log.callAppenders(new AccessEvent(entry, entry.limited() && mode != AccessLogMode.ALL));
  }
}
