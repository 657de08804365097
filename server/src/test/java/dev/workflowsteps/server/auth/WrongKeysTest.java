package dev.workflowsteps.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.github.benmanes.caffeine.cache.Scheduler;
import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(60)
class WrongKeysTest {

  private static final int PER_MINUTE = 20;
  private static final InetAddress PROXY = address("10.0.0.1");

  private final SettableClock clock = new SettableClock();
  private final AtomicLong nanos = new AtomicLong();
  private final WrongKeys wrongKeys = wrongKeys(PER_MINUTE);
  private final AuditLog audit = new AuditLog();

  @AfterEach
  void close() {
    // What it has still to write is no matter of the next test.
    wrongKeys.close();
    audit.close();
  }

  @Test
  void address_isRefused_fromTheLastKeyOfItsNumber_untilTheMinuteIsOver() {
    InetAddress address = address("192.0.2.1");
    add(address, 1);
    pass(Duration.ofSeconds(20));
    add(address, PER_MINUTE - 2);
    assertThat(wrongKeys.refusal(address)).isEmpty();

    add(address, 1);

    assertThat(wrongKeys.refusal(address)).hasValue(Duration.ofSeconds(40));
    assertThat(wrongKeys.refusal(address("192.0.2.2"))).isEmpty();
    pass(Duration.ofSeconds(39));
    assertThat(wrongKeys.refusal(address)).hasValue(Duration.ofSeconds(1));
    pass(Duration.ofSeconds(1));
    assertThat(wrongKeys.refusal(address)).isEmpty();
  }

  @Test
  void callThatMayNotHaveItsKeyLookedUp_isALine_withTheRemedy() {
    Logger log = (Logger) LoggerFactory.getLogger(WrongKeys.class);
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    log.addAppender(logged);
    try {
      add(address("192.0.2.1"), PER_MINUTE + 5);
      assertThat(wrongKeys.begin(address("192.0.2.1"), "another")).isEmpty();
    } finally {
      log.detachAppender(logged);
    }

    assertThat(logged.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "192.0.2.1 may have at most 0 different keys looked up now, and a call had one more; if"
                + " it is a proxy, name it in trusted-addresses");
  }

  @Test
  void addressesOfIpv6_countByTheirNetworkOf64Bits() {
    add(address("2001:db8:0:1::1"), PER_MINUTE / 2);
    add(address("2001:db8:0:1:ffff:ffff:ffff:ffff"), PER_MINUTE / 2);

    assertThat(wrongKeys.refusal(address("2001:db8:0:1::2"))).isPresent();
    assertThat(wrongKeys.refusal(address("2001:db8:0:2::1"))).isEmpty();
  }

  @Test
  void trustedAddress_isNeverRefused_norIsAnyWithoutALimit() {
    WrongKeys unlimited = wrongKeys(0);
    add(PROXY, 1_000);
    for (int i = 0; i < 1_000; i++) {
      unlimited.add(address("192.0.2.1"));
    }

    assertThat(wrongKeys.refusal(PROXY)).isEmpty();
    assertThat(unlimited.refusal(address("192.0.2.1"))).isEmpty();
  }

  @Test
  void burst_isOneLine_onceItsMinuteIsOver() {
    InetAddress address = address("2001:db8::1");
    add(address, PER_MINUTE);
    add(PROXY, 11);
    add(address("192.0.2.1"), 9);
    for (int i = 0; i < 3; i++) {
      assertThat(wrongKeys.refusal(address)).isPresent();
    }
    assertThat(audit.lines()).isEmpty();
    assertThat(wrongKeys.keys()).isEqualTo(PER_MINUTE + 11 + 9);
    assertThat(wrongKeys.refusals()).isEqualTo(3);

    wrongKeys.close();

    assertThat(audit.lines())
        .containsExactlyInAnyOrder(
            "keys refused: address=2001:db8:0:0:0:0:0:0/64 keys=20 since=2026-03-01T12:00:00Z"
                + " requests-refused=3",
            "keys refused: address=10.0.0.1 keys=11 since=2026-03-01T12:00:00Z requests-refused=0");
  }

  @Test
  void minuteThatIsOver_isALine_whenTheAddressComesAgain() {
    add(PROXY, 15);
    pass(Duration.ofMinutes(1));

    add(PROXY, 1);

    await().until(() -> audit.lines().size() == 1);
    assertThat(audit.lines()).allMatch(line -> line.contains(" keys=15 "));
  }

  @Test
  void line_isWritten_whileNobodyWaitsForIt() {
    add(PROXY, 15);
    pass(Duration.ofMinutes(1));
    CountDownLatch free = audit.block();

    add(PROXY, 15);

    assertThat(wrongKeys.addresses()).isEqualTo(1);
    assertThat(audit.lines()).isEmpty();
    free.countDown();
    wrongKeys.close();
    assertThat(audit.lines()).hasSize(2);
  }

  @Test
  void keysInQuestion_areNoMoreThanMayStillBeWrong_andAreForgottenInTheEnd() {
    InetAddress address = address("192.0.2.1");
    add(address, PER_MINUTE - 2);
    Runnable first = wrongKeys.begin(address, "first").orElseThrow();
    Runnable second = wrongKeys.begin(address, "second").orElseThrow();

    assertThat(wrongKeys.begin(address, "third")).isEmpty();
    assertThat(wrongKeys.refusals()).isEqualTo(1);
    assertThat(wrongKeys.begin(address("192.0.2.2"), "third")).isPresent();
    assertThat(wrongKeys.refusal(address)).isEmpty();
    // Costs nothing more.
    Runnable again = wrongKeys.begin(address, "second").orElseThrow();

    second.run();
    second.run();
    assertThat(wrongKeys.begin(address, "third")).isEmpty();
    again.run();
    Runnable third = wrongKeys.begin(address, "third").orElseThrow();
    add(address, 1);
    third.run();
    assertThat(wrongKeys.begin(address, "fourth")).isEmpty();
    first.run();
    assertThat(wrongKeys.begin(address, "fourth")).isPresent();
  }

  @Test
  void keysInQuestion_areHalfOfTheLookUpsAtMost_unlessTheAddressIsTrusted() {
    WrongKeys many = wrongKeys(10_000);
    for (int i = 0; i < 100; i++) {
      assertThat(many.begin(address("2001:db8::" + i), "key" + i)).isPresent();
    }

    assertThat(many.begin(address("2001:db8::ffff"), "other")).isEmpty();
    WrongKeys unlimited = wrongKeys(0);
    for (int i = 0; i < 1_000; i++) {
      assertThat(many.begin(PROXY, "key" + i)).isPresent();
      assertThat(unlimited.begin(address("192.0.2.1"), "key" + i)).isPresent();
    }
  }

  /** One that sends many stays known among many that send few. */
  @Test
  void memory_isBounded_andTheWorstStayKnown() {
    InetAddress worst = address("192.0.2.1");
    add(worst, 10 * PER_MINUTE);
    for (int i = 0; i < 100_000; i++) {
      add(address("10." + i / 65_536 + "." + i / 256 % 256 + "." + i % 256), 1);
      if (i % 100 == 0) {
        assertThat(wrongKeys.refusal(worst)).isPresent();
      }
    }

    assertThat(wrongKeys.addresses()).isLessThanOrEqualTo(20_000);
  }

  private WrongKeys wrongKeys(int perMinute) {
    return new WrongKeys(
        perMinute, PROXY::equals, clock, nanos::get, Scheduler.disabledScheduler());
  }

  private void add(InetAddress address, int times) {
    for (int i = 0; i < times; i++) {
      wrongKeys.add(address);
    }
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private static InetAddress address(String text) {
    return InetAddresses.forString(text);
  }
}
