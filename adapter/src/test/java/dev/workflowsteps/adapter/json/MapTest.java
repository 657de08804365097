package dev.workflowsteps.adapter.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.Rule;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MapTest {

  private static final int COUNTS = 43;

  private final MessageWriter writer = MessageWriter.compile(TestTypes.everything());

  @Test
  @Rule("handles")
  void write_map_keepsTheOrderOfTheWire() {
    assertThat(counts(entry("b", 1), entry("a", 2), entry("c", 0)))
        .isEqualTo("{\"b\":1,\"a\":2,\"c\":0}");
  }

  @Test
  void write_keyAgain_takesTheLastValueAtTheFirstPlace() {
    assertThat(counts(entry("a", 1), entry("b", 2), entry("a", 3), entry("a", 4)))
        .isEqualTo("{\"a\":4,\"b\":2}");
  }

  @Test
  void write_entryWithoutKeyOrValue_hasTheDefaults() {
    byte[] noKey = Bytes.hex("10 05");
    byte[] noValue = Bytes.hex("0a 01 61");

    assertThat(counts(new byte[0])).isEqualTo("{\"\":0}");
    assertThat(counts(noKey, noValue, entry("", 6))).isEqualTo("{\"\":6,\"a\":0}");
  }

  @Test
  void write_messageMissingInItsEntry_isAnEmptyMessage() {
    byte[] wire = Bytes.of(out -> out.writeByteArray(42, Bytes.hex("0a 01 61")));

    assertThat(Json.of(writer, wire))
        .contains("\"by_name\":{\"a\":{\"no_time\":null,\"shown_flag\":false,");
  }

  @Test
  void write_thousandsOfKeysWithRepeats_areUnified() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Map<String, Integer> expected = new LinkedHashMap<>();
    byte[][] entries = new byte[20_000][];
    for (int i = 0; i < entries.length; i++) {
      String key = Integer.toString(random.nextInt(15_000), 36);
      expected.put(key, i);
      entries[i] = entry(key, i);
    }

    assertThat(counts(entries))
        .as("seed %d", seed)
        .isEqualTo(
            expected.entrySet().stream()
                .map(e -> '"' + e.getKey() + "\":" + e.getValue())
                .collect(Collectors.joining(",", "{", "}")));
  }

  private String counts(byte[]... entries) {
    byte[] wire =
        Bytes.of(
            out -> {
              for (byte[] entry : entries) {
                out.writeByteArray(COUNTS, entry);
              }
            });
    return Json.of(out -> writer.writeField("counts", wire, out));
  }

  private static byte[] entry(String key, int value) {
    return Bytes.of(
        out -> {
          out.writeByteArray(1, key.getBytes(UTF_8));
          out.writeInt32(2, value);
        });
  }
}
