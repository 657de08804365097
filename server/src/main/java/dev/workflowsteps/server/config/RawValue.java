package dev.workflowsteps.server.config;

/** The text that a source gives for a setting. */
record RawValue(String text, Origin origin) {

  /** The value itself. */
  <T> T read(Setting<T> setting) {
    return setting.parse(text).orElseThrow(() -> refused(setting));
  }

  /** The text as it may be printed: as given, but for secrets. */
  String shown(Setting<?> setting) {
    return setting.holdsSecret() ? read(setting).toString() : text;
  }

  private StartupException refused(Setting<?> setting) {
    // What can't be read as a URL may still hold a password somewhere.
    String value = setting.holdsSecret() && !text.isBlank() ? Secret.HIDDEN : quotedIfBlank();
    return new StartupException(
        ExitCode.CONFIGURATION,
        setting.name()
            + ": "
            + value
            + " (expected: "
            + setting.expected()
            + "; from "
            + origin
            + ")");
  }

  private String quotedIfBlank() {
    return text.isBlank() ? "\"" + text + "\"" : text;
  }
}
