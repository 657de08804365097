package dev.workflowsteps.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.server.CapturedLog;
import dev.workflowsteps.server.config.AccessLogMode;
import dev.workflowsteps.server.config.LogFormat;
import dev.workflowsteps.server.config.LogLevel;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is logged at the level {@code error}, which the access log doesn't heed. */
class AccessLoggerTest {

  private static final long NOON = Instant.parse("2026-11-30T12:00:00.120Z").toEpochMilli();

  private final CapturedLog log = new CapturedLog();
  private final AccessLogger all = new AccessLogger(AccessLogMode.ALL);
  private final AccessLogger errors = new AccessLogger(AccessLogMode.ERRORS);
  private final AccessLogger off = new AccessLogger(AccessLogMode.OFF);

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void plain_isALineLikeThoseOfTheRestOfTheLog() {
    Logging.configure(LogFormat.PLAIN, LogLevel.ERROR);

    all.add(rest("req_1", "", 422, "curl/8.5.0", false));
    all.add(call("req_2", "OK"));

    assertThat(log.lines())
        .containsExactly(
            "2026-11-30T12:00:00.120Z INFO  [req_1] access: GET /v1/workflows/steps 422 ms=3.2"
                + " bytes=312 organization=acme key=4fG7kQ2z peer=192.0.2.7 user_agent=\"curl/8.5.0\"",
            "2026-11-30T12:00:00.120Z INFO  [req_2 4bf92f3577b34da6a3ce929d0e0e4736] access:"
                + " a.B/C OK ms=12.0 rows=20 bytes=9120 organization=acme key=4fG7kQ2z");
  }

  @Test
  void json_isOneObjectALine() {
    Logging.configure(LogFormat.JSON, LogLevel.ERROR);

    all.add(rest("req_1", "", 422, "curl/8.5.0", false));
    all.add(call("req_2", "OK"));

    assertThat(log.lines())
        .containsExactly(
            "{\"time\":\"2026-11-30T12:00:00.120Z\",\"level\":\"INFO\","
                + "\"logger\":\"dev.workflowsteps.access\",\"request_id\":\"req_1\","
                + "\"message\":\"GET /v1/workflows/steps 422\",\"method\":\"GET\","
                + "\"route\":\"/v1/workflows/steps\",\"status\":422,\"ms\":3.2,\"bytes\":312,"
                + "\"organization\":\"acme\",\"key\":\"4fG7kQ2z\",\"peer\":\"192.0.2.7\",\"user_agent\":\"curl/8.5.0\"}",
            "{\"time\":\"2026-11-30T12:00:00.120Z\",\"level\":\"INFO\","
                + "\"logger\":\"dev.workflowsteps.access\",\"request_id\":\"req_2\","
                + "\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"message\":\"a.B/C OK\","
                + "\"rpc\":\"a.B/C\",\"code\":\"OK\",\"ms\":12.0,\"rows\":20,\"bytes\":9120,"
                + "\"organization\":\"acme\",\"key\":\"4fG7kQ2z\"}");
  }

  @ParameterizedTest
  @EnumSource
  void userAgent_isCutAndEscaped_andHoldsNoKey(LogFormat format) {
    String key = "wfs_aaaaaaaa_" + "b".repeat(49);
    Logging.configure(format, LogLevel.ERROR);

    all.add(rest("req_1", "", 200, "a\"b\\c\n\u001b[1m\u00e9\u2028", false));
    all.add(rest("req_2", "", 200, "x".repeat(40_000), false));
    all.add(rest("req_3", "", 200, "curl/8 " + key, false));

    List<String> lines = log.lines();
    assertThat(lines).hasSize(3).allMatch(line -> line.matches("[ -~]*"));
    assertThat(lines.get(0)).contains("\"a\\\"b\\\\c\\u000a\\u001b[1m\\u00e9\\u2028\"");
    assertThat(lines.get(1)).contains("x".repeat(120) + '"').hasSizeLessThan(500);
    assertThat(lines.get(2)).contains("\"curl/8 wfs_\\u2026\"");
  }

  @Test
  void mode_decidesWhichRequestsAreTaken() {
    long slow = AccessLogger.SLOW.toNanos();

    assertThat(List.of(errors.takes(true, 0), errors.takes(false, slow))).containsOnly(true);
    assertThat(errors.takes(false, slow - 1)).isFalse();
    assertThat(List.of(all.takes(true, 0), all.takes(false, 0))).containsOnly(true);
    assertThat(List.of(off.takes(true, 0), off.takes(false, slow))).containsOnly(false);
  }

  @ParameterizedTest
  @EnumSource
  void limitedEntries_areCountedBeyondTenASecondAndStatus(LogFormat format) {
    Logging.configure(format, LogLevel.ERROR);

    for (int i = 0; i < 1_000; i++) {
      errors.add(rest("a" + i, "", 401, "", true));
      errors.add(rest("b" + i, "", 429, "", true));
    }

    assertThat(log.lines())
        .filteredOn(line -> line.contains(" more like this within a second: GET /v1/workflows/"))
        .filteredOn(line -> line.contains("INFO") && line.contains("access"))
        .anyMatch(line -> line.contains("/steps 401"))
        .anyMatch(line -> line.contains("/steps 429"));
    // The second may have changed meanwhile.
    assertThat(log.lines()).hasSizeBetween(22, 100);
  }

  @Test
  void all_writesLimitedEntriesToo() {
    for (int i = 0; i < 100; i++) {
      all.add(rest("a" + i, "", 401, "", true));
    }

    assertThat(log.lines()).hasSize(100);
  }

  private static AccessLog.Entry rest(
      String id, String traceId, int status, String userAgent, boolean limited) {
    return new AccessLog.Entry(
        NOON,
        new AccessLog.Request(id, traceId, "GET", "/v1/workflows/steps"),
        new AccessLog.Outcome(Integer.toString(status), 3_250_000, -1, 312),
        new AccessLog.Caller("acme", "4fG7kQ2z", "192.0.2.7", userAgent),
        limited);
  }

  private static AccessLog.Entry call(String id, String code) {
    return new AccessLog.Entry(
        NOON,
        new AccessLog.Request(id, "4bf92f3577b34da6a3ce929d0e0e4736", "", "a.B/C"),
        new AccessLog.Outcome(code, 12_000_000, 20, 9_120),
        new AccessLog.Caller("acme", "4fG7kQ2z", "", ""),
        false);
  }
}
