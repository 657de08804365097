package dev.workflowsteps.server.network;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrefaceReaderTest {

  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "GET / HTTP/1.1\r\n\r\n",
        "P",
        "PR",
        "PRI * HTT",
        "PRI * HTTP",
        "PRI * HTTPPR"
      })
  void preface_isFoundBehindAnything_howeverItIsCut(String before) {
    byte[] all = (before + PREFACE + "frames").getBytes(US_ASCII);
    int end = before.length() + PREFACE.length();

    for (int cut = 0; cut <= end; cut++) {
      PrefaceReader reader = new PrefaceReader();
      ByteBuf bytes = Unpooled.wrappedBuffer(all);
      ByteBuf first = bytes.slice(0, cut);
      ByteBuf second = bytes.slice(cut, all.length - cut);

      int read = reader.read(first);
      assertThat(reader.isWhole()).as("cut at %d", cut).isEqualTo(cut == end);
      if (!reader.isWhole()) {
        read += reader.read(second);
      }

      assertThat(reader.isWhole()).as("cut at %d", cut).isTrue();
      assertThat(read).as("cut at %d", cut).isEqualTo(end);
      assertThat(reader.sawOther()).isEqualTo(!before.isEmpty());
    }
  }
}
