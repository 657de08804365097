package dev.workflowsteps.adapter.malformed;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One row of the table: a request, and what its caller sees.
 *
 * @param request with its abbreviations; beginning with an HTTP method or with the name of an RPC
 * @param key which key is sent with it
 * @param fields of the violations, in their order
 */
record Row(String request, String key, String status, String code, String fields, String message) {

  private static final Pattern ABBREVIATION =
      Pattern.compile("\\{(?:(\\d+)×([^}]*)|(\\d+)\\.\\.(\\d+)|((?:[0-9a-f]{2} ?)+))}");

  static Stream<Row> all() throws IOException {
    try (InputStream in = Row.class.getResourceAsStream("malformed.md")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines().filter(line -> line.startsWith("| `")).map(Row::of).toList().stream();
    }
  }

  private static Row of(String line) {
    List<String> cells = List.of(line.substring(2, line.length() - 2).split(" \\| ", -1));
    if (cells.size() != 6) {
      throw new IllegalArgumentException(line + " (expected: 6 cells)");
    }
    return new Row(
        cells.get(0).substring(1, cells.get(0).length() - 1),
        cells.get(1),
        cells.get(2),
        cells.get(3),
        cells.get(4),
        cells.get(5));
  }

  Row answered(String seenStatus, String seenCode, List<String> seenFields, String seenMessage) {
    String joined = seenFields.isEmpty() ? "-" : String.join(" ", seenFields);
    return new Row(request, key, seenStatus, seenCode, joined, seenMessage);
  }

  boolean isHttp() {
    return request.contains(" /");
  }

  /** The request in full, as the bytes that are sent, one for each character. */
  String inFull() {
    return ABBREVIATION.matcher(request).replaceAll(Row::written);
  }

  private static String written(MatchResult match) {
    return Matcher.quoteReplacement(inFull(match));
  }

  private static String inFull(MatchResult match) {
    if (match.group(1) != null) {
      return match.group(2).repeat(Integer.parseInt(match.group(1)));
    }
    if (match.group(3) != null) {
      return IntStream.rangeClosed(
              Integer.parseInt(match.group(3)), Integer.parseInt(match.group(4)))
          .mapToObj(Integer::toString)
          .collect(Collectors.joining(","));
    }
    return Stream.of(match.group(5).split(" "))
        .map(hex -> Character.toString(Integer.parseInt(hex, 16)))
        .collect(Collectors.joining());
  }

  @Override
  public String toString() {
    return "| `%s` | %s | %s | %s | %s | %s |"
        .formatted(request, key, status, code, fields, message);
  }
}
