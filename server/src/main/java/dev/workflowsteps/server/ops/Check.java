package dev.workflowsteps.server.ops;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * One thing that must be well for the server to answer calls.
 *
 * @param name one word, for example {@code database}
 * @param problem asks it now: empty if all is well, else a sentence that names cause and remedy.
 *     May block; an exception is a problem too.
 */
public record Check(String name, Supplier<Optional<String>> problem) {}
