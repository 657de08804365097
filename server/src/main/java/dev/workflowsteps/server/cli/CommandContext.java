package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.document.DocumentWriter;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.util.Map;

/**
 * What the commands get from the process that runs them.
 *
 * @param version of the program
 * @param variables the environment of the process
 * @param input stdin
 * @param output stdout, for exported documents
 * @param terminal whether stderr is a terminal that a person looks at ({@link Terminal#isStderr})
 */
public record CommandContext(
    String version,
    Map<String, String> variables,
    InputStream input,
    OutputStream output,
    boolean terminal,
    Clock clock,
    Storage.Opener storage,
    SchemaMigrator migrator,
    DocumentWriter documents,
    ServerCheck check) {}
