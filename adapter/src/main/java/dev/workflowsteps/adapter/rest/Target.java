package dev.workflowsteps.adapter.rest;

import com.google.common.base.CharMatcher;
import dev.workflowsteps.adapter.http.MalformedTextException;
import dev.workflowsteps.adapter.http.PercentText;
import java.util.ArrayList;
import java.util.List;

/**
 * What a request line asks for.
 *
 * @param path as it was sent, with one slash in front, however many were sent
 * @param segments of the path, decoded; an empty last one stands for a slash at the end
 * @param query as it was sent, without its question mark; empty if there is none
 */
record Target(String path, List<String> segments, String query) {

  /**
   * @param raw as it was sent: nothing decoded, nothing normalized
   */
  static Target of(String raw) throws MalformedTextException {
    int mark = raw.indexOf('?');
    String path = mark < 0 ? raw : raw.substring(0, mark);
    String query = mark < 0 ? "" : raw.substring(mark + 1);
    // Several leading slashes are one: clients join base addresses and paths carelessly.
    String relative = CharMatcher.is('/').trimLeadingFrom(path);
    List<String> segments = new ArrayList<>();
    for (String segment : relative.split("/", -1)) {
      segments.add(PercentText.path(segment));
    }
    return new Target("/" + relative, List.copyOf(segments), query);
  }
}
