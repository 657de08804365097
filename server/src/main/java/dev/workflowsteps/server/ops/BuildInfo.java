package dev.workflowsteps.server.ops;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The versions of the program and of Java.
 *
 * @param version of workflow-steps, for example {@code 0.1.0}
 * @param java the version of the Java that runs it, for example {@code 17.0.15+6}
 */
public record BuildInfo(String version, String java) {

  /** Read from a file that the build fills in, so tests have it too. */
  public static BuildInfo current() {
    var properties = new Properties();
    try (InputStream in = BuildInfo.class.getResourceAsStream("build.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("build.properties in the program's jar", e);
    }
    return new BuildInfo(properties.getProperty("version"), Runtime.version().toString());
  }
}
