package dev.workflowsteps.adapter.requests;

import dev.workflowsteps.adapter.client.Kind;
import dev.workflowsteps.adapter.client.Organization;
import dev.workflowsteps.adapter.client.Row;
import dev.workflowsteps.contract.Words;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Values for parameters, good and bad ones. */
final class RandomValues {

  private static final List<String> BAD_LIMITS =
      List.of(
          "0",
          "-1",
          "-0",
          "1001",
          "201",
          "+5",
          "05",
          "5.0",
          "1e1",
          " 5",
          "5 ",
          "٣",
          "five",
          "",
          "2147483648",
          "-2147483649",
          "99999999999999999999",
          "0x5",
          "null");

  private static final List<String> BAD_WORDS =
      List.of("complete", "Complete", "extracts", "a b", "[x", "x]", "é", "nul\0", "*");

  private static final List<String> DATES =
      List.of("2026-03-11", "2026-03-12", "2026-03-13", "0000-01-01", "2024-02-29", "9999-12-31");

  private static final List<String> BAD_DATES =
      List.of(
          "",
          "yesterday",
          "2026-02-29",
          "2026-3-12",
          "2026-03-12T",
          "2026-03-12T09:00:00",
          "2026-03-12 09:00:00Z",
          "2026-03-12T09:00:00 01:00",
          "2026-03-12T09:00:00.0000001Z",
          "2026-03-12T09:00:60Z",
          "2026-03-12T24:00:00Z",
          "2026-03-12T09:00:00+24:00",
          "2026-03-12T09:00:00." + "0".repeat(44) + "Z",
          "２０２６-03-12",
          "+2026-03-12",
          "1773306000",
          "2026-03-12\0");

  private static final List<String> BAD_IDS =
      List.of("", "\0", "a\nb", "\u007f", "a\u0085", "x".repeat(257), "é".repeat(129));

  private static final List<String> FREE_IDS =
      List.of("absent", "run_", "é".repeat(128), "😀".repeat(64), "%", "..", ".", "a\uFFFDb", "0");

  private final Random random;
  private final List<Organization> organizations;
  private final Places places;

  RandomValues(Random random, List<Organization> organizations, Places places) {
    this.random = random;
    this.organizations = organizations;
    this.places = places;
  }

  String badId() {
    return any(BAD_IDS);
  }

  /** Mostly one that the organization has. */
  String id(Organization organization, Kind kind, String name) {
    int draw = random.nextInt(20);
    if (draw == 0) {
      return any(FREE_IDS);
    }
    List<Row> rows = (draw == 1 ? any(organizations) : organization).rows(kind);
    Row row = any(rows);
    return name.equals("artifact_id")
        ? row.artifactId()
        : row.fields().getOrDefault(name, "absent");
  }

  String limit(Kind kind) {
    return random.nextInt(8) == 0
        ? Integer.toString(kind.mostRows())
        : Integer.toString(1 + random.nextInt(random.nextBoolean() ? 5 : 60));
  }

  String badLimit() {
    return any(BAD_LIMITS);
  }

  String operation() {
    return spelled(any(Words.OPERATION.all()));
  }

  String order() {
    return spelled(random.nextBoolean() ? "asc" : "desc");
  }

  String sortBy() {
    return spelled("started_at");
  }

  String view() {
    return spelled("full");
  }

  /** Mostly among the times of the steps, and mostly from early and to late ones. */
  String date(String name) {
    int second = random.nextInt(25) + (name.equals("to_date") ? 20 : 0);
    Instant time = Sample.MORNING.plusSeconds(second);
    return switch (random.nextInt(8)) {
      case 0 -> any(DATES);
      case 1 -> time.plusSeconds(5_400).toString().replace("Z", "+01:30");
      case 2 -> time.minusSeconds(300).toString().replace("Z", "-00:05");
      case 3 -> time.toString().toLowerCase(Locale.ROOT);
      case 4 -> time.toString().replace("Z", ".0000000Z");
      case 5 -> time.plusNanos(1_000).toString();
      default -> time.toString();
    };
  }

  String badDate() {
    return any(BAD_DATES);
  }

  private String spelled(String word) {
    return switch (random.nextInt(6)) {
      case 0 -> word.toUpperCase(Locale.ROOT);
      case 1 -> "SomeType." + word;
      case 2 -> word.replace("_", "");
      default -> word;
    };
  }

  List<String> words(String name) {
    List<String> known = (name.equals("block_type") ? Words.BLOCK_TYPE : Words.STATUS).all();
    List<String> words = new ArrayList<>();
    // So many that they fit only once they are folded.
    boolean many = random.nextInt(20) == 0;
    for (int i = many ? 60 : random.nextInt(4); i >= 0; i--) {
      words.add(many ? any(known) : spelled(any(known)));
    }
    return words;
  }

  List<String> badWords(String name) {
    if (random.nextInt(5) == 0) {
      List<String> tooMany = new ArrayList<>();
      for (int i = 0; i < 51; i++) {
        tooMany.add("word" + i);
      }
      return tooMany;
    }
    List<String> words = random.nextBoolean() ? words(name) : new ArrayList<>();
    words.add(random.nextInt(6) == 0 ? "" : any(BAD_WORDS));
    return words;
  }

  /** A step's id, a token, or what is left of one. */
  String cursor(Organization organization, Kind kind) {
    String token = places.any(random).orElse("wfc1_");
    return switch (random.nextInt(8)) {
      case 0, 1 -> token;
      case 2 -> mangled(token);
      case 3 -> any(any(organizations).steps()).stepId();
      case 4 -> "x".repeat(1 + random.nextInt(4_096));
      default -> any(organization.rows(kind)).stepId();
    };
  }

  String badCursor() {
    return any(List.of("", "x".repeat(4_097), "é".repeat(2_049), "a\0", "wfc1_\u0001"));
  }

  private String mangled(String token) {
    int at = random.nextInt(token.length());
    String head = token.substring(0, at);
    return switch (random.nextInt(4)) {
      case 0 -> head.isEmpty() ? "w" : head;
      case 1 -> head + (token.charAt(at) == 'A' ? 'B' : 'A') + token.substring(at + 1);
      case 2 -> token + "=";
      default -> token + token;
    };
  }

  <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
