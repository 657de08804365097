package dev.workflowsteps.server.ops;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.workflowsteps.server.config.LogFormat;
import dev.workflowsteps.server.config.LogLevel;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * The log: on stderr, one line per event, with the id of the request from the MDC under {@link
 * #REQUEST_ID}. Libraries log warnings and errors only, unless the level is {@code debug}; those
 * that use java.util.logging are redirected here.
 */
public final class Logging {

  /** The key of the MDC, and of the field in JSON. */
  public static final String REQUEST_ID = "request_id";

  private static final String OWN = "dev.workflowsteps";

  /**
   * These warn, with whole stacks, of streams that a caller broke. The caller gets an error; nobody
   * without a key may fill the log.
   */
  private static final List<String> ABOUT_CALLERS =
      List.of("io.grpc.netty.NettyServerHandler", "io.grpc.netty.NettyServerStream");

  /**
   * The PostgreSQL driver, its pool and Flyway log failures that the program reports itself, in a
   * sentence that names the cause. Held here because java.util.logging forgets loggers that nobody
   * holds.
   */
  private static final java.util.logging.Logger DRIVER =
      java.util.logging.Logger.getLogger("org.postgresql");

  private static final List<String> ABOUT_THE_DATABASE =
      List.of("com.zaxxer.hikari", "org.flywaydb");

  /** A line break inside a message would let a caller forge a line of the log. */
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z', UTC} %-5level [%X{request_id:--}] %logger{0}: "
          + "%replace(%msg){'[\\r\\n]+', ' '}%n%ex";

  private Logging() {}

  /** Replaces the configuration at once, for all threads. */
  public static void configure(LogFormat format, LogLevel level) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    configure(context, format, level);
    bridgeJavaLogging(libraries(level));
    configureDriver(level);
  }

  /** Silences the PostgreSQL driver, unless the level is {@code debug}. */
  public static void configureDriver(LogLevel level) {
    DRIVER.setLevel(level == LogLevel.DEBUG ? null : java.util.logging.Level.OFF);
  }

  static void configure(LoggerContext context, LogFormat format, LogLevel level) {
    Encoder<ILoggingEvent> encoder = format == LogFormat.JSON ? JsonLines.encoder() : plain();
    encoder.setContext(context);
    encoder.start();

    var appender = new ConsoleAppender<ILoggingEvent>();
    appender.setContext(context);
    appender.setName("stderr");
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();

    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(libraries(level));
    root.addAppender(appender);
    if (level != LogLevel.DEBUG) {
      ABOUT_CALLERS.forEach(name -> context.getLogger(name).setLevel(Level.ERROR));
      ABOUT_THE_DATABASE.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
    }
    context.getLogger(OWN).setLevel(Level.valueOf(level.name()));
  }

  private static Level libraries(LogLevel level) {
    return switch (level) {
      case ERROR -> Level.ERROR;
      case WARN, INFO -> Level.WARN;
      case DEBUG -> Level.INFO;
    };
  }

  private static PatternLayoutEncoder plain() {
    var encoder = new PatternLayoutEncoder();
    encoder.setPattern(PATTERN);
    return encoder;
  }

  /** Sets the level there too: passing a record through the bridge to drop it is expensive. */
  private static void bridgeJavaLogging(Level level) {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    java.util.logging.Logger.getLogger("")
        .setLevel(
            level.isGreaterOrEqual(Level.ERROR)
                ? java.util.logging.Level.SEVERE
                : level.isGreaterOrEqual(Level.WARN)
                    ? java.util.logging.Level.WARNING
                    : java.util.logging.Level.INFO);
  }
}
