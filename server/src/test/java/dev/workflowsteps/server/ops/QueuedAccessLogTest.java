package dev.workflowsteps.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.server.config.AccessLogMode;
import dev.workflowsteps.server.config.LogFormat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class QueuedAccessLogTest {

  private static final long NOON = Instant.parse("2026-11-30T12:00:00.120Z").toEpochMilli();

  private final Meters meters = new Meters(new BuildInfo("1", "17"));
  private final AtomicLong clock = new AtomicLong(NOON);
  private final StringBuffer written = new StringBuffer();

  @AfterEach
  void close() {
    meters.close();
  }

  @Test
  void plain_isALineLikeThoseOfTheRestOfTheLog() {
    try (QueuedAccessLog log = log(AccessLogMode.ALL, LogFormat.PLAIN)) {
      log.add(rest("req_1", "", 422, "curl/8.5.0", false));
      log.add(call("req_2", "OK", false));
    }

    assertThat(lines())
        .containsExactly(
            "2026-11-30T12:00:00.120Z INFO  [req_1] access: GET /v1/workflows/steps 422 ms=3.2"
                + " bytes=312 peer=192.0.2.7 user_agent=\"curl/8.5.0\"",
            "2026-11-30T12:00:00.120Z INFO  [req_2 4bf92f3577b34da6a3ce929d0e0e4736] access:"
                + " a.B/C OK ms=12.0 rows=20 bytes=9120 organization=acme key=4fG7kQ2z");
  }

  @Test
  void json_isOneObjectALine() {
    try (QueuedAccessLog log = log(AccessLogMode.ALL, LogFormat.JSON)) {
      log.add(rest("req_1", "", 422, "curl/8.5.0", false));
      log.add(call("req_2", "OK", false));
    }

    assertThat(lines())
        .containsExactly(
            "{\"time\":\"2026-11-30T12:00:00.120Z\",\"level\":\"INFO\","
                + "\"logger\":\"dev.workflowsteps.access\",\"request_id\":\"req_1\","
                + "\"message\":\"GET /v1/workflows/steps 422\",\"method\":\"GET\","
                + "\"route\":\"/v1/workflows/steps\",\"status\":422,\"ms\":3.2,\"bytes\":312,"
                + "\"peer\":\"192.0.2.7\",\"user_agent\":\"curl/8.5.0\"}",
            "{\"time\":\"2026-11-30T12:00:00.120Z\",\"level\":\"INFO\","
                + "\"logger\":\"dev.workflowsteps.access\",\"request_id\":\"req_2\","
                + "\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"message\":\"a.B/C OK\","
                + "\"rpc\":\"a.B/C\",\"code\":\"OK\",\"ms\":12.0,\"rows\":20,\"bytes\":9120,"
                + "\"organization\":\"acme\",\"key\":\"4fG7kQ2z\"}");
  }

  @Test
  void userAgent_isCutAndEscaped_andHoldsNoKey() {
    String key = "wfs_aaaaaaaa_" + "b".repeat(49);
    for (LogFormat format : LogFormat.values()) {
      written.setLength(0);
      try (QueuedAccessLog log = log(AccessLogMode.ALL, format)) {
        log.add(rest("req_1", "", 200, "a\"b\\c\n\u001b[1m\u00e9\u2028", false));
        log.add(rest("req_2", "", 200, "x".repeat(40_000), false));
        log.add(rest("req_3", "", 200, "curl/8 " + key, false));
      }

      assertThat(lines()).hasSize(3).allMatch(line -> line.matches("[ -~]*"));
      assertThat(lines().get(0)).contains("\"a\\\"b\\\\c\\u000a\\u001b[1m\\u00e9\\u2028\"");
      assertThat(lines().get(1)).contains("x".repeat(120) + '"').hasSizeLessThan(500);
      assertThat(lines().get(2)).contains("\"curl/8 wfs_\\u2026\"");
    }
  }

  @Test
  void mode_decidesWhichRequestsAreTaken() {
    long slow = QueuedAccessLog.SLOW.toNanos();
    try (QueuedAccessLog errors = log(AccessLogMode.ERRORS, LogFormat.PLAIN);
        QueuedAccessLog all = log(AccessLogMode.ALL, LogFormat.PLAIN);
        QueuedAccessLog off = log(AccessLogMode.OFF, LogFormat.PLAIN)) {
      assertThat(List.of(errors.takes(true, 0), errors.takes(false, slow))).containsOnly(true);
      assertThat(errors.takes(false, slow - 1)).isFalse();
      assertThat(List.of(all.takes(true, 0), all.takes(false, 0))).containsOnly(true);
      assertThat(List.of(off.takes(true, 0), off.takes(false, slow))).containsOnly(false);
    }
  }

  @Test
  void limitedEntries_areCountedBeyondTenASecondAndStatus() {
    try (QueuedAccessLog log = log(AccessLogMode.ERRORS, LogFormat.PLAIN)) {
      for (int i = 0; i < 1_000; i++) {
        log.add(rest("a" + i, "", 401, "", true));
        log.add(rest("b" + i, "", 429, "", true));
      }
      log.add(rest("c", "", 422, "", false));
      log.add(call("d", "UNAUTHENTICATED", true));
      await().until(() -> lines().size() == 22);
      clock.addAndGet(1_000);
      await().until(() -> lines().size() == 24);
      for (int i = 0; i < 12; i++) {
        log.add(rest("e" + i, "", 401, "", true));
      }
    }

    assertThat(lines().subList(22, 24))
        .allMatch(line -> line.contains(" [-] access: 990 more like this within a second: GET "));
    // The count is one of this second's ten.
    assertThat(lines().subList(24, lines().size())).hasSize(10);
    assertThat(lines().get(lines().size() - 1)).contains(" 3 more like this");
  }

  @Test
  void all_writesLimitedEntriesToo() {
    try (QueuedAccessLog log = log(AccessLogMode.ALL, LogFormat.PLAIN)) {
      for (int i = 0; i < 100; i++) {
        log.add(rest("a" + i, "", 401, "", true));
      }
    }

    assertThat(lines()).hasSize(100);
  }

  /** Whoever reads stderr may stop doing so; requests go on. */
  @Test
  void stuckStderr_dropsAndCountsLines_andNobodyWaits() {
    CountDownLatch taken = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    Consumer<byte[]> stuck =
        text -> {
          taken.countDown();
          awaitUninterruptibly(goesOn);
          write(text);
        };
    int more = 1_000;
    int sent = QueuedAccessLog.MOST_QUEUED + more;
    try (QueuedAccessLog log =
        new QueuedAccessLog(AccessLogMode.ALL, LogFormat.PLAIN, meters, stuck, clock::get)) {
      log.add(rest("first", "", 200, "", false));
      awaitUninterruptibly(taken);

      for (int i = 0; i < sent; i++) {
        log.add(rest("a" + i, "", 200, "", false));
      }

      assertThat(meters.accessLogDropped().count()).isEqualTo(more);
      assertThat(lines()).isEmpty();
      goesOn.countDown();
      await().until(() -> lines().size() == 1 + QueuedAccessLog.MOST_QUEUED + 1);
    }

    assertThat(lines())
        .filteredOn(line -> line.contains("WARN"))
        .singleElement()
        .asString()
        .endsWith("access: 1000 lines were dropped, because stderr did not take them");
  }

  @Test
  void close_doesNotWaitForAStuckStderr() {
    CountDownLatch never = new CountDownLatch(1);
    QueuedAccessLog log =
        new QueuedAccessLog(
            AccessLogMode.ALL,
            LogFormat.PLAIN,
            meters,
            text -> awaitUninterruptibly(never),
            clock::get);
    log.add(rest("first", "", 200, "", false));

    log.close();

    never.countDown();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private QueuedAccessLog log(AccessLogMode mode, LogFormat format) {
    return new QueuedAccessLog(mode, format, meters, this::write, clock::get);
  }

  private void write(byte[] text) {
    written.append(new String(text, StandardCharsets.US_ASCII));
  }

  private List<String> lines() {
    String text = written.toString();
    assertThat(text.isEmpty() || text.endsWith("\n")).isTrue();
    return Stream.of(text.split("\n")).filter(line -> !line.isEmpty()).toList();
  }

  private AccessLog.Entry rest(
      String id, String traceId, int status, String userAgent, boolean limited) {
    return new AccessLog.Entry(
        clock.get(),
        new AccessLog.Request(id, traceId, "GET", "/v1/workflows/steps"),
        new AccessLog.Outcome(Integer.toString(status), 3_250_000, -1, 312),
        new AccessLog.Caller("", "", "192.0.2.7", userAgent),
        limited);
  }

  private AccessLog.Entry call(String id, String code, boolean limited) {
    return new AccessLog.Entry(
        clock.get(),
        new AccessLog.Request(id, "4bf92f3577b34da6a3ce929d0e0e4736", "", "a.B/C"),
        new AccessLog.Outcome(code, 12_000_000, 20, 9_120),
        new AccessLog.Caller("acme", "4fG7kQ2z", "", ""),
        limited);
  }
}
