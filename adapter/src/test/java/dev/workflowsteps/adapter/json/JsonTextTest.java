package dev.workflowsteps.adapter.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {

  @Test
  void print_escapesWhatJsonDemandsAndNothingElse() {
    assertThat(printed("\"\\\b\f\n\r\t\0\u001f/\u007fé\u2028😀"))
        .isEqualTo("\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001F/\u007fé\u2028😀\"");
  }

  @Test
  void print_everyAsciiCharacterAtEveryPlace_isSeen() {
    for (char c = 0; c < 0x80; c++) {
      String alone = printed(String.valueOf(c));
      String inner = alone.substring(1, alone.length() - 1);
      for (int place = 0; place < 18; place++) {
        String before = "~".repeat(place);
        String after = " ".repeat(17 - place);
        assertThat(printed(before + c + after)).isEqualTo('"' + before + inner + after + '"');
      }
    }
  }

  @Test
  void print_onlyTheRangeGiven() {
    byte[] text = "ab\"cd".getBytes(UTF_8);

    assertThat(Json.of(out -> JsonText.print(text, 1, 4, out))).isEqualTo("\"b\\\"c\"");
    assertThat(Json.of(out -> JsonText.print(text, 2, 2, out))).isEqualTo("\"\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "80",
        "bf",
        "c0af",
        "c1bf",
        "c3",
        "c328",
        "e080af",
        "e09fbf",
        "e282",
        "e28228",
        "eda080",
        "edbfbf",
        "f08080af",
        "f08fbfbf",
        "f0908d",
        "f09028bc",
        "f0908d28",
        "f4908080",
        "f5808080",
        "f8888080",
        "ff",
        "61c3",
        "c3a9c3"
      })
  void print_notUtf8_isRefused(String hex) {
    byte[] text = HexFormat.of().parseHex(hex);

    assertThatThrownBy(() -> Json.of(out -> JsonText.print(text, 0, text.length, out)))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageEndingWith("a string is not UTF-8");
  }

  @Test
  void print_everySequenceOfThreeBytes_asTheStrictDecoder() {
    byte[] text = new byte[3];
    for (int lead = 0x80; lead < 0x100; lead++) {
      for (int second = 0x70; second < 0xd0; second++) {
        for (int third = 0x70; third < 0xd0; third += 5) {
          text[0] = (byte) lead;
          text[1] = (byte) second;
          text[2] = (byte) third;
          assertThat(isPrinted(text)).isEqualTo(isUtf8(text));
        }
      }
    }
  }

  private static boolean isPrinted(byte[] text) {
    try {
      Json.of(out -> JsonText.print(text, 0, text.length, out));
      return true;
    } catch (MalformedMessageException e) {
      return false;
    }
  }

  private static boolean isUtf8(byte[] text) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static String printed(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return Json.of(out -> JsonText.print(bytes, 0, bytes.length, out));
  }
}
