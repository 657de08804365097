package dev.workflowsteps.adapter.requests;

import dev.workflowsteps.adapter.client.Kind;
import dev.workflowsteps.adapter.client.Question.Pair;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Writes a wish as a request line, in any of the ways in which clients write the same thing. */
final class RandomTarget {

  private static final List<String> BROKEN =
      List.of("%", "%4", "%zz", "%+1", "%ff", "%c3%28", "%ed%a0%80", "%c0%80", "%f5%80%80%80");

  private static final List<String> NOWHERE =
      List.of(
          "/",
          "/v1",
          "/v1/workflows/steps/",
          "/v1/workflows/step",
          "/v1/workflows/steps/a/b",
          "/v1/workflows/steps:counts",
          "/v1/workflows/steps:Count",
          "/v1/workflows/artifacts:count");

  private final Random random;
  private final RandomRequests.Wish wish;
  private final boolean breaks;

  /**
   * @param breaks whether it may be one that cannot be read
   */
  RandomTarget(Random random, RandomRequests.Wish wish, boolean breaks) {
    this.random = random;
    this.wish = wish;
    this.breaks = breaks;
  }

  /** Its bytes as characters. */
  String text() {
    String path =
        random.nextInt(60) == 0
            ? NOWHERE.get(random.nextInt(NOWHERE.size()))
            : (random.nextInt(20) == 0 ? "//" : "/")
                + "v1/workflows/"
                + encoded(wish.kind().collection(), true);
    if (wish.kind().isSingle()) {
      path += "/" + encoded(wish.id(), true);
    }
    List<String> parts = parts();
    if (breaks && random.nextInt(30) == 0) {
      parts.add("run_id=" + broken());
    }
    if (random.nextInt(30) == 0) {
      parts.add("");
      parts.add("");
    }
    return parts.isEmpty() && random.nextBoolean() ? path : path + "?" + String.join("&", parts);
  }

  private List<String> parts() {
    List<String> parts = new ArrayList<>();
    Map<String, List<String>> lists = new LinkedHashMap<>();
    for (Pair pair : wish.pairs()) {
      if (Kind.LISTS.contains(pair.name()) && wish.kind().has(pair.name())) {
        lists.computeIfAbsent(pair.name(), any -> new ArrayList<>()).add(pair.value());
      } else {
        parts.add(part(pair.name(), pair.value()));
        if (random.nextInt(20) == 0 && !pair.value().equals(wish.organization().key())) {
          parts.add(part(pair.name(), pair.value()));
        }
      }
    }
    lists.forEach((name, values) -> list(name, values, parts));
    return parts;
  }

  private void list(String name, List<String> values, List<String> parts) {
    switch (random.nextInt(6)) {
      case 0 -> parts.add(part(name, String.join(",", values)));
      case 1 -> parts.add(part(name, "[" + String.join(", ", values) + "]"));
      case 2 -> parts.add(part(name + "[]", String.join(",", values) + ","));
      case 3 -> {
        parts.add(part(name, "[]"));
        values.forEach(value -> parts.add(part(name + "[]", value)));
      }
      case 4 -> {
        for (int i = 0; i < values.size(); i++) {
          parts.add(part(name + "[" + i + "]", values.get(i)));
        }
      }
      default -> values.forEach(value -> parts.add(part(name, value)));
    }
  }

  private String part(String name, String value) {
    return value.isEmpty() && random.nextBoolean()
        ? encoded(name, false)
        : encoded(name, false) + '=' + encoded(value, false);
  }

  private String broken() {
    return BROKEN.get(random.nextInt(BROKEN.size()));
  }

  private String encoded(String text, boolean path) {
    StringBuilder encoded = new StringBuilder();
    boolean all = random.nextInt(10) == 0;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "-_.~:;,[]@!$'()*".indexOf(c) >= 0;
      if (plain && !all) {
        encoded.append(c);
      } else if (!path && c == ' ' && random.nextBoolean()) {
        encoded.append('+');
      } else {
        encoded.append(String.format(random.nextInt(8) == 0 ? "%%%02x" : "%%%02X", (int) c));
      }
    }
    if (path && breaks && random.nextInt(40) == 0) {
      encoded.append(broken());
    }
    return encoded.toString();
  }
}
