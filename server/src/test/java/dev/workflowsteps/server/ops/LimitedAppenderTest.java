package dev.workflowsteps.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.read.ListAppender;
import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.contract.LogNames;
import io.grpc.Status;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.util.IllegalReferenceCountException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.BufferUnderflowException;
import java.security.cert.CertificateExpiredException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.MissingResourceException;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

class LimitedAppenderTest {

  private static final Marker LIMITED = MarkerFactory.getMarker(LogNames.LIMITED);

  private final LoggerContext context = new LoggerContext();
  private final Logger own = context.getLogger("dev.workflowsteps.Own");
  private final Logger netty = context.getLogger("io.netty.Handler");
  private final ListAppender<ILoggingEvent> written = new ListAppender<>();
  private final Queue<Runnable> scheduled = new ArrayDeque<>();
  private long now = 1_000_000;

  @BeforeEach
  void start() {
    context.setMDCAdapter(new LogbackMDCAdapter());
    appender(false);
  }

  private LimitedAppender appender(boolean stacks) {
    written.start();
    LimitedAppender appender =
        new LimitedAppender(written, stacks, () -> now, task -> scheduled.add(task));
    appender.setContext(context);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.addAppender(appender);
    written.start();
    return appender;
  }

  @Test
  void otherEvents_areAllWritten() {
    for (int i = 0; i < 50; i++) {
      own.error("failed", new IOException("disk"));
      own.warn("broken step {}", i);
    }

    assertThat(written.list).hasSize(100).allMatch(event -> !event.getMessage().contains("more"));
    assertThat(scheduled).isEmpty();
  }

  @Test
  void limitedEvents_tenASecond_areAllWritten() {
    for (int second = 0; second < 5; second++) {
      refuse(10);
      now += 1_000;
    }

    assertThat(written.list).hasSize(50);
    assertThat(scheduled).isEmpty();
  }

  @Test
  void limitedEvents_beyondTen_areCounted_whenTheSecondIsOver() {
    refuse(1_000);
    assertThat(messages()).hasSize(10).first().isEqualTo("refused 0");

    now += 1_000;
    scheduled.remove().run();

    assertThat(messages())
        .hasSize(11)
        .last()
        .isEqualTo("990 more like this within a second: refused 9");
    assertThat(written.list.get(10).getLevel()).isEqualTo(Level.WARN);
    assertThat(written.list.get(10).getLoggerName()).isEqualTo(own.getName());
    assertThat(written.list.get(10).getTimeStamp()).isEqualTo(now);
    assertThat(scheduled).isEmpty();
  }

  @Test
  void flood_isTenLinesInEachSecond_theCountIncluded_andNothingIsLost() {
    for (int second = 0; second < 5; second++) {
      refuse(8_000);
      now += 1_000;
    }
    scheduled.remove().run();

    assertThat(messages()).hasSize(5 * LimitedAppender.LINES_A_SECOND + 1);
    long counted =
        messages()
            .filter(message -> message.contains(" more "))
            .mapToLong(message -> Long.parseLong(message.split(" ")[0]))
            .sum();
    assertThat(counted + messages().filter(message -> !message.contains(" more ")).count())
        .isEqualTo(40_000);
  }

  @Test
  void count_isScheduledOnce_andAgainIfTheSecondIsNotOver() {
    refuse(100);
    own.warn(LIMITED, "other");
    assertThat(scheduled).hasSize(1);

    scheduled.remove().run();

    assertThat(messages()).hasSize(11);
    assertThat(scheduled).hasSize(1);
  }

  @Test
  void clockThatIsSetBack_silencesNothing() {
    refuse(100);
    now -= 3_600_000;
    refuse(100);

    assertThat(messages()).hasSize(20);
  }

  @Test
  void kinds_haveTheirOwnLimits() {
    Marker unauthenticated = MarkerFactory.getMarker("401");
    Marker rateLimited = MarkerFactory.getMarker("429");
    for (int i = 0; i < 100; i++) {
      own.atInfo().addMarker(LIMITED).addMarker(unauthenticated).log("request {}", i);
      own.atInfo().addMarker(LIMITED).addMarker(rateLimited).log("request {}", i);
      own.warn(LIMITED, "refused {}", i);
      own.warn(LIMITED, "late {}", i);
      netty.warn("lost", new IOException("reset"));
      netty.warn("lost", new IllegalArgumentException("odd"));
      netty.warn("odd");
    }

    assertThat(written.list).hasSize(60);
  }

  @Test
  void accessLog_isLimitedByEdgeAndStatus_unlessAllOfItIsWanted() {
    for (int i = 0; i < 100; i++) {
      for (String status : List.of("401", "429")) {
        written(access("GET", "/a", status, true));
        written(access("GET", "/b", status, true));
      }
      written(access("", "a.B/C", "UNAUTHENTICATED", true));
    }
    assertThat(written.list).hasSize(30);

    for (int i = 0; i < 100; i++) {
      written(access("GET", "/a", "401", false));
    }
    assertThat(written.list).hasSize(130);

    now += 1_000;
    scheduled.remove().run();
    assertThat(messages().skip(130))
        .hasSize(3)
        .allMatch(line -> line.matches("(190|90) more like this within a second: .* [0-9A-Z]+"));
  }

  private void written(AccessEvent event) {
    own.callAppenders(event);
  }

  private static AccessEvent access(String method, String name, String status, boolean limited) {
    return new AccessEvent(
        new AccessLog.Entry(
            0,
            new AccessLog.Request("req_1", "", method, name),
            new AccessLog.Outcome(status, 1, 1, 1),
            new AccessLog.Caller("", "", "", ""),
            limited),
        limited);
  }

  @Test
  void kinds_areNotRemembered_withoutEnd() {
    for (int i = 0; i < 10_000; i++) {
      own.warn(LIMITED, "format " + i);
    }

    assertThat(written.list).hasSizeLessThan(300);
  }

  @Test
  void networkEvents_areOneLine_withoutWhatTheCallerSent() {
    netty.warn(
        "[id: 0x1] Unexpected exception:",
        new IllegalStateException(
            new IOException("not TLS: " + "474554202f".repeat(20) + "\u001b[2J\r\nforged")));

    assertThat(written.list).singleElement().returns(null, ILoggingEvent::getThrowableProxy);
    assertThat(messages())
        .containsExactly("[id: 0x1] Unexpected exception: IOException: not TLS: … [2J forged");
  }

  @Test
  void networkEvents_showNoKey() {
    String key = "wfs_" + "a".repeat(8) + "_" + "b".repeat(49);
    netty.warn("Unexpected HTTP/1.x request: GET /?key={}", key);
    netty.warn("failed", new IOException("GET /?key=" + key));

    assertThat(written.list)
        .hasSize(2)
        .allMatch(event -> event.getThrowableProxy() == null)
        .allMatch(event -> event.getFormattedMessage().endsWith("key=wfs_…"));
  }

  @Test
  void networkEvents_keepTheStackOfAnErrorOfTheProgram() {
    netty.warn("failed", new IOException(new NullPointerException()));
    netty.error("failed", new IOException());

    assertThat(written.list).allMatch(event -> event.getThrowableProxy() != null);
  }

  /** Only what is known to be a peer's doing is shortened. */
  @Test
  void networkEvents_keepTheStackOfAnyOtherError() {
    netty.warn("failed", new IllegalReferenceCountException(0));
    netty.warn("failed", new DecoderException(new BufferUnderflowException()));
    netty.warn("failed", new MissingResourceException("none", "a", "b"));

    assertThat(written.list)
        .extracting(event -> event.getThrowableProxy().getClassName())
        .containsExactly(
            IllegalReferenceCountException.class.getName(),
            DecoderException.class.getName(),
            MissingResourceException.class.getName());
  }

  @Test
  void networkEvents_ofPeers_areOneLine() {
    List<Exception> failures =
        List.of(
            new SocketException("Connection reset"),
            new UncheckedIOException(new IOException()),
            new DecoderException(new NotSslRecordException("no record")),
            new TooLongFrameException("long"),
            new SSLHandshakeException("no shared cipher"),
            new IOException(new CertificateExpiredException("late")),
            Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "odd"),
            Http2Exception.streamError(3, Http2Error.CANCEL, "odd"),
            Status.RESOURCE_EXHAUSTED.asRuntimeException(),
            ReadTimeoutException.INSTANCE);
    for (Exception failure : failures) {
      netty.warn("failed", failure);
    }

    assertThat(written.list)
        .hasSameSizeAs(failures)
        .allMatch(event -> event.getThrowableProxy() == null);
  }

  /** Netty's leak detector writes its whole report as a message. */
  @Test
  void networkEvents_withoutAnException_areWrittenWhole_ifTheyAreErrors() {
    String report = "LEAK: never released\n" + "  at a.B.c(B.java:1)\n".repeat(50);
    netty.error(report);
    netty.warn(report);

    assertThat(messages().map(String::length)).containsExactly(report.length(), 301);
  }

  @Test
  void errorsOfTheProgram_areKindsOfTheirOwn_byWhereTheyWereThrown() {
    for (int i = 0; i < 100; i++) {
      netty.warn("failed", new IllegalStateException("one " + i));
      netty.warn("failed", new IllegalStateException("other " + i));
      netty.warn("lost", new IOException("reset"));
    }

    assertThat(written.list).hasSize(30);
  }

  @Test
  void networkEvents_keepEveryStack_ifAsked() {
    appender(true);

    netty.warn("failed", new IOException("reset"));

    assertThat(written.list).allMatch(event -> event.getThrowableProxy() != null);
  }

  @Test
  void stop_writesTheCounts() {
    LimitedAppender appender = appender(false);
    refuse(100);

    appender.stop();

    assertThat(messages()).hasSize(11).last().asString().startsWith("90 more like this");
  }

  @Test
  void manyThreads_writeTen_andCountTheRest() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(8);
    for (int thread = 0; thread < 8; thread++) {
      new Thread(
              () -> {
                refuse(1_000);
                done.countDown();
              })
          .start();
    }
    done.await();
    now += 1_000;
    scheduled.remove().run();

    assertThat(messages()).hasSize(11).last().asString().startsWith("7990 more like this");
  }

  private void refuse(int count) {
    for (int i = 0; i < count; i++) {
      own.warn(LIMITED, "refused {}", i);
    }
  }

  private Stream<String> messages() {
    return List.copyOf(written.list).stream().map(ILoggingEvent::getFormattedMessage);
  }
}
