package dev.workflowsteps.server.config;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a PostgreSQL database. Read from the form of libpq ({@code
 * postgresql://USER:PASSWORD@HOST:PORT/DATABASE}, also {@code postgres://}) and from that of JDBC
 * ({@code jdbc:postgresql://HOST:PORT/DATABASE?user=USER}); user and password are taken out of
 * either. {@link #toString} hides passwords.
 *
 * @param jdbcUrl {@code jdbc:postgresql://…}, without user and password
 */
public record DatabaseUrl(String jdbcUrl, Optional<String> user, Optional<Secret> password) {

  public static final String FORM =
      "postgresql://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE[?PARAMETERS]";

  private static final Pattern PATTERN =
      Pattern.compile(
          "(?:jdbc:postgresql|postgresql|postgres)://(?:(?<login>[^/?]*)@)?(?<hosts>[^/?@\\s]+)"
              + "/(?<database>[^/?\\s]+)(?:\\?(?<query>\\S*))?");

  /** A private key's passphrase may stay among the parameters, for the driver to read. */
  private static final Pattern PASSPHRASE = Pattern.compile("(?<=[?&]sslpassword=)[^&]*");

  static Optional<DatabaseUrl> parse(String text) {
    Matcher matcher = PATTERN.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          read(
              matcher.group("login"),
              matcher.group("hosts") + "/" + matcher.group("database"),
              matcher.group("query")));
    } catch (IllegalArgumentException malformedPercentEncoding) {
      return Optional.empty();
    }
  }

  private static DatabaseUrl read(String login, String place, String query) {
    Optional<String> user = Optional.empty();
    Optional<String> password = Optional.empty();
    if (login != null) {
      int colon = login.indexOf(':');
      user = Optional.of(decoded(colon < 0 ? login : login.substring(0, colon)));
      password = colon < 0 ? Optional.empty() : Optional.of(decoded(login.substring(colon + 1)));
    }
    List<String> others = new ArrayList<>();
    for (String parameter : query == null ? new String[0] : query.split("&")) {
      if (parameter.startsWith("user=")) {
        user = Optional.of(decoded(parameter.substring("user=".length())));
      } else if (parameter.startsWith("password=")) {
        password = Optional.of(decoded(parameter.substring("password=".length())));
      } else if (!parameter.isEmpty()) {
        others.add(parameter);
      }
    }
    String suffix = others.isEmpty() ? "" : "?" + String.join("&", others);
    return new DatabaseUrl("jdbc:postgresql://" + place + suffix, user, password.map(Secret::new));
  }

  /** The same with a parameter more, which replaces one of this name. */
  public DatabaseUrl with(String parameter, String value) {
    String separator = jdbcUrl.contains("?") ? "&" : "?";
    return new DatabaseUrl(jdbcUrl + separator + parameter + "=" + value, user, password);
  }

  /** A plus stays a plus, as in libpq. */
  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    String login = user.map(name -> name + password.map(p -> ":" + p).orElse("") + "@").orElse("");
    String shown = jdbcUrl.replaceFirst("^jdbc:postgresql://", "");
    return "postgresql://" + login + PASSPHRASE.matcher(shown).replaceAll(Secret.HIDDEN);
  }
}
