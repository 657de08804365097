package dev.workflowsteps.server.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class FrameCostsTest {

  private static final int NETTY_MISTAKES = 200;
  private static final int NETTY_SECONDS = 30;

  private long now;
  private final FrameCosts costs = new FrameCosts(() -> now);

  @ParameterizedTest
  @CsvSource({"63, 0, true", "64, 0, false", "319, 8, true", "320, 8, false", "0, 1, false"})
  void pieceOfAMessage_isNoWork_ifItIsShort_howeverMuchItIsPadded(
      int length, int flags, boolean counts) {
    assertCounts(() -> costs.received(Http2FrameTypes.DATA, flags, length), counts);
  }

  /** A client of grpc-java sends a byte by itself after each 64 KiB of a long message. */
  @Test
  void smallFrameOfData_isPaidForByALargeOne_butOtherFramesAreNot() {
    for (int i = 0; i < 10 * FrameCosts.CONTROL_FRAMES; i++) {
      assertThat(data(FrameCosts.LARGE_BYTES)).isEmpty();
      assertThat(data(1)).isEmpty();
    }
    assertThat(repeated(FrameCosts.CONTROL_FRAMES, () -> data(FrameCosts.LARGE_BYTES))).isEmpty();

    assertCounts(() -> costs.received(Http2FrameTypes.PING, 0, 8), true);
  }

  @Test
  void largeFramesOfData_payForABoundedNumberOfSmallOnes() {
    assertThat(repeated(10 * FrameCosts.CONTROL_FRAMES, () -> data(FrameCosts.LARGE_BYTES)))
        .isEmpty();

    assertThat(repeated(FrameCosts.CONTROL_FRAMES, () -> data(1))).isEmpty();
    assertCounts(() -> data(1), true);
  }

  @Test
  void largeFramesOfData_fromBeforeItBeginsAnew_payForNone() {
    assertThat(repeated(FrameCosts.CONTROL_FRAMES, () -> data(FrameCosts.LARGE_BYTES))).isEmpty();

    costs.fill();

    assertCounts(() -> data(1), true);
  }

  @Test
  void frameOfDataThatIsNotLarge_paysForNone() {
    assertThat(repeated(FrameCosts.CONTROL_FRAMES, () -> data(FrameCosts.LARGE_BYTES - 1)))
        .isEmpty();

    assertCounts(() -> data(1), true);
  }

  private Optional<EndReason> data(int length) {
    return costs.received(Http2FrameTypes.DATA, 0, length);
  }

  private static void assertCounts(Supplier<Optional<EndReason>> frame, boolean counts) {
    assertThat(repeated(FrameCosts.CONTROL_FRAMES, frame)).isEmpty();
    assertThat(frame.get())
        .isEqualTo(counts ? Optional.of(EndReason.CONTROL_FRAMES) : Optional.empty());
  }

  @ParameterizedTest
  @EnumSource(
      value = Http2Error.class,
      mode = Mode.EXCLUDE,
      names = {"NO_ERROR", "CANCEL", "REFUSED_STREAM", "STREAM_CLOSED"})
  void mistake_isTooMuch_beforeNettyClosesTheConnection(Http2Error mistake) {
    assertThat(repeated(FrameCosts.MISTAKES, () -> reset(mistake))).isEmpty();
    assertThat(reset(mistake)).contains(EndReason.RESETS);
    costs.fill();
    int allowed = 0;
    for (int second = 0; second < NETTY_SECONDS; second++) {
      while (reset(mistake).isEmpty()) {
        allowed++;
      }
      now += TimeUnit.SECONDS.toNanos(1);
    }
    assertThat(allowed).isLessThan(NETTY_MISTAKES);
  }

  /** The client has not heard yet how many streams it may begin, or of an early answer. */
  @ParameterizedTest
  @EnumSource(names = {"REFUSED_STREAM", "STREAM_CLOSED"})
  void framesOfUnawareClients_areResetsLikeTheirOwn(Http2Error code) {
    assertThat(repeated(FrameCosts.RESETS, () -> reset(code))).isEmpty();
    assertThat(reset(code)).contains(EndReason.RESETS);
  }

  @ParameterizedTest
  @EnumSource(names = {"NO_ERROR", "CANCEL"})
  void earlyAnswers_andLateCalls_countNothing(Http2Error code) {
    assertThat(repeated(10_000, () -> reset(code))).isEmpty();
  }

  private Optional<EndReason> reset(Http2Error code) {
    return costs.sent(
        Unpooled.buffer()
            .writeMedium(4)
            .writeByte(Http2FrameTypes.RST_STREAM)
            .writeByte(0)
            .writeInt(1)
            .writeInt((int) code.code()));
  }

  private static Stream<EndReason> repeated(int times, Supplier<Optional<EndReason>> frame) {
    return IntStream.range(0, times).mapToObj(i -> frame.get()).flatMap(Optional::stream);
  }
}
