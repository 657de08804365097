package dev.workflowsteps.server.ops;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import dev.workflowsteps.contract.AccessLog.Entry;
import dev.workflowsteps.contract.LogNames;
import dev.workflowsteps.server.config.LogFormat;
import dev.workflowsteps.server.text.JsonString;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Makes the lines of the access log, in the form of the other lines ({@link Logging}), which
 * another encoder makes. Every character is printable ASCII; others are escaped as in JSON, in both
 * formats.
 */
final class AccessLogEncoder extends WrappingEncoder {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private static final String PLAIN_LOGGER =
      LogNames.ACCESS.substring(LogNames.ACCESS.lastIndexOf('.') + 1);

  private static final int TENTHS_PER_MILLI = 10;
  private static final int NANOS_PER_TENTH = 100_000;

  private final boolean json;

  /** Guarded by this. */
  private final StringBuilder text = new StringBuilder();

  /**
   * @param others makes the lines of all other events
   */
  AccessLogEncoder(LogFormat format, Encoder<ILoggingEvent> others) {
    super(others);
    this.json = format == LogFormat.JSON;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    return event instanceof AccessEvent access ? line(access) : wrapped.encode(event);
  }

  private synchronized byte[] line(AccessEvent event) {
    Entry entry = event.entry();
    begin(entry.endMillis(), entry.request().id(), entry.request().traceId());
    message(event.getFormattedMessage());
    if (json) {
      outcome(entry);
    }
    if (entry.outcome().nanos() >= 0) {
      long tenths = entry.outcome().nanos() / NANOS_PER_TENTH;
      name("ms");
      text.append(tenths / TENTHS_PER_MILLI).append('.').append(tenths % TENTHS_PER_MILLI);
    }
    number("rows", entry.outcome().rows());
    number("bytes", entry.outcome().bytes());
    word("organization", entry.caller().organization());
    word("key", entry.caller().keyId());
    word("peer", entry.caller().peer());
    if (!entry.caller().userAgent().isEmpty()) {
      name("user_agent");
      JsonString.append(text, entry.caller().userAgent());
    }
    text.append(json ? "}\n" : "\n");
    byte[] line = text.toString().getBytes(StandardCharsets.US_ASCII);
    text.setLength(0);
    return line;
  }

  private void begin(long millis, String id, String traceId) {
    if (json) {
      text.append("{\"time\":\"");
      TIME.formatTo(Instant.ofEpochMilli(millis), text);
      text.append("\",\"level\":\"INFO\",\"logger\":\"").append(LogNames.ACCESS).append('"');
      word(LogNames.REQUEST_ID, id);
      word(LogNames.TRACE_ID, traceId);
      return;
    }
    TIME.formatTo(Instant.ofEpochMilli(millis), text);
    text.append(" INFO  [").append(id);
    if (!traceId.isEmpty()) {
      text.append(' ').append(traceId);
    }
    text.append("] ").append(PLAIN_LOGGER).append(':');
  }

  private void message(String message) {
    if (json) {
      name("message");
      JsonString.append(text, message);
    } else {
      text.append(' ').append(message);
    }
  }

  /** Its parts, which the message of a plain line has. */
  private void outcome(Entry entry) {
    String method = entry.request().method();
    if (method.isEmpty()) {
      word("rpc", entry.request().name());
      word("code", entry.outcome().status());
    } else {
      word("method", method);
      word("route", entry.request().name());
      name("status");
      text.append(entry.outcome().status());
    }
  }

  private void number(String name, long value) {
    if (value >= 0) {
      name(name);
      text.append(value);
    }
  }

  /** A value without blanks that nobody needs to escape. */
  private void word(String name, String value) {
    if (!value.isEmpty()) {
      name(name);
      if (json) {
        text.append('"').append(value).append('"');
      } else {
        text.append(value);
      }
    }
  }

  private void name(String name) {
    if (json) {
      text.append(",\"").append(name).append("\":");
    } else {
      text.append(' ').append(name).append('=');
    }
  }
}
