package dev.workflowsteps.server.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameReaderTest {

  private static final List<String> EXPECTED = List.of("4 0 0", "0 1 300", "0 0 70000", "3 0 4");

  @Test
  void frames_areThoseThatWereSent_howeverTheyAreCut() {
    ByteBuf all = Unpooled.buffer();
    frame(all, 4, 0, 0);
    frame(all, 0, 1, 300);
    frame(all, 0, 0, 70_000);
    frame(all, 3, 0, 4);

    for (int piece : List.of(1, 2, 7, 9, 10, 1_000, all.readableBytes())) {
      List<String> frames = new ArrayList<>();
      FrameReader reader = new FrameReader();
      for (int at = 0; at < all.writerIndex(); at += piece) {
        ByteBuf bytes = all.slice(at, Math.min(piece, all.writerIndex() - at));
        reader.read(
            bytes, 0, (type, flags, length) -> frames.add(type + " " + flags + " " + length));
      }
      assertThat(frames).as("pieces of %d", piece).isEqualTo(EXPECTED);
    }
  }

  private static void frame(ByteBuf out, int type, int flags, int length) {
    // A payload that looks like frames.
    out.writeMedium(length).writeByte(type).writeByte(flags).writeInt(1);
    for (int i = 0; i < length; i++) {
      out.writeByte(i % 4);
    }
  }
}
