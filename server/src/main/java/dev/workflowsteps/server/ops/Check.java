package dev.workflowsteps.server.ops;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * One condition for the server to answer calls.
 *
 * @param name one word, for example {@code database}
 * @param problem checks it now: empty if it holds, else a sentence that names cause and remedy. May
 *     block; an exception counts as a problem.
 */
public record Check(String name, Supplier<Optional<String>> problem) {}
