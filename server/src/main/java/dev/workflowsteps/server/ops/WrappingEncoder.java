package dev.workflowsteps.server.ops;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;

/** An encoder that leaves some of the work to another one, which starts and stops with it. */
abstract class WrappingEncoder extends EncoderBase<ILoggingEvent> {

  final Encoder<ILoggingEvent> wrapped;

  WrappingEncoder(Encoder<ILoggingEvent> wrapped) {
    this.wrapped = wrapped;
  }

  @Override
  public final void start() {
    wrapped.setContext(getContext());
    wrapped.start();
    super.start();
  }

  @Override
  public final void stop() {
    super.stop();
    wrapped.stop();
  }

  @Override
  public final byte[] headerBytes() {
    return wrapped.headerBytes();
  }

  @Override
  public final byte[] footerBytes() {
    return wrapped.footerBytes();
  }
}
