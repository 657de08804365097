package dev.workflowsteps.server.ops;

import dev.workflowsteps.contract.AccessLog.Entry;
import dev.workflowsteps.contract.JsonString;
import dev.workflowsteps.contract.LogNames;
import dev.workflowsteps.server.config.LogFormat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Writes the lines of the access log into a buffer, in the form of the other lines ({@link
 * Logging}). Every character is printable ASCII; others are escaped as in JSON, in both formats.
 */
final class AccessLogLines {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private static final String PLAIN_LOGGER =
      LogNames.ACCESS.substring(LogNames.ACCESS.lastIndexOf('.') + 1);

  private static final int TENTHS_PER_MILLI = 10;
  private static final int NANOS_PER_TENTH = 100_000;

  private final boolean json;
  private final StringBuilder text = new StringBuilder();

  AccessLogLines(LogFormat format) {
    this.json = format == LogFormat.JSON;
  }

  /** What an entry is about, without what belongs to this one alone: {@code GET ROUTE STATUS}. */
  static String summary(Entry entry) {
    String method = entry.request().method();
    String call = entry.request().name() + ' ' + entry.outcome().status();
    return method.isEmpty() ? call : method + ' ' + call;
  }

  void add(Entry entry) {
    begin(entry.endMillis(), "INFO", entry.request().id(), entry.request().traceId());
    message(summary(entry));
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
    end();
  }

  /**
   * Adds a line about the log itself.
   *
   * @param level for example {@code WARN}
   */
  void add(long millis, String level, String message) {
    begin(millis, level, "", "");
    message(message);
    end();
  }

  /** All lines so far, which are then forgotten. */
  byte[] take() {
    byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
    text.setLength(0);
    return bytes;
  }

  private void begin(long millis, String level, String id, String traceId) {
    if (json) {
      text.append("{\"time\":\"");
      TIME.formatTo(Instant.ofEpochMilli(millis), text);
      text.append("\",\"level\":\"").append(level).append('"');
      text.append(",\"logger\":\"").append(LogNames.ACCESS).append('"');
      word(LogNames.REQUEST_ID, id);
      word(LogNames.TRACE_ID, traceId);
      return;
    }
    TIME.formatTo(Instant.ofEpochMilli(millis), text);
    text.append(' ').append(level).append("  [").append(id.isEmpty() ? "-" : id);
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

  private void end() {
    text.append(json ? "}\n" : "\n");
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
