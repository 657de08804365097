package dev.workflowsteps.server.config;

/**
 * Where the value of a setting comes from.
 *
 * @param text for example {@code environment WFS_REST_PORT}; fits behind "from"
 */
public record Origin(String text) {

  static final Origin DEFAULT = new Origin("default");

  static Origin file(String path) {
    return new Origin("file " + path);
  }

  static Origin environment(String variable) {
    return new Origin("environment " + variable);
  }

  static Origin flag(Setting<?> setting) {
    return new Origin("flag " + setting.flag());
  }

  @Override
  public String toString() {
    return text;
  }
}
