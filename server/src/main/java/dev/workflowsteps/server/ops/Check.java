package dev.workflowsteps.server.ops;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * A condition that must hold before the server is ready.
 *
 * @param name one word, for example {@code database}
 * @param problem checks the condition: empty if it holds, else a sentence with cause and remedy.
 *     May block; an exception counts as a problem.
 */
public record Check(String name, Supplier<Optional<String>> problem) {}
