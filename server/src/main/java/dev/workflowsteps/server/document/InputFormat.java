package dev.workflowsteps.server.document;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Recognises the format of an input by its first bytes. Import reads one JSON object per line,
 * plain or gzip; other formats that people try are named, with the command that converts them.
 */
public final class InputFormat {

  private static final int HEAD_BYTES = 8192;

  /** As many bytes as the longest signature has; fewer make no line worth importing. */
  private static final int MIN_HEAD_BYTES = 8;

  /** A format that import doesn't read. */
  private record Other(String name, String converter) {}

  private record Signature(byte[] bytes, Other format) {}

  /** The longer of two signatures that begin alike comes first. */
  private static final List<Signature> SIGNATURES =
      List.of(
          signature("28B52FFD", "a zstd file", "zstd -dc"),
          signature("FD377A585A00", "an xz file", "xz -dc"),
          signature("425A68", "a bzip2 file", "bzip2 -dc"),
          signature("504B0304", "a zip file", "unzip -p"),
          signature("FFFE0000", "UTF-32 text", "iconv -f UTF-32 -t UTF-8"),
          signature("0000FEFF", "UTF-32 text", "iconv -f UTF-32 -t UTF-8"),
          signature("FFFE", "UTF-16 text", "iconv -f UTF-16 -t UTF-8"),
          signature("FEFF", "UTF-16 text", "iconv -f UTF-16 -t UTF-8"));

  /** Where the zero bytes of an ASCII character lie; as above, the longer first. */
  private static final List<Signature> ZERO_PATTERNS =
      List.of(
          signature("00000001", "UTF-32 text without a byte-order mark", utf("32BE")),
          signature("01000000", "UTF-32 text without a byte-order mark", utf("32LE")),
          signature("00010001", "UTF-16 text without a byte-order mark", utf("16BE")),
          signature("01000100", "UTF-16 text without a byte-order mark", utf("16LE")));

  private static final Other ARRAY = new Other("a JSON array", "jq -c '.[]'");
  private static final Other PAGE = new Other("a page of the REST answer", "jq -c '.data[]'");
  private static final Other PRETTY = new Other("JSON objects over several lines", "jq -c .");

  private static final Pattern PAGE_START = Pattern.compile("\\{\\s*\"data\"\\s*:\\s*\\[");
  private static final Pattern PRETTY_START = Pattern.compile("\\{[ \\t\\r]*\\n");

  /**
   * Reads the beginning of an input, to see whether import can read it.
   *
   * @throws UnsupportedInputException if it is of another format
   */
  public static void check(InputStream in) throws IOException {
    InputStream unused = lines(in);
  }

  /** The lines of an input, unpacked. Waits for its first bytes only. */
  static InputStream lines(InputStream in) throws IOException {
    byte[] head = head(in);
    InputStream whole = joined(head, in);
    if (!startsWith(head, new byte[] {0x1F, (byte) 0x8B})) {
      reject(head, List.of());
      return whole;
    }
    InputStream unpacked = new GunzipStream(whole);
    byte[] text = head(unpacked);
    reject(text, List.of("gzip -dc"));
    return joined(text, unpacked);
  }

  private static void reject(byte[] head, List<String> unpackers) throws UnsupportedInputException {
    Optional<Other> other = bySignature(head).or(() -> byText(head));
    if (other.isPresent()) {
      List<String> commands = new ArrayList<>(unpackers);
      commands.add(other.get().converter());
      throw new UnsupportedInputException(other.get().name(), commands);
    }
  }

  private static Optional<Other> bySignature(byte[] head) {
    byte[] zeroPattern = new byte[Math.min(head.length, 4)];
    for (int i = 0; i < zeroPattern.length; i++) {
      zeroPattern[i] = (byte) (head[i] == 0 ? 0 : 1);
    }
    return find(SIGNATURES, head).or(() -> find(ZERO_PATTERNS, zeroPattern));
  }

  private static Optional<Other> find(List<Signature> signatures, byte[] bytes) {
    return signatures.stream()
        .filter(signature -> startsWith(bytes, signature.bytes()))
        .map(Signature::format)
        .findFirst();
  }

  private static Optional<Other> byText(byte[] head) {
    String text = new String(head, StandardCharsets.UTF_8).replaceFirst("^\uFEFF", "").strip();
    if (text.startsWith("[")) {
      return Optional.of(ARRAY);
    }
    if (PAGE_START.matcher(text).lookingAt()) {
      return Optional.of(PAGE);
    }
    return PRETTY_START.matcher(text).lookingAt() ? Optional.of(PRETTY) : Optional.empty();
  }

  private static byte[] head(InputStream in) throws IOException {
    byte[] head = new byte[HEAD_BYTES];
    int length = 0;
    while (length < MIN_HEAD_BYTES) {
      int read = in.read(head, length, HEAD_BYTES - length);
      if (read < 0) {
        break;
      }
      length += read;
    }
    return Arrays.copyOf(head, length);
  }

  private static InputStream joined(byte[] head, InputStream rest) {
    return new SequenceInputStream(new ByteArrayInputStream(head), rest);
  }

  private static boolean startsWith(byte[] bytes, byte[] start) {
    return bytes.length >= start.length
        && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
  }

  private static Signature signature(String hex, String name, String converter) {
    return new Signature(HexFormat.of().parseHex(hex), new Other(name, converter));
  }

  private static String utf(String variant) {
    return "iconv -f UTF-" + variant + " -t UTF-8";
  }

  private InputFormat() {}
}
