/**
 * The records of what steps produced: their rules, the use case of writing them, and the interface
 * of their storage. A list of them has the order of their steps.
 *
 * <p>Imports {@code steps}, and {@code call}, {@code listing} and {@code text} as that does. {@code
 * stores}, {@code document}, {@code postgres}, {@code grpc} and {@code cli} import it.
 */
package dev.workflowsteps.server.artifacts;
