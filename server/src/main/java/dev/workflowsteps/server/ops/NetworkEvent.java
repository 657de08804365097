package dev.workflowsteps.server.ops;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.LoggingEvent;
import dev.workflowsteps.contract.KeyForm;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the libraries of the network log: nearly always that somebody who is connected sent what is
 * no HTTP, TLS or gRPC, or left.
 */
final class NetworkEvent {

  private static final List<String> LIBRARIES =
      List.of("com.linecorp.armeria.", "com.sun.net.httpserver", "io.grpc.", "io.netty.");

  /** Netty quotes in this form what it was sent, which may hold a key. */
  private static final Pattern QUOTED_BYTES = Pattern.compile("[0-9A-Fa-f]{20,}");

  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");

  private static final int MOST_CHARACTERS = 300;

  private static final int MOST_CAUSES = 20;

  static boolean isOne(ILoggingEvent event) {
    String logger = event.getLoggerName();
    return LIBRARIES.stream().anyMatch(logger::startsWith);
  }

  /** The type of an error of the program; empty if it is what a caller did. */
  static String failure(ILoggingEvent event) {
    return isErrorOfTheProgram(event) ? root(event).getClassName() : "";
  }

  /**
   * The event with its failure in the same line, and without what a caller has sent. Only errors of
   * the program keep their stack trace.
   */
  static ILoggingEvent inOneLine(ILoggingEvent event) {
    if (isErrorOfTheProgram(event) && !hasKey(event)) {
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

  private static boolean isErrorOfTheProgram(ILoggingEvent event) {
    return event.getThrowableProxy() != null
        && (event.getLevel().isGreaterOrEqual(Level.ERROR)
            || root(event).getClassName().startsWith("java.lang."));
  }

  private static boolean hasKey(ILoggingEvent event) {
    return Stream.iterate(event.getThrowableProxy(), Objects::nonNull, IThrowableProxy::getCause)
            .limit(MOST_CAUSES)
            .anyMatch(failure -> String.valueOf(failure.getMessage()).contains(KeyForm.PREFIX))
        || event.getFormattedMessage().contains(KeyForm.PREFIX);
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
