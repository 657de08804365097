package dev.workflowsteps.adapter.json;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonOutputTest {

  @Test
  void put_pastTheCapacity_keepsWhatWasWritten() {
    String text = "0123456789".repeat(1_000);
    for (ByteBufAllocator allocator :
        new ByteBufAllocator[] {
          ByteBufAllocator.DEFAULT, PooledByteBufAllocator.DEFAULT, UnpooledByteBufAllocator.DEFAULT
        }) {
      JsonOutput out = new JsonOutput(allocator, 1);
      for (byte b : text.getBytes(US_ASCII)) {
        out.put(b);
      }

      assertThat(out.length()).isEqualTo(text.length());
      assertThat(released(out.take())).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 7, -1, 10, 4294967295L, Long.MIN_VALUE, Long.MAX_VALUE})
  void putNumber_asJavaPrintsIt(long number) {
    assertThat(Json.of(out -> out.putNumber(number))).isEqualTo(Long.toString(number));
  }

  @Test
  void written_showsWhatIsThereSoFar() {
    try (JsonOutput out = new JsonOutput(PooledByteBufAllocator.DEFAULT, 1)) {
      out.put("0123456789".getBytes(US_ASCII));
      assertThat(US_ASCII.decode(out.written()).toString()).isEqualTo("0123456789");
      out.truncate(3);
      assertThat(US_ASCII.decode(out.written()).toString()).isEqualTo("012");
      assertThat(released(out.take())).isEqualTo("012");
    }
  }

  @Test
  void take_handsTheBufferOver() {
    JsonOutput out = new JsonOutput(ByteBufAllocator.DEFAULT, 8);
    ByteBuf taken = out.take();

    out.close();

    assertThat(taken.refCnt()).isOne();
    taken.release();
  }

  @Test
  void close_releasesABufferThatWasNotTaken() {
    UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    JsonOutput out = new JsonOutput(allocator, 8);
    assertThat(allocator.metric().usedHeapMemory()).isPositive();

    out.close();
    out.close();

    assertThat(allocator.metric().usedHeapMemory()).isZero();
  }

  private static String released(ByteBuf buffer) {
    try {
      return buffer.toString(US_ASCII);
    } finally {
      buffer.release();
    }
  }
}
