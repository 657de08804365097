package dev.workflowsteps.server.ops;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.LoggingEvent;
import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.contract.LogNames;
import java.time.Instant;
import java.util.Map;
import org.slf4j.MarkerFactory;

/** An entry of the access log as an event: made for each request, so it copies nothing. */
final class AccessEvent extends LoggingEvent {

  private final AccessLog.Entry entry;

  /**
   * @param limited whether it is one of many that callers can cause
   */
  AccessEvent(AccessLog.Entry entry, boolean limited) {
    this.entry = entry;
    setLoggerName(LogNames.ACCESS);
    setLevel(Level.INFO);
    setInstant(Instant.ofEpochMilli(entry.endMillis()));
    setMDCPropertyMap(Map.of());
    if (limited) {
      String edge = entry.request().method().isEmpty() ? "gRPC " : "REST ";
      addMarker(MarkerFactory.getMarker(LogNames.LIMITED));
      addMarker(MarkerFactory.getMarker(edge + entry.outcome().status()));
    }
  }

  AccessLog.Entry entry() {
    return entry;
  }

  /** The same for all, so that their markers tell their kinds. */
  @Override
  public String getMessage() {
    return "";
  }

  /** What it is about, without what belongs to it alone: {@code GET ROUTE STATUS}. */
  @Override
  public String getFormattedMessage() {
    String method = entry.request().method();
    String call = entry.request().name() + ' ' + entry.outcome().status();
    return method.isEmpty() ? call : method + ' ' + call;
  }

  /** An entry doesn't change, and its line needs nothing of the thread. */
  @Override
  public void prepareForDeferredProcessing() {}
}
