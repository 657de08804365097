package dev.workflowsteps.server.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.PageToken;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.params.provider.MethodSource;

/** Any text is a token or none, and what is one has ids that a storage takes. */
class PageTokenFuzz {

  static final String PREFIX = "wfc1_";

  static Stream<byte[]> seeds() {
    String token =
        Cursors.token(
            new StepPosition(1_773_306_000_000_000L, "stép", "run"),
            StepFilter.all("acme"),
            Direction.ASCENDING);
    return Stream.of(
        token.getBytes(StandardCharsets.UTF_8),
        Base64.getUrlDecoder().decode(token.substring(PREFIX.length())));
  }

  @MethodSource("seeds")
  @FuzzTest
  void read_anyText_isATokenOrNone(byte[] bytes) {
    take(bytes);
  }

  /** The bytes as a text, as what is behind the prefix, and as what has the right checksum. */
  static void take(byte[] bytes) {
    read(new String(bytes, StandardCharsets.UTF_8));
    read(PREFIX + new String(bytes, StandardCharsets.UTF_8));
    read(PREFIX + base64(bytes));
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    read(
        PREFIX
            + base64(
                ByteBuffer.allocate(bytes.length + Integer.BYTES)
                    .put(bytes)
                    .putInt((int) crc.getValue())
                    .array()));
  }

  private static void read(String text) {
    for (int ids = 2; ids <= 3; ids++) {
      PageToken.read(text, ids)
          .ifPresent(
              token -> {
                assertThat(text).matches("wfc1_[A-Za-z0-9_-]+");
                assertThat(token.ids()).allSatisfy(id -> assertThat(id).doesNotContain("\0"));
              });
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
