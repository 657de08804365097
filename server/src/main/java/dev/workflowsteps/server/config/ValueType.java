package dev.workflowsteps.server.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How the text of a setting is read.
 *
 * @param expected what a text must be, for error texts and tables
 * @param label stands for the value in a command's help
 * @param parser empty for a text that isn't as expected
 */
record ValueType<T>(String expected, String label, Function<String, Optional<T>> parser) {

  /** Whether what is expected must be said beside the label, for a command's help. */
  boolean hasBounds() {
    return label.equals("N") || label.equals("TIME");
  }

  static final ValueType<Path> DIRECTORY = new ValueType<>("a path", "DIR", ValueType::path);

  static final ValueType<Path> FILE = new ValueType<>("a path", "FILE", ValueType::path);

  static final ValueType<String> TEXT =
      new ValueType<>("text", "TEXT", text -> Optional.of(text).filter(t -> !t.isBlank()));

  static final ValueType<Secret> SECRET =
      new ValueType<>("text", "TEXT", text -> TEXT.parser().apply(text).map(Secret::new));

  static final ValueType<DatabaseUrl> DATABASE_URL =
      new ValueType<>(DatabaseUrl.FORM, "URL", DatabaseUrl::parse);

  static final ValueType<String> HOST =
      new ValueType<>("a host name or an IP address, without a port", "HOST", ValueType::host);

  static final ValueType<List<String>> HOSTS =
      new ValueType<>(
          "host names without a port, several with commas",
          "LIST",
          text -> list(text, ValueType::host));

  static final ValueType<List<HostPort>> HOST_PORTS =
      new ValueType<>(
          "HOST:PORT, several with commas, an IPv6 address in brackets",
          "LIST",
          ValueType::hostPorts);

  static final ValueType<AddressRanges> ADDRESS_RANGES =
      new ValueType<>(AddressRanges.FORM, "LIST", AddressRanges::parse);

  static final ValueType<Boolean> BOOLEAN =
      new ValueType<>("true|false", "true|false", ValueType::truth);

  static final ValueType<List<String>> ORIGINS =
      new ValueType<>(
          "SCHEME://HOST[:PORT], several with commas, or *", "LIST", ValueType::origins);

  private static final Pattern ORIGIN =
      Pattern.compile("[a-z][a-z0-9+.-]*://(?:[a-z0-9._-]+|\\[[0-9a-f:.]+])(?::[0-9]{1,5})?");
  private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,18}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f.:]*");

  static ValueType<Integer> integer(int least, int most) {
    return new ValueType<>(
        least + ".." + most,
        "N",
        text -> wholeNumber(text).filter(n -> least <= n && n <= most).map(Long::intValue));
  }

  /** Bounds as in {@link DurationText}. */
  static ValueType<Duration> duration(String least, String most) {
    Duration shortest = DurationText.parse(least).orElseThrow();
    Duration longest = DurationText.parse(most).orElseThrow();
    return new ValueType<>(
        least + ".." + most + ", " + DurationText.FORM,
        "TIME",
        text ->
            DurationText.parse(text)
                .filter(d -> d.compareTo(shortest) >= 0 && d.compareTo(longest) <= 0));
  }

  static <E extends Enum<E>> ValueType<E> choice(Class<E> words) {
    E[] values = words.getEnumConstants();
    String expected = Arrays.stream(values).map(ValueType::word).collect(Collectors.joining("|"));
    return new ValueType<>(
        expected,
        expected,
        text -> Arrays.stream(values).filter(v -> word(v).equalsIgnoreCase(text)).findFirst());
  }

  private static Optional<Boolean> truth(String text) {
    boolean known = text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false");
    return known ? Optional.of(Boolean.valueOf(text)) : Optional.empty();
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static Optional<Long> wholeNumber(String text) {
    return INTEGER.matcher(text).matches() ? Optional.of(Long.valueOf(text)) : Optional.empty();
  }

  private static Optional<Path> path(String text) {
    try {
      return Optional.of(text).filter(t -> !t.isBlank()).map(Path::of);
    } catch (InvalidPathException notAPath) {
      return Optional.empty();
    }
  }

  private static Optional<String> host(String text) {
    boolean known = NAME.matcher(text).matches() || IPV6.matcher(text).matches();
    return known ? Optional.of(text) : Optional.empty();
  }

  /** Several with commas; empty if one of them isn't as expected. */
  static <T> Optional<List<T>> list(String text, Function<String, Optional<T>> parser) {
    List<Optional<T>> all = Stream.of(text.split(",", -1)).map(parser).toList();
    return all.stream().allMatch(Optional::isPresent)
        ? Optional.of(all.stream().flatMap(Optional::stream).toList())
        : Optional.empty();
  }

  private static Optional<List<String>> origins(String text) {
    if (text.equals("*")) {
      return Optional.of(List.of(text));
    }
    return list(text, origin -> Optional.of(origin).filter(o -> ORIGIN.matcher(o).matches()));
  }

  private static Optional<List<HostPort>> hostPorts(String text) {
    return list(text, ValueType::hostPort).map(all -> all.stream().distinct().toList());
  }

  private static Optional<HostPort> hostPort(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    String before = text.substring(0, colon);
    boolean bracketed = before.startsWith("[") && before.endsWith("]") && before.length() > 2;
    String bare = bracketed ? before.substring(1, before.length() - 1) : before;
    if (bracketed != bare.contains(":")) {
      return Optional.empty();
    }
    Optional<Integer> port =
        wholeNumber(text.substring(colon + 1))
            .filter(p -> 1 <= p && p <= 65535)
            .map(Long::intValue);
    return port.flatMap(p -> host(bare).map(h -> new HostPort(h, p)));
  }
}
