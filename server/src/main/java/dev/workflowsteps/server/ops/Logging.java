package dev.workflowsteps.server.ops;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.jul.LevelChangePropagator;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.workflowsteps.contract.LogNames;
import dev.workflowsteps.server.config.LogFormat;
import dev.workflowsteps.server.config.LogLevel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Configures the log: on stderr, one line per event, with the ids of the request and its trace from
 * the MDC ({@link LogNames#REQUEST_ID}). Libraries log only warnings and errors, unless the level
 * is {@code debug}; java.util.logging is redirected here. What callers could fill the log with is
 * counted beyond ten lines a second, and no line shows a key. Commands write each line at once; in
 * a server a thread does, so that no request waits for whoever reads stderr.
 *
 * <p>This is code rather than a {@code logback.xml} because reading one would cost every command
 * another 0.2 s of processor time.
 */
public final class Logging {

  private static final String OWN = "dev.workflowsteps";

  private static final String APPENDER = "stderr";

  /**
   * These log a warning when a caller breaks a stream. The caller gets an error, so it is worth no
   * line, not even one of the few that {@link LimitedAppender} leaves.
   */
  private static final List<String> CALLER_ERRORS =
      List.of("io.grpc.netty.NettyServerHandler", "io.grpc.netty.NettyServerStream");

  /**
   * The PostgreSQL driver, its pool and Flyway log failures that the program itself reports with
   * their cause. Kept in a field because java.util.logging drops loggers that nothing references.
   */
  private static final java.util.logging.Logger DRIVER =
      java.util.logging.Logger.getLogger("org.postgresql");

  private static final List<String> DATABASE_ERRORS = List.of("com.zaxxer.hikari", "org.flywaydb");

  /** Without the replacement, a caller could forge log lines with line breaks. */
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z', UTC} %-5level "
          + "[%replace(%X{request_id:--} %X{trace_id}){' $', ''}] %logger{0}: "
          + "%replace(%msg){'[\\r\\n]+', ' '}%n%ex";

  private static final LongAdder DROPPED = new LongAdder();

  private Logging() {}

  /**
   * Replaces the configuration at once, for all threads, by that of a server: lines wait in a
   * queue. The end of the program needs a {@link #flush}.
   */
  public static void configure(LogFormat format, LogLevel level) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    bridgeJavaLogging(context);
    configure(
        context, level, new QueuedAppender(encoder(context, format), DROPPED, Logging::toStderr));
    configureDriver(level);
  }

  /** Silences the PostgreSQL driver, unless the level is {@code debug}. */
  public static void configureDriver(LogLevel level) {
    DRIVER.setLevel(level == LogLevel.DEBUG ? null : java.util.logging.Level.OFF);
  }

  /**
   * Writes what waits, and what was only counted so far; for the end of the program. Takes about a
   * second at most, if nobody reads stderr.
   */
  public static void flush() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    if (context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(APPENDER)
        instanceof LimitedAppender appender) {
      appender.flush();
    }
  }

  /** How many lines were dropped: nobody read stderr, or they could not be encoded. */
  static long dropped() {
    return DROPPED.sum();
  }

  /** In one piece, so that what others write there is not mixed with it. */
  private static void toStderr(byte[] lines) {
    System.err.write(lines, 0, lines.length);
    System.err.flush();
  }

  private static Encoder<ILoggingEvent> encoder(LoggerContext context, LogFormat format) {
    Encoder<ILoggingEvent> masking =
        new MaskingEncoder(OWN, format == LogFormat.JSON ? JsonLines.encoder() : plain());
    Encoder<ILoggingEvent> encoder = new AccessLogEncoder(format, masking);
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }

  private static Appender<ILoggingEvent> console(LoggerContext context) {
    var console = new ConsoleAppender<ILoggingEvent>();
    console.setTarget("System.err");
    console.setEncoder(encoder(context, LogFormat.PLAIN));
    return console;
  }

  private static void configure(
      LoggerContext context, LogLevel level, Appender<ILoggingEvent> lines) {
    lines.setContext(context);
    lines.start();

    var appender =
        new LimitedAppender(
            lines,
            level == LogLevel.DEBUG,
            System::currentTimeMillis,
            task -> inNextSecond(context, task));
    appender.setContext(context);
    appender.setName(APPENDER);
    appender.start();

    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(libraries(level));
    root.addAppender(appender);
    if (level != LogLevel.DEBUG) {
      CALLER_ERRORS.forEach(name -> context.getLogger(name).setLevel(Level.ERROR));
      DATABASE_ERRORS.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
    }
    context.getLogger(OWN).setLevel(Level.valueOf(level.name()));
    context.getLogger(LogNames.AUDIT).setLevel(Level.INFO);
  }

  private static void inNextSecond(LoggerContext context, Runnable task) {
    long delay = 1_000 - System.currentTimeMillis() % 1_000;
    var unused =
        context.getScheduledExecutorService().schedule(task, delay + 1, TimeUnit.MILLISECONDS);
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

  /** The propagator sets the levels there too: records that would be dropped are never made. */
  private static void bridgeJavaLogging(LoggerContext context) {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    var propagator = new LevelChangePropagator();
    propagator.setContext(context);
    propagator.start();
    context.addListener(propagator);
  }

  /**
   * The configuration until {@link #configure} is called: warnings, to stderr, each at once.
   * Without it Logback would look for configuration files and, finding none, print every debug line
   * of every library to stdout, which is for data. Logback finds this class by its entry in
   * META-INF/services.
   */
  @ConfiguratorRank(ConfiguratorRank.CUSTOM_TOP_PRIORITY)
  public static final class LogbackConfigurator extends ContextAwareBase implements Configurator {

    @Override
    public ExecutionStatus configure(LoggerContext context) {
      Logging.configure(context, LogLevel.WARN, console(context));
      return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
  }
}
