package dev.workflowsteps.adapter.rest;

import java.util.List;

/**
 * What a request line asks for, as it was sent: nothing decoded, nothing normalized.
 *
 * @param segments of the path; an empty last one stands for a slash at the end
 * @param query without its question mark; empty if there is none
 */
record RawTarget(List<String> segments, String query) {

  /** With one slash in front, however many were sent. */
  String path() {
    return "/" + String.join("/", segments);
  }

  static RawTarget of(String target) {
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    String query = mark < 0 ? "" : target.substring(mark + 1);
    // Several leading slashes are one: clients join base addresses and paths carelessly.
    String relative = path.replaceFirst("^/+", "");
    return new RawTarget(List.of(relative.split("/", -1)), query);
  }
}
