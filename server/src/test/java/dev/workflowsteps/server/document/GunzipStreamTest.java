package dev.workflowsteps.server.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class GunzipStreamTest {

  @Test
  void read_oneMember_isUnpacked() throws IOException {
    byte[] plain = new byte[1 << 20];
    new Random(1).nextBytes(plain);
    Arrays.fill(plain, 1_000, 500_000, (byte) 'x');
    assertThat(unpack(gzip(plain))).isEqualTo(plain);
  }

  @Test
  void read_severalMembers_followEachOther() throws IOException {
    byte[] packed =
        joined(gzip("one\n".getBytes(UTF_8)), gzip(new byte[0]), gzip("two\n".getBytes(UTF_8)));
    assertThat(new String(unpack(packed), UTF_8)).isEqualTo("one\ntwo\n");
  }

  @Test
  void read_streamThatGivesOneByteAtATime_isUnpackedWhole() throws IOException {
    byte[] packed = joined(gzip("one\n".getBytes(UTF_8)), gzip("two\n".getBytes(UTF_8)));
    InputStream slow =
        new ByteArrayInputStream(packed) {
          @Override
          public synchronized int read(byte[] b, int offset, int length) {
            return super.read(b, offset, Math.min(1, length));
          }

          @Override
          public synchronized int available() {
            return 0;
          }
        };
    assertThat(new String(new GunzipStream(slow).readAllBytes(), UTF_8)).isEqualTo("one\ntwo\n");
  }

  @Test
  void read_headerWithEveryPart_isSkipped() throws IOException {
    byte[] packed = gzip("text".getBytes(UTF_8));
    ByteArrayOutputStream withParts = new ByteArrayOutputStream();
    withParts.writeBytes(new byte[] {0x1F, (byte) 0x8B, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3});
    withParts.writeBytes(new byte[] {3, 0, 'a', 'b', 'c'});
    withParts.writeBytes("name\0comment\0".getBytes(UTF_8));
    withParts.writeBytes(new byte[] {0, 0});
    withParts.write(packed, 10, packed.length - 10);
    assertThat(unpack(withParts.toByteArray())).isEqualTo("text".getBytes(UTF_8));
  }

  @Test
  void read_cutOffAnywhere_fails() throws IOException {
    byte[] packed = gzip("some text that is packed".getBytes(UTF_8));
    for (int length = 1; length < packed.length; length++) {
      byte[] cut = Arrays.copyOf(packed, length);
      assertThatThrownBy(() -> unpack(cut))
          .as("%d bytes", length)
          .isInstanceOf(IOException.class)
          .hasMessage("the gzip data is cut off");
    }
  }

  @Test
  void read_somethingElseBehindAMember_fails() throws IOException {
    byte[] packed = joined(gzip("one".getBytes(UTF_8)), "{\"run_id\"".getBytes(UTF_8));
    assertThatThrownBy(() -> unpack(packed)).hasMessage("other data follows the gzip data");
  }

  @Test
  void read_zeroPaddingBehindTheLastMember_isIgnored() throws IOException {
    byte[] member = gzip("one".getBytes(UTF_8));
    assertThat(unpack(joined(member, new byte[200_000]))).isEqualTo("one".getBytes(UTF_8));
    assertThatThrownBy(() -> unpack(joined(member, new byte[200_000], member)))
        .hasMessage("other data follows the gzip data");
    assertThatThrownBy(() -> unpack(new byte[8])).hasMessage("the gzip header is corrupt");
  }

  @Test
  void read_wrongChecksumOrSize_fails() throws IOException {
    byte[] packed = gzip("one".getBytes(UTF_8));
    for (int fromEnd : new int[] {8, 1}) {
      byte[] wrong = packed.clone();
      wrong[wrong.length - fromEnd] ^= 1;
      assertThatThrownBy(() -> unpack(wrong))
          .hasMessage("the gzip data is corrupt: its checksum or size does not match");
    }
  }

  @Test
  void read_brokenData_fails() throws IOException {
    byte[] packed = gzip("one".getBytes(UTF_8));
    packed[10] = (byte) 0xFF;
    assertThatThrownBy(() -> unpack(packed)).hasMessageStartingWith("the gzip data is corrupt: ");
  }

  private static byte[] unpack(byte[] packed) throws IOException {
    try (InputStream in = new GunzipStream(new ByteArrayInputStream(packed))) {
      return in.readAllBytes();
    }
  }

  static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(plain);
    }
    return packed.toByteArray();
  }

  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Arrays.stream(parts).forEach(all::writeBytes);
    return all.toByteArray();
  }
}
