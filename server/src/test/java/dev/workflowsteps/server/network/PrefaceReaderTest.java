package dev.workflowsteps.server.network;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrefaceReaderTest {

  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  @Test
  void preface_isRead_howeverItIsCut() {
    byte[] all = (PREFACE + "frames").getBytes(US_ASCII);

    for (int cut = 0; cut <= PREFACE.length(); cut++) {
      PrefaceReader reader = new PrefaceReader();
      ByteBuf bytes = Unpooled.wrappedBuffer(all);

      int read = reader.read(bytes.slice(0, cut));
      assertThat(reader.isWhole()).as("cut at %d", cut).isEqualTo(cut == PREFACE.length());
      if (!reader.isWhole()) {
        read += reader.read(bytes.slice(cut, all.length - cut));
      }

      assertThat(reader.isWhole()).as("cut at %d", cut).isTrue();
      assertThat(read).as("cut at %d", cut).isEqualTo(PREFACE.length());
      assertThat(reader.sawOther()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "P", "PRI * HTT"})
  void preface_behindAnythingElse_isNone(String before) {
    PrefaceReader reader = new PrefaceReader();

    reader.read(Unpooled.wrappedBuffer((before + PREFACE).getBytes(US_ASCII)));
    reader.read(Unpooled.wrappedBuffer(PREFACE.getBytes(US_ASCII)));

    assertThat(reader.isWhole()).isFalse();
    assertThat(reader.sawOther()).isTrue();
  }
}
