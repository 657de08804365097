package dev.workflowsteps.server.config;

import dev.workflowsteps.contract.Suggestion;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Merges the sources of settings: flags override the environment, which overrides the file. A name
 * that is no setting is an error in all of them, and all errors are found at once. (Picocli's
 * lookup of variables and property files is not used: it ignores unknown names and does not say
 * where a value comes from.)
 */
final class SettingsLoader {

  private static final String CONFIG_FLAG = "config";
  private static final String CONFIG_VARIABLE = Setting.VARIABLE_PREFIX + "CONFIG";

  /** A setting that has an effect only together with another one. */
  private record Need(Setting<?> setting, Setting<?> needed) {}

  private static final List<Need> NEEDS =
      List.of(
          new Need(Setting.DATABASE_USER, Setting.DATABASE_URL),
          new Need(Setting.DATABASE_PASSWORD, Setting.DATABASE_URL),
          new Need(Setting.MIGRATION_DATABASE_URL, Setting.DATABASE_URL),
          new Need(Setting.TLS_CERTIFICATE, Setting.TLS_KEY),
          new Need(Setting.TLS_KEY, Setting.TLS_CERTIFICATE),
          new Need(Setting.TLS_CLIENT_CA, Setting.TLS_CERTIFICATE),
          new Need(Setting.HSTS_MAX_AGE, Setting.TLS_CERTIFICATE),
          new Need(Setting.UPSTREAM_CA, Setting.UPSTREAM_TLS),
          new Need(Setting.UPSTREAM_CERTIFICATE, Setting.UPSTREAM_TLS),
          new Need(Setting.UPSTREAM_CERTIFICATE, Setting.UPSTREAM_KEY),
          new Need(Setting.UPSTREAM_KEY, Setting.UPSTREAM_CERTIFICATE));

  private static final List<String> NAMES = Setting.ALL.stream().map(Setting::name).toList();

  private final Map<String, String> flags;
  private final Map<String, String> environment;
  private final Map<Setting<?>, Settings.Value> given = new HashMap<>();
  private final List<String> problems = new ArrayList<>();
  private final Set<Setting<?>> faulty = new HashSet<>();

  SettingsLoader(Map<String, String> flags, Map<String, String> environment) {
    this.flags = flags;
    this.environment = environment;
  }

  CheckedSettings load() {
    requireKnown(flags.keySet(), name -> !name.equals(CONFIG_FLAG), NAMES, "a flag");
    Optional.ofNullable(flags.get(CONFIG_FLAG))
        .or(() -> Optional.ofNullable(environment.get(CONFIG_VARIABLE)))
        .ifPresent(this::readFile);
    readEnvironment();
    for (Setting<?> setting : Setting.ALL) {
      put(setting, flags.get(setting.name()), "flag " + setting.flag());
    }
    rejectBadValues();
    Settings settings = new Settings(given);
    rejectUnused(settings);
    return new CheckedSettings(settings, Set.copyOf(faulty), List.copyOf(problems));
  }

  private void put(Setting<?> setting, String text, String origin) {
    if (text != null) {
      given.put(setting, new Settings.Value(text, origin));
    }
  }

  private void readFile(String file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(file))) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      problems.add(
          "config: %s can't be read (%s); name a readable UTF-8 file with lines like rest-port=8080"
              .formatted(file, e));
      // Whatever is said of a setting may be wrong: the file could have given it.
      faulty.addAll(Setting.ALL);
      return;
    }
    requireKnown(properties.stringPropertyNames(), name -> true, NAMES, "in the file " + file);
    for (Setting<?> setting : Setting.ALL) {
      // To java.util.Properties a trailing blank is part of the value; to everyone else a mistake.
      String text = properties.getProperty(setting.name());
      put(setting, text == null ? null : text.strip(), "file " + file);
    }
  }

  private void readEnvironment() {
    List<String> known =
        Stream.concat(
                Stream.of(CONFIG_VARIABLE),
                Setting.ALL.stream()
                    .flatMap(
                        s -> Stream.concat(Stream.of(s.variable()), s.fileVariable().stream())))
            .toList();
    requireKnown(
        environment.keySet(),
        name -> name.startsWith(Setting.VARIABLE_PREFIX),
        known,
        "a variable of the environment; those that start with WFS_ are settings");
    for (Setting<?> setting : Setting.ALL) {
      String variable = setting.variable();
      put(setting, environment.get(variable), "environment " + variable);
      setting
          .fileVariable()
          .filter(environment::containsKey)
          .ifPresent(
              fileVariable -> {
                if (environment.containsKey(variable)) {
                  reject(
                      setting,
                      "both environment %s and environment %s are given (expected: one of them)"
                          .formatted(variable, fileVariable));
                } else {
                  readSecret(setting, fileVariable);
                }
              });
    }
  }

  private void readSecret(Setting<?> setting, String variable) {
    String file = environment.get(variable);
    try {
      // Editors and secret stores end a file with a line feed that isn't part of the secret.
      String text = Files.readString(Path.of(file)).replaceFirst("\\R\\z", "");
      put(setting, text, "environment " + variable);
    } catch (IOException | InvalidPathException e) {
      reject(
          setting,
          "%s: %s can't be read (%s); name a readable UTF-8 file".formatted(variable, file, e));
    }
  }

  /** Sorted, so that the same source always gives the same complaint. */
  private void requireKnown(
      Collection<String> names, Predicate<String> checked, List<String> known, String where) {
    for (String name : new TreeSet<>(names)) {
      if (checked.test(name) && !known.contains(name)) {
        String remedy =
            Suggestion.near(name, known)
                .map(near -> "did you mean " + near + "?")
                .orElse("the command config prints every setting");
        problems.add("unknown setting %s (%s); %s".formatted(name, where, remedy));
      }
    }
  }

  private void rejectBadValues() {
    for (Setting<?> setting : Setting.ALL) {
      Optional.ofNullable(given.get(setting))
          .flatMap(value -> value.problem(setting))
          .ifPresent(problem -> reject(setting, problem));
    }
  }

  /** A setting that nothing uses means that another one was forgotten. */
  private void rejectUnused(Settings settings) {
    for (Need need : NEEDS) {
      Settings.Value value = given.get(need.setting());
      boolean isOn = settings.find(need.needed()).filter(on -> !on.equals(false)).isPresent();
      boolean isReported = faulty.contains(need.setting()) || faulty.contains(need.needed());
      if (value != null && !isOn && !isReported) {
        problems.add(
            "%s: given without %s (from %s); give both or neither"
                .formatted(need.setting(), need.needed(), value.origin()));
        faulty.add(need.setting());
      }
    }
  }

  /** From here on it counts as not given. */
  private void reject(Setting<?> setting, String problem) {
    problems.add(problem);
    faulty.add(setting);
    given.remove(setting);
  }
}
