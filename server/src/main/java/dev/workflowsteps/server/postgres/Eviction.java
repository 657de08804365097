package dev.workflowsteps.server.postgres;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which connections leave the pools after a failure, beside lost ones. A server that stops or takes
 * no writes is left by all of them, not by one for each call that fails.
 */
final class Eviction implements SQLExceptionOverride {

  /** All connections are replaced again only after this time. */
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final boolean allowStandby;
  private final Runnable replaceAll;
  private final AtomicLong replacedAt = new AtomicLong(System.nanoTime() - PAUSE_NANOS);

  /**
   * @param allowStandby whether a server that takes no writes is as good as any
   * @param replaceAll replaces every connection
   */
  Eviction(boolean allowStandby, Runnable replaceAll) {
    this.allowStandby = allowStandby;
    this.replaceAll = replaceAll;
  }

  @java.lang.Override
  public SQLExceptionOverride.Override adjudicate(SQLException e) {
    if (SqlFailures.isOfTheServer(e)) {
      if (!allowStandby || !SqlFailures.isReadOnly(e)) {
        everything();
      }
      return SQLExceptionOverride.Override.MUST_EVICT;
    }
    if (SqlFailures.isOfAnotherServer(e)) {
      return SQLExceptionOverride.Override.DO_NOT_EVICT;
    }
    return PoolerCheck.NO_PREPARED_STATEMENTS.contains(String.valueOf(e.getSQLState()))
        ? SQLExceptionOverride.Override.MUST_EVICT
        : SQLExceptionOverride.Override.CONTINUE_EVICT;
  }

  void everything() {
    long now = System.nanoTime();
    long before = replacedAt.get();
    if (now - before >= PAUSE_NANOS && replacedAt.compareAndSet(before, now)) {
      replaceAll.run();
    }
  }
}
