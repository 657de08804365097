package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.CheckedSettings;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.config.StartupException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The flags that commands share: {@code --demo}, {@code --config} and one for each of a list of
 * settings. They are made from the settings' definitions, so picocli's annotations can't be used.
 */
public final class CommonOptions {

  private static final String CONFIG = "config";

  private final OptionSpec demo =
      OptionSpec.builder("--demo")
          .type(boolean.class)
          .description("Use a separate database with sample data.")
          .build();

  /** By the names of the settings. */
  private final Map<String, OptionSpec> flags = new HashMap<>();

  private final List<OptionSpec> inOrder = new ArrayList<>();

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
    if (takesDemo) {
      inOrder.add(demo);
    }
    add(CONFIG, "FILE", "Read settings from this .properties file. Variable: WFS_CONFIG.");
    settings.forEach(setting -> add(setting.name(), setting.label(), setting.help()));
  }

  private void add(String name, String label, String description) {
    OptionSpec flag =
        OptionSpec.builder("--" + name)
            .type(String.class)
            .paramLabel(label)
            .description(description.replace("%", "%%"))
            .build();
    flags.put(name, flag);
    inOrder.add(flag);
  }

  /** Adds the flags to a command and returns it. */
  public CommandLine addTo(CommandLine command) {
    ArgGroupSpec.Builder group =
        ArgGroupSpec.builder()
            .exclusive(false)
            .validate(false)
            .multiplicity("0..1")
            .order(Integer.MAX_VALUE)
            .heading(
                "%nSettings (also as variables like WFS_DATA_DIR, or in the file of --config):%n");
    inOrder.forEach(group::addArg);
    command.getCommandSpec().addArgGroup(group.build());
    return command;
  }

  /** Whether to use the demo's data. */
  public boolean demo() {
    return Boolean.TRUE.equals(demo.getValue());
  }

  /**
   * Reads all sources of settings.
   *
   * @throws StartupException with {@code CONFIGURATION}, also for the demo's data in an external
   *     database
   */
  public Settings load(Map<String, String> environment) {
    return check(environment).orThrow();
  }

  /** As {@link #load}, for somebody who goes on with what is valid. */
  CheckedSettings check(Map<String, String> environment) {
    Map<String, String> given = new HashMap<>();
    flags.forEach(
        (name, flag) -> {
          if (flag.getValue() != null) {
            given.put(name, flag.getValue());
          }
        });
    CheckedSettings checked = Settings.check(given, environment);
    boolean isExternal = checked.settings().find(Setting.DATABASE_URL).isPresent();
    return demo() && isExternal
        ? checked.plus(
            Setting.DATABASE_URL,
            "--demo: given together with database-url (the demo has an embedded database of its own);"
                + " remove one of them")
        : checked;
  }
}
