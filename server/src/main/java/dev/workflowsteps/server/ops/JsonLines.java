package dev.workflowsteps.server.ops;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import dev.workflowsteps.contract.LogNames;
import java.util.List;
import net.logstash.logback.encoder.LogstashEncoder;
import net.logstash.logback.fieldnames.LogstashFieldNames;

/** Log lines as JSON. A separate class, so that plain lines load no JSON library. */
final class JsonLines {

  private JsonLines() {}

  static Encoder<ILoggingEvent> encoder() {
    var encoder = new LogstashEncoder();
    encoder.setFieldNames(fieldNames());
    encoder.setTimeZone("UTC");
    encoder.setTimestampPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'");
    encoder.setIncludeContext(false);
    encoder.setIncludeMdcKeyNames(List.of(LogNames.REQUEST_ID, LogNames.TRACE_ID));
    return encoder;
  }

  private static LogstashFieldNames fieldNames() {
    var names = new LogstashFieldNames();
    names.setTimestamp("time");
    names.setLevel("level");
    names.setLogger("logger");
    names.setThread("thread");
    names.setMessage("message");
    names.setVersion("[ignore]");
    names.setLevelValue("[ignore]");
    return names;
  }
}
