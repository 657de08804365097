package dev.workflowsteps.server.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The flag {@code --output} of commands that print data. */
final class OutputOption {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  private boolean json;

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      description =
          "How to print data on stdout: text, or json, one object in a line. Default: text.")
  void setFormat(String text) {
    json =
        switch (text) {
          case "text" -> false;
          case "json" -> true;
          default ->
              throw new ParameterException(
                  command.commandLine(), "--output: " + text + " (expected: text or json)");
        };
  }

  boolean isJson() {
    return json;
  }
}
