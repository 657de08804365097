package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.config.StartupException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The flags that commands share: {@code --demo}, {@code --config} and one for each of a list of
 * settings. They are made from the settings' definitions, so picocli's annotations can't be used.
 */
public final class CommonOptions {

  private static final String CONFIG = "config";

  private final List<Setting<?>> settings;
  private final boolean takesDemo;
  private final Map<String, String> given = new TreeMap<>();
  private boolean demo;

  /**
   * @param settings those that the command uses; file and environment may hold others too
   */
  public CommonOptions(List<Setting<?>> settings) {
    this(settings, true);
  }

  /** For a command that has no data: without {@code --demo}. */
  public static CommonOptions withoutDemo(List<Setting<?>> settings) {
    return new CommonOptions(settings, false);
  }

  private CommonOptions(List<Setting<?>> settings, boolean takesDemo) {
    this.settings = settings;
    this.takesDemo = takesDemo;
  }

  /** Adds the flags to a command and returns it. */
  public CommandLine addTo(CommandLine command) {
    ArgGroupSpec.Builder group =
        ArgGroupSpec.builder()
            .exclusive(false)
            .validate(false)
            .multiplicity("0..1")
            .order(Integer.MAX_VALUE)
            .heading("%nSettings (also as environment variables WFS_..., or in a file):%n");
    if (takesDemo) {
      group.addArg(demoFlag());
    }
    group.addArg(configFlag());
    settings.forEach(setting -> group.addArg(settingFlag(setting)));
    command.getCommandSpec().addArgGroup(group.build());
    return command;
  }

  /** Whether to use the demo's data. */
  public boolean demo() {
    return demo;
  }

  /**
   * Reads all sources of settings.
   *
   * @throws StartupException with {@code CONFIGURATION}, also for the demo's data in an external
   *     database
   */
  public Settings load(Map<String, String> environment) {
    Settings loaded = Settings.load(given, environment);
    if (demo && loaded.find(Setting.DATABASE_URL).isPresent()) {
      throw new StartupException(
          ExitCode.CONFIGURATION,
          "--demo: given together with database-url (the demo has an embedded database of its own);"
              + " remove one of them");
    }
    return loaded;
  }

  private OptionSpec demoFlag() {
    return OptionSpec.builder("--demo")
        .type(boolean.class)
        .description("Use the data of serve --demo, which are kept apart.")
        .setter(setter(value -> demo = Boolean.TRUE.equals(value)))
        .build();
  }

  private OptionSpec configFlag() {
    return flag(CONFIG, "FILE", "Read settings from this .properties file. Variable: WFS_CONFIG.");
  }

  private OptionSpec settingFlag(Setting<?> setting) {
    String suffix = setting.defaultText().map(text -> " Default: " + text + ".").orElse("");
    return flag(setting.name(), setting.label(), setting.description() + suffix);
  }

  private OptionSpec flag(String name, String label, String description) {
    return OptionSpec.builder("--" + name)
        .type(String.class)
        .paramLabel(label)
        .description(description.replace("%", "%%"))
        .setter(setter(value -> keep(name, (String) value)))
        .build();
  }

  /** Picocli sets null before it reads a command line. */
  private void keep(String name, String value) {
    if (value == null) {
      given.remove(name);
    } else {
      given.put(name, value);
    }
  }

  private static ISetter setter(Consumer<Object> consumer) {
    return new ISetter() {
      @Override
      public <T> T set(T value) {
        consumer.accept(value);
        return value;
      }
    };
  }
}
