package dev.workflowsteps.server.ops;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import dev.workflowsteps.contract.KeyForm;
import java.util.regex.Pattern;

/**
 * Writes events without API keys, whoever logs them and at whatever level: neither as text nor as
 * bytes in hexadecimal, in which form libraries quote what they were sent.
 */
final class MaskingEncoder extends EncoderBase<ILoggingEvent> {

  /** Trace ids are shorter; a key of which so little is shown stays unknown. */
  private static final Pattern QUOTED_BYTES = Pattern.compile("(?:[0-9A-Fa-f]{2} ?){20,}+");

  private final String own;
  private final Encoder<ILoggingEvent> lines;

  /**
   * @param own begins the names of loggers that quote no bytes, unless an error does
   * @param lines makes the text
   */
  MaskingEncoder(String own, Encoder<ILoggingEvent> lines) {
    this.own = own;
    this.lines = lines;
  }

  @Override
  public void start() {
    lines.setContext(getContext());
    lines.start();
    super.start();
  }

  @Override
  public byte[] headerBytes() {
    return lines.headerBytes();
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    String text = KeyForm.withoutKeys(new String(lines.encode(event), UTF_8));
    boolean mayQuote = event.getThrowableProxy() != null || !event.getLoggerName().startsWith(own);
    return (mayQuote ? QUOTED_BYTES.matcher(text).replaceAll("…") : text).getBytes(UTF_8);
  }

  @Override
  public byte[] footerBytes() {
    return lines.footerBytes();
  }

  @Override
  public void stop() {
    super.stop();
    lines.stop();
  }
}
