package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.auth.ApiKey;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The id of a key, as a command's only argument. */
final class KeyIdParameter {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  private String keyId;

  @Parameters(
      index = "0",
      paramLabel = "KEY_ID",
      description = "The 8 characters that keys list shows; they follow wfs_ in the key.")
  void read(String text) {
    if (!ApiKey.isKeyId(text)) {
      // Not echoed: it may be a whole key.
      throw new ParameterException(
          command.commandLine(),
          "KEY_ID: " + text.length() + " characters (expected: the 8 that keys list shows)");
    }
    keyId = text;
  }

  String keyId() {
    return keyId;
  }
}
