package dev.workflowsteps.server.ops;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import dev.workflowsteps.contract.KeyForm;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the libraries of the network log: what peers did wrong, and errors of the program. */
final class NetworkEvent {

  private static final List<String> LIBRARIES =
      List.of("com.linecorp.armeria.", "com.sun.net.httpserver", "io.grpc.", "io.netty.");

  /**
   * With these the libraries say that somebody who is connected sent what is no HTTP, TLS or gRPC,
   * was too slow, or left. Whatever is none of them, nor of a subclass, is an error of the program.
   */
  private static final Set<String> FAILURES_OF_PEERS =
      Set.of(
          // Of sockets and TLS too.
          "java.io.IOException",
          "java.security.cert.CertPathBuilderException",
          "java.security.cert.CertPathValidatorException",
          "java.security.cert.CertificateException",
          "com.linecorp.armeria.common.CancellationException",
          "com.linecorp.armeria.common.ContentTooLargeException",
          "com.linecorp.armeria.common.ProtocolViolationException",
          "com.linecorp.armeria.common.stream.AbortedStreamException",
          "com.linecorp.armeria.common.stream.CancelledSubscriptionException",
          "com.linecorp.armeria.common.stream.ClosedStreamException",
          "io.grpc.StatusException",
          "io.grpc.StatusRuntimeException",
          "io.netty.handler.codec.DecoderException",
          "io.netty.handler.codec.http2.Http2Exception",
          "io.netty.handler.timeout.TimeoutException");

  /** Netty quotes in this form what it was sent. */
  private static final Pattern QUOTED_BYTES = Pattern.compile("[0-9A-Fa-f]{20,}");

  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");

  private static final int MOST_CHARACTERS = 300;

  private static final int MOST_CAUSES = 20;

  static boolean isOne(ILoggingEvent event) {
    String logger = event.getLoggerName();
    return LIBRARIES.stream().anyMatch(logger::startsWith);
  }

  /** Which error of the program it is; empty if it is what a peer did. */
  static String error(ILoggingEvent event) {
    if (isOfAPeer(event)) {
      return "";
    }
    if (event.getThrowableProxy() == null) {
      return event.getMessage();
    }
    IThrowableProxy root = root(event);
    StackTraceElementProxy[] stack = root.getStackTraceElementProxyArray();
    return root.getClassName() + (stack.length == 0 ? "" : " " + stack[0]);
  }

  /**
   * What a peer did, with its failure in the same line, and without what the peer sent. Errors of
   * the program stay as they are.
   */
  static ILoggingEvent inOneLine(ILoggingEvent event) {
    if (!isOfAPeer(event)) {
      return event;
    }
    LoggingEvent line = new LoggingEvent();
    line.setLoggerName(event.getLoggerName());
    line.setLevel(event.getLevel());
    line.setInstant(event.getInstant());
    line.setThreadName(event.getThreadName());
    line.setMDCPropertyMap(event.getMDCPropertyMap());
    line.setMessage(text(event));
    return line;
  }

  private static boolean isOfAPeer(ILoggingEvent event) {
    return !event.getLevel().isGreaterOrEqual(Level.ERROR)
        && (event.getThrowableProxy() == null || isFailureOfAPeer(root(event)));
  }

  /** By names: Armeria is not on this module's class path. */
  private static boolean isFailureOfAPeer(IThrowableProxy failure) {
    return failure instanceof ThrowableProxy thrown
        && Stream.<Class<?>>iterate(
                thrown.getThrowable().getClass(), Objects::nonNull, Class::getSuperclass)
            .anyMatch(type -> FAILURES_OF_PEERS.contains(type.getName()));
  }

  private static String text(ILoggingEvent event) {
    String text = event.getFormattedMessage();
    if (event.getThrowableProxy() != null) {
      IThrowableProxy root = root(event);
      String type = root.getClassName();
      text += " " + type.substring(type.lastIndexOf('.') + 1) + ": " + root.getMessage();
    }
    String shown =
        CONTROL.matcher(QUOTED_BYTES.matcher(KeyForm.masked(text)).replaceAll("…")).replaceAll(" ");
    return shown.length() <= MOST_CHARACTERS ? shown : shown.substring(0, MOST_CHARACTERS) + "…";
  }

  private static IThrowableProxy root(ILoggingEvent event) {
    IThrowableProxy root = event.getThrowableProxy();
    for (int i = 0; i < MOST_CAUSES && root.getCause() != null; i++) {
      root = root.getCause();
    }
    return root;
  }

  private NetworkEvent() {}
}
