package dev.workflowsteps.server.auth;

import java.util.regex.Pattern;

/** The syntax of organization names. */
public final class OrganizationName {

  /** The form, for error texts. */
  public static final String EXPECTED = "[a-z0-9][a-z0-9_-]{0,62}";

  private static final Pattern PATTERN = Pattern.compile(EXPECTED);

  public static boolean isValid(String name) {
    return PATTERN.matcher(name).matches();
  }

  private OrganizationName() {}
}
