package dev.workflowsteps.server.ops;

import static java.util.Locale.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.contract.LogNames;
import dev.workflowsteps.server.CapturedLog;
import dev.workflowsteps.server.config.LogFormat;
import dev.workflowsteps.server.config.LogLevel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

class LoggingTest {

  private static final Logger OWN = LoggerFactory.getLogger("dev.workflowsteps.server.Own");
  private static final Logger LIBRARY = LoggerFactory.getLogger("com.example.Library");
  private static final Logger LIBRARY_OF_THE_NETWORK = LoggerFactory.getLogger("io.netty.Handler");
  private static final java.util.logging.Logger JAVA_LIBRARY =
      java.util.logging.Logger.getLogger("com.example.JavaLibrary");

  private final CapturedLog log = new CapturedLog();

  @AfterEach
  void restore() {
    MDC.clear();
    log.close();
  }

  @Test
  void plain_isOneLineWithTheRequestId() {
    Logging.configure(LogFormat.PLAIN, LogLevel.INFO);
    MDC.put(LogNames.REQUEST_ID, "req_1");

    OWN.info("listed {} steps", 20);

    assertThat(log.text())
        .matches(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  \\[req_1] Own: "
                + "listed 20 steps\n");
  }

  @Test
  void plain_lineBreakInAValue_forgesNoLine() {
    Logging.configure(LogFormat.PLAIN, LogLevel.INFO);

    OWN.info("limit: {}", "1\r\n2026-01-01T00:00:00.000Z ERROR [-] forged");

    assertThat(log.text()).hasLineCount(1).contains("limit: 1 2026");
  }

  @Test
  void json_isOneObjectALine() {
    Logging.configure(LogFormat.JSON, LogLevel.INFO);
    MDC.put(LogNames.REQUEST_ID, "req_1");
    MDC.put("other", "not ours");

    OWN.info("listed \"{}\"", 20);

    assertThat(log.text())
        .matches(
            "\\{\"time\":\"[-0-9T:.]+Z\",\"message\":\"listed \\\\\"20\\\\\"\",\"logger\":\"[^\"]+\","
                + "\"thread\":\"[^\"]+\",\"level\":\"INFO\",\"request_id\":\"req_1\"}\n");
  }

  @Test
  void json_stackTraceStaysInTheLine() {
    Logging.configure(LogFormat.JSON, LogLevel.INFO);

    OWN.warn("failed", new IllegalStateException("cause"));

    assertThat(log.text())
        .hasLineCount(1)
        .contains("\"stack_trace\":\"java.lang.IllegalStateException: cause\\n");
  }

  @ParameterizedTest
  @EnumSource
  void auditLog_isWrittenAtEveryLevel(LogLevel level) {
    Logging.configure(LogFormat.PLAIN, level);

    LoggerFactory.getLogger("dev.workflowsteps.audit").info("key created");

    assertThat(log.text()).endsWith(" INFO  [-] audit: key created\n");
  }

  @Test
  void info_librariesOnlyWarn() {
    Logging.configure(LogFormat.PLAIN, LogLevel.INFO);

    OWN.debug("own debug");
    OWN.info("own info");
    LIBRARY.info("library info");
    LIBRARY.warn("library warning");
    JAVA_LIBRARY.info("java info");
    JAVA_LIBRARY.warning("java warning");

    assertThat(log.text())
        .hasLineCount(3)
        .contains("INFO  [-] Own: own info")
        .contains("WARN  [-] Library: library warning")
        .contains("WARN  [-] JavaLibrary: java warning");
  }

  /** They repeat what the program says itself. */
  @Test
  void info_databaseDriverAndPoolAreSilent_untilDebug() {
    java.util.logging.Logger driver =
        java.util.logging.Logger.getLogger("org.postgresql.core.v3.ConnectionFactoryImpl");
    Logger pool = LoggerFactory.getLogger("com.zaxxer.hikari.pool.HikariPool");

    Logging.configure(LogFormat.PLAIN, LogLevel.INFO);
    driver.severe("SSL error");
    pool.warn("keys - Thread starvation");
    assertThat(log.text()).isEmpty();

    Logging.configure(LogFormat.PLAIN, LogLevel.DEBUG);
    driver.severe("SSL error");
    pool.warn("keys - Thread starvation");
    assertThat(log.text()).hasLineCount(2);
  }

  @Test
  void debug_librariesInform() {
    Logging.configure(LogFormat.PLAIN, LogLevel.DEBUG);

    OWN.debug("own debug");
    LIBRARY.debug("library debug");
    LIBRARY.info("library info");
    JAVA_LIBRARY.info("java info");

    assertThat(log.text())
        .hasLineCount(3)
        .contains("own debug")
        .contains("library info")
        .contains("java info");
  }

  @Test
  void error_silencesWarnings() {
    Logging.configure(LogFormat.PLAIN, LogLevel.ERROR);

    OWN.warn("own warning");
    LIBRARY.warn("library warning");
    JAVA_LIBRARY.warning("java warning");
    OWN.error("own error");

    assertThat(log.text()).hasLineCount(1).contains("own error");
  }

  @Test
  void configure_again_replaces() {
    Logging.configure(LogFormat.JSON, LogLevel.DEBUG);
    Logging.configure(LogFormat.PLAIN, LogLevel.INFO);

    JAVA_LIBRARY.warning("once");
    OWN.debug("never");

    assertThat(log.text()).hasLineCount(1).contains("Z WARN  [-] JavaLibrary: once");
  }

  @Test
  void limitedEvents_areCountedInBothFormats() {
    Marker limited = MarkerFactory.getMarker(LogNames.LIMITED);
    for (LogFormat format : LogFormat.values()) {
      log.clear();
      Logging.configure(format, LogLevel.INFO);

      for (int i = 0; i < 1_000; i++) {
        OWN.warn(limited, "refused {}", i);
      }
      Logging.flush();

      // The second may have changed meanwhile.
      assertThat(log.text().lines()).hasSizeBetween(11, 50);
      assertThat(
              log.text().lines().filter(line -> line.contains("more like this within a second: ")))
          .isNotEmpty()
          .allMatch(line -> line.contains("WARN") && line.contains("refused "));
      assertThat(log.text()).contains("refused 0").doesNotContain("refused 999");
    }
  }

  @Test
  void configure_again_writesTheCounts() {
    Logging.configure(LogFormat.PLAIN, LogLevel.INFO);
    for (int i = 0; i < 1_000; i++) {
      LIBRARY_OF_THE_NETWORK.warn("broken");
    }

    Logging.configure(LogFormat.PLAIN, LogLevel.INFO);

    assertThat(log.text()).contains(" more like this within a second: broken");
  }

  /** Whoever reads stderr may stop doing so: requests go on, and event loops. */
  @Test
  @Timeout(60)
  void nobodyReadsStderr_linesAreDroppedAndCounted_andNobodyWaits() {
    Logging.configure(LogFormat.PLAIN, LogLevel.INFO);
    long before = Logging.dropped();
    CountDownLatch readsOn = log.stall();
    OWN.warn("broken");
    // Before that, the thread would make room.
    await().until(log::isStuck);
    int sent = 2 * QueuedAppender.MOST_QUEUED;

    for (int i = 0; i < sent; i++) {
      OWN.warn("broken {}", i);
    }
    long dropped = Logging.dropped() - before;
    readsOn.countDown();

    assertThat(sent - dropped).isEqualTo(QueuedAppender.MOST_QUEUED);
    // The line that the thread held, those in the queue, and the one about the others.
    await().until(() -> log.lines().size() == 1 + QueuedAppender.MOST_QUEUED + 1);
    assertThat(log.lines())
        .filteredOn(line -> !line.contains(" Own: broken"))
        .singleElement()
        .asString()
        .endsWith(
            "WARN  [-] Logging: "
                + dropped
                + " lines of the log were dropped; find out whether something reads stderr too slowly");
  }

  /** As text and in hexadecimal, in messages and in exceptions, whole and cut. */
  @ParameterizedTest
  @MethodSource("formatsAndLevels")
  void keys_areInNoLine(LogFormat format, LogLevel level) {
    String secret = "S3cr3tS3cr3tS3cr3tS3cr3tS3cr3tS3cr3tS3cr3tChecks";
    String key = "wfs_abcdefgh_" + secret;
    String hex = HexFormat.of().formatHex(key.getBytes(StandardCharsets.US_ASCII));
    String spaced = HexFormat.ofDelimiter(" ").formatHex(key.getBytes(StandardCharsets.US_ASCII));
    Logging.configure(format, level);

    for (String shown : List.of(key, key.substring(0, 40), hex, hex.toUpperCase(ROOT), spaced)) {
      for (Logger logger : List.of(OWN, LIBRARY, LIBRARY_OF_THE_NETWORK)) {
        logger.error("failed", new IllegalStateException(new IOException("of <" + shown + ">")));
        logger.warn("failed", new IllegalStateException(new IOException("of <" + shown + ">")));
      }
      LIBRARY.error("not TLS: <{}>", shown);
      LIBRARY_OF_THE_NETWORK.error("not TLS: <{}>", shown);
      LIBRARY_OF_THE_NETWORK.warn("not TLS: <{}>", shown);
      JAVA_LIBRARY.severe("not TLS: <" + shown + ">");
    }
    OWN.error("of <{}>", key);
    Logging.flush();

    String lines = log.text().toLowerCase(ROOT);
    assertThat(lines)
        .contains("…>")
        .doesNotContain("S3cr3t".toLowerCase(ROOT))
        .doesNotContain(hexOf("S3cr3t"))
        .doesNotContain(hexOf("s3cr3t"))
        .doesNotContain("53 33 63");
  }

  private static String hexOf(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static Stream<Arguments> formatsAndLevels() {
    return Stream.of(LogFormat.values())
        .flatMap(format -> Stream.of(LogLevel.values()).map(level -> Arguments.of(format, level)));
  }

  @Test
  void ids_thatLookLikeBytes_stayInOwnLines() {
    String id = "0123456789abcdef".repeat(4);
    Logging.configure(LogFormat.PLAIN, LogLevel.INFO);

    OWN.info("run {}", id);

    assertThat(log.text()).contains("run " + id);
  }

  /** Their dumps of frames and buffers are at the level debug. */
  @ParameterizedTest
  @EnumSource
  void librariesOfTheNetwork_dumpNothing_atAnyLevel(LogLevel level) {
    Logging.configure(LogFormat.PLAIN, level);

    for (String name :
        List.of(
            "io.netty.handler.logging.LoggingHandler",
            "io.grpc.netty.NettyServerHandler",
            "com.linecorp.armeria.server.HttpServerHandler",
            "sun.net.httpserver")) {
      assertThat(LoggerFactory.getLogger(name).isDebugEnabled()).as(name).isFalse();
      assertThat(java.util.logging.Logger.getLogger(name).isLoggable(java.util.logging.Level.FINE))
          .as(name)
          .isFalse();
    }
  }
}
