package dev.workflowsteps.server.cli;

import java.io.InputStream;
import java.time.Clock;
import java.util.Map;

/**
 * What the commands get from outside.
 *
 * @param version of the program
 * @param variables the environment of the process
 * @param input stdin
 * @param terminal whether stderr is a terminal that a person looks at ({@link Terminal#isStderr})
 */
public record Environment(
    String version,
    Map<String, String> variables,
    InputStream input,
    boolean terminal,
    Clock clock,
    StorageOpener storage,
    Migrator migrator) {}
