package dev.workflowsteps.adapter.requests;

import dev.workflowsteps.adapter.client.Request.Header;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * An {@code If-None-Match}, in one line or several.
 *
 * @param holds whether it says that the caller has the body: it can be read and names the tag
 */
record RandomCondition(List<Header> headers, boolean holds) {

  private static final String NAME = "if-none-match";

  private static final List<String> OTHERS =
      List.of(
          "\"x\"", "W/\"x,y\"", "\"\"", "\"*\"", "\"W/\"", "W/\"back\\slash\"", "\"\u00e9\"", "");

  private static final List<String> BROKEN =
      List.of("x", "'x'", "\"x", "x\"", "\"x\"y", "\"x y\"", "w/\"x\"", "W/x", "\"x\";q=1", "**");

  private static final List<String> SEPARATORS = List.of(",", ", ", " ,\t", ",,", ", ,");

  /** One that names the tag or another, can be read or can't. */
  static RandomCondition draw(Random random, String tag) {
    if (random.nextInt(8) == 0) {
      return new RandomCondition(List.of(new Header(NAME, "*")), true);
    }
    List<String> elements = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      elements.add(any(random, OTHERS));
    }
    boolean names = random.nextInt(3) > 0;
    String opaque = tag.substring("W/".length());
    String named = names ? opaque : opaque.replaceFirst(".\"$", "!\"");
    elements.add(random.nextInt(elements.size() + 1), random.nextBoolean() ? "W/" + named : named);
    boolean broken = random.nextInt(4) == 0;
    if (broken) {
      String element = random.nextInt(4) == 0 ? "*" : any(random, BROKEN);
      elements.add(random.nextInt(elements.size() + 1), element);
    }
    return new RandomCondition(lines(random, elements), names && !broken);
  }

  private static List<Header> lines(Random random, List<String> elements) {
    List<Header> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder(elements.get(0));
    for (String element : elements.subList(1, elements.size())) {
      if (random.nextInt(4) == 0) {
        lines.add(new Header(NAME, line.toString()));
        line = new StringBuilder(element);
      } else {
        line.append(any(random, SEPARATORS)).append(element);
      }
    }
    lines.add(new Header(NAME, line.toString()));
    return lines;
  }

  private static String any(Random random, List<String> values) {
    return values.get(random.nextInt(values.size()));
  }
}
