package dev.workflowsteps.server.ops;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import dev.workflowsteps.contract.KeyForm;
import java.util.regex.Pattern;

/**
 * Writes events without API keys, whoever logs them and at whatever level: neither as text nor as
 * bytes in hexadecimal, in which form libraries quote what they were sent.
 */
final class MaskingEncoder extends WrappingEncoder {

  /** Trace ids are shorter; a key of which so little is shown stays unknown. */
  private static final Pattern QUOTED_BYTES = Pattern.compile("(?:[0-9A-Fa-f]{2} ?){20,}+");

  private final String own;

  /**
   * @param own begins the names of loggers that quote no bytes, unless an error does
   * @param lines makes the text
   */
  MaskingEncoder(String own, Encoder<ILoggingEvent> lines) {
    super(lines);
    this.own = own;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    String text = KeyForm.withoutKeys(new String(wrapped.encode(event), UTF_8));
    boolean mayQuote = event.getThrowableProxy() != null || !event.getLoggerName().startsWith(own);
    return (mayQuote ? QUOTED_BYTES.matcher(text).replaceAll("…") : text).getBytes(UTF_8);
  }
}
