package dev.workflowsteps.adapter;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/**
 * Writes what a release says about the commands: a manual page of each, as AsciiDoc, and the
 * completion for bash and zsh. The build of a release runs it; it is no test.
 */
final class CommandDocuments {

  /**
   * @param arguments the directory of the pages, and the file of the completion
   */
  public static void main(String... arguments) throws IOException {
    CommandLine commands = Main.commandLine(Map.of());
    sortOptions(commands);
    File pages = new File(arguments[0]);
    Files.createDirectories(pages.toPath());
    int failed =
        ManPageGenerator.generateManPage(
            pages, null, new boolean[0], true, commands.getCommandSpec());
    if (failed != 0) {
      throw new IOException("The manual pages can't be written to " + pages + ".");
    }
    Path completion = Path.of(arguments[1]);
    Files.createDirectories(completion.getParent());
    Files.writeString(
        completion, AutoComplete.bash(commands.getCommandName(), commands), StandardCharsets.UTF_8);
  }

  /** By their names: Java lists the methods that take options in another order each time. */
  private static void sortOptions(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    List<OptionSpec> options =
        spec.options().stream()
            .filter(option -> option.group() == null)
            .sorted(Comparator.comparing(OptionSpec::longestName))
            .toList();
    options.forEach(spec::remove);
    options.forEach(spec::addOption);
    command.getSubcommands().values().forEach(CommandDocuments::sortOptions);
  }

  private CommandDocuments() {}
}
