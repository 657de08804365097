package dev.workflowsteps.server.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrefixReaderTest {

  private static final List<Long> EXPECTED = List.of(0L, 300L, 70_000L, 1L, 0xffffffffL);

  @Test
  void messages_areThoseThatWereSent_howeverTheyAreCut() {
    ByteBuf all = Unpooled.buffer();
    message(all, 0, 0);
    message(all, 1, 300);
    message(all, 0, 70_000);
    message(all, 1, 1);
    // The last one is as long as a message can say, and does not come.
    all.writeByte(0).writeInt(-1);

    for (int piece : List.of(1, 2, 4, 5, 6, 1_000, all.readableBytes())) {
      List<Long> lengths = new ArrayList<>();
      PrefixReader reader = new PrefixReader(lengths::add);
      for (int at = 0; at < all.writerIndex(); at += piece) {
        reader.read(all.slice(at, Math.min(piece, all.writerIndex() - at)));
      }
      assertThat(lengths).as("pieces of %d", piece).isEqualTo(EXPECTED);
    }
  }

  @Test
  void length_isKnownBeforeTheFirstByteOfTheMessage() {
    List<Long> lengths = new ArrayList<>();
    new PrefixReader(lengths::add).read(Unpooled.buffer().writeByte(0).writeInt(9));

    assertThat(lengths).containsExactly(9L);
  }

  /** Of bytes that look like prefixes. */
  private static void message(ByteBuf out, int compressed, int length) {
    out.writeByte(compressed).writeInt(length);
    for (int i = 0; i < length; i++) {
      out.writeByte(i % 2);
    }
  }
}
