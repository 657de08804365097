package dev.workflowsteps.server.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.Rule;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {

  private static final String DOCUMENT =
      "{\"a\":[1,-2.50e+3,true,false,null,\"x\\u00e9\\ud83d\\ude00é😀\\n"
          + "\"],\"b\":{\"c\":{},\"d\":[]}}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-0.0",
        "1234.50",
        "9007199254740993",
        "1e400",
        "1E-7",
        "1e+2",
        "123456789012345678901234567890.5",
        "\"\"",
        "\" \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u0041 \\u00e9\"",
        "\"\\u0000\"",
        "\"\\ud83d\\ude00 \\uD83D\\uDE00\"",
        "\"\\uffff\\uFFFE\"",
        "\"é Ω 名 😀 \u007f\"",
        "[]",
        "{}",
        "[ ]",
        "{ }",
        "[1,[2,[3]],{\"a\":[]}]",
        "{\"a\":1,\"a\":2,\"\":3}",
        " \t\r\n{ \"a\" : [ 1 , 2 ] } \n",
      })
  void check_json_passes(String json) {
    assertThatCode(() -> JsonText.check(json.getBytes(UTF_8))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "nul",
        "nulll",
        "True",
        "NaN",
        "Infinity",
        "undefined",
        "01",
        "-01",
        "00",
        "-",
        "+1",
        "1.",
        ".5",
        "1.e2",
        "1e",
        "1e+",
        "0x10",
        "1_000",
        "1 2",
        "'a'",
        "\"",
        "\"a",
        "\"\\\"",
        "\"\\x41\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\u+123\"",
        "\"\\U0041\"",
        "\"\t\"",
        "\"\n\"",
        "\"\u0000\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\ud800\"",
        "\"\\ud800x\"",
        "\"\\ude00\\ud83d\"",
        "\"\\ud83d\\u0041\"",
        "\"\\ud83d\\\"",
        "[",
        "]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1}",
        "{",
        "}",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "{1:1}",
        "{\"a\":1]",
        "{,}",
        "[1]x",
        "[1] [2]",
        "\uFEFF1",
        "\u00A01",
        "/* c */ 1",
        "1 // c",
      })
  void check_anythingElse_isMalformed(String text) {
    assertThatThrownBy(() -> JsonText.check(text.getBytes(UTF_8)))
        .isInstanceOf(MalformedJsonException.class);
  }

  @Test
  void check_malformed_tellsWhereAndWhatCouldStandThere() {
    assertThatThrownBy(() -> JsonText.check("[1, 2 3]".getBytes(UTF_8)))
        .hasMessage("malformed JSON at byte 6 (expected: a comma or ])");
  }

  @Test
  void check_hundredLevels_pass() {
    assertThatCode(() -> JsonText.check(nested(100))).doesNotThrowAnyException();
  }

  @Test
  @Rule("write-bounds")
  void check_moreThanHundredLevels_areRejectedHoweverMany() {
    assertThatThrownBy(() -> JsonText.check(nested(101)))
        .hasMessageContaining("at most 100 levels");
    assertThatThrownBy(() -> JsonText.check(nested(1_000_000)))
        .hasMessageContaining("at most 100 levels");
  }

  @Test
  void check_everyProperPrefix_isMalformed() {
    byte[] whole = DOCUMENT.getBytes(UTF_8);
    assertThat(passes(whole)).isTrue();
    for (int length = 0; length < whole.length; length++) {
      assertThat(passes(Arrays.copyOf(whole, length))).as("%d bytes", length).isFalse();
    }
  }

  @Test
  void check_everyTwoBytesInAString_passIfTheyAreUtf8() {
    for (int pair = 0; pair < 0x10000; pair++) {
      assertSameAsDecoder((byte) (pair >> 8), (byte) pair);
    }
  }

  @Test
  void check_longSequencesInAString_passIfTheyAreUtf8() {
    int[] leads = {0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF};
    int[] others = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF};
    for (int lead : leads) {
      for (int second : others) {
        for (int third : others) {
          assertSameAsDecoder((byte) lead, (byte) second, (byte) third);
          for (int fourth : others) {
            assertSameAsDecoder((byte) lead, (byte) second, (byte) third, (byte) fourth);
          }
        }
      }
    }
  }

  @Test
  void check_changedBytes_neverFailOtherwise() {
    Random random = new Random(42);
    byte[] whole = DOCUMENT.getBytes(UTF_8);
    String alphabet = "{}[],:\"\\u0019eE+-. tfn\n\u0000\u00ff\u00ed\u00a0";
    int passed = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] changed = whole.clone();
      for (int i = 0; i <= random.nextInt(3); i++) {
        changed[random.nextInt(changed.length)] =
            (byte) alphabet.charAt(random.nextInt(alphabet.length()));
      }
      if (passes(changed)) {
        passed++;
        assertThat(isUtf8(changed)).isTrue();
      }
    }
    assertThat(passed).isBetween(1, 19_999);
  }

  @Test
  void skipValue_insideAnArray_endsBehindTheValue() throws MalformedJsonException {
    byte[] bytes = "xx{\"a\":[1]} ,".getBytes(UTF_8);
    assertThat(JsonText.skipValue(bytes, 2, bytes.length)).isEqualTo(11);
  }

  @Test
  void skipValue_regionThatEndsEarlier_readsNoFurther() {
    byte[] bytes = "[1,2]".getBytes(UTF_8);
    assertThatThrownBy(() -> JsonText.skipValue(bytes, 0, 4))
        .isInstanceOf(MalformedJsonException.class);
  }

  private static byte[] nested(int levels) {
    return ("[".repeat(levels) + "]".repeat(levels)).getBytes(UTF_8);
  }

  private static void assertSameAsDecoder(byte... inside) {
    String text = new String(inside, ISO_8859_1);
    boolean plain = text.chars().noneMatch(c -> c < ' ' || c == '"' || c == '\\');
    byte[] quoted = ('"' + text + '"').getBytes(ISO_8859_1);
    if (plain) {
      assertThat(passes(quoted)).as(text).isEqualTo(isUtf8(inside));
    }
  }

  private static boolean passes(byte[] json) {
    try {
      JsonText.check(json);
      return true;
    } catch (MalformedJsonException e) {
      return false;
    }
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
