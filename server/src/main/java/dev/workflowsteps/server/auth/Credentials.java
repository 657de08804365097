package dev.workflowsteps.server.auth;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Takes the key's text out of the headers that may carry it. */
final class Credentials {

  private static final String SCHEME = "Bearer";

  /**
   * Stands for what another scheme than Bearer says, or none: it counts as given, and is no key.
   */
  private static final String NOT_A_KEY = "";

  /**
   * The one text that was given; empty if none was or if several differ: which of them to believe
   * would be a guess. Another scheme than Bearer counts as a text of its own, and no key looks like
   * one.
   */
  static Optional<String> only(List<String> apiKeyHeaders, List<String> authorizationHeaders) {
    Set<String> given = new LinkedHashSet<>();
    apiKeyHeaders.forEach(value -> given.add(value.strip()));
    authorizationHeaders.forEach(value -> given.add(withoutScheme(value.strip())));
    return given.size() == 1 ? Optional.of(given.iterator().next()) : Optional.empty();
  }

  private static String withoutScheme(String value) {
    boolean bearer =
        value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
            && value.startsWith(" ", SCHEME.length());
    return bearer ? value.substring(SCHEME.length()).strip() : NOT_A_KEY;
  }

  private Credentials() {}
}
