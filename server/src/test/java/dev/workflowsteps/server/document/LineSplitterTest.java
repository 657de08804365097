package dev.workflowsteps.server.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineSplitterTest {

  private static final int MAX = 10;

  @Test
  void next_howeverTheBytesCome_givesTheSameLines() {
    String text = "one\n\ntwo two\r\n0123456789\n0123456789a\nlast";
    for (int size = 1; size <= text.length(); size++) {
      assertThat(lines(text, size))
          .as("pieces of %d", size)
          .containsExactly("1 one", "2 ", "3 two two\r", "4 0123456789", "5 too long", "6 last");
    }
  }

  @Test
  void last_lineBreakAtTheEnd_isNoMoreLine() {
    assertThat(lines("one\n", 4)).containsExactly("1 one");
    assertThat(lines("", 1)).isEmpty();
  }

  @Test
  void last_tooLongLineWithoutBreak_isReported() {
    assertThat(lines("0123456789a", 3)).containsExactly("1 too long");
  }

  @Test
  void next_lineAfterATooLongOne_isWhole() {
    assertThat(lines("x".repeat(1_000) + "\nok\n", 7)).containsExactly("1 too long", "2 ok");
  }

  @Test
  void next_tooLongLine_isNotKept() {
    LineSplitter splitter = new LineSplitter(MAX);
    splitter.feed("x".repeat(100).getBytes(UTF_8));
    assertThat(splitter.next()).isFalse();
    splitter.feed("\n".getBytes(UTF_8));
    assertThat(splitter.next()).isTrue();
    assertThat(splitter.tooLong()).isTrue();
    assertThat(splitter.to() - splitter.from()).isZero();
  }

  private static List<String> lines(String text, int size) {
    LineSplitter splitter = new LineSplitter(MAX);
    List<String> lines = new ArrayList<>();
    byte[] bytes = text.getBytes(UTF_8);
    for (int at = 0; at < bytes.length; at += size) {
      splitter.feed(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + size)));
      while (splitter.next()) {
        lines.add(shown(splitter));
      }
    }
    if (splitter.last()) {
      lines.add(shown(splitter));
    }
    return lines;
  }

  private static String shown(LineSplitter line) {
    String text = new String(line.buffer(), line.from(), line.to() - line.from(), UTF_8);
    return line.number() + " " + (line.tooLong() ? "too long" : text);
  }
}
