package dev.workflowsteps.server.auth;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a key allows. */
public enum Scope {
  /** To list, count and get. */
  READ,
  /** To record. */
  WRITE;

  /** What keys without scopes of their own allow. */
  public static final Set<Scope> ALL = Set.of(values());

  /** For example {@code read}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The scope with this word, in lower case. */
  public static Optional<Scope> of(String word) {
    return Arrays.stream(values()).filter(scope -> scope.word().equals(word)).findFirst();
  }

  /** For example {@code read,write}. */
  public static String list(Set<Scope> scopes) {
    return scopes.stream().sorted().map(Scope::word).collect(Collectors.joining(","));
  }
}
