/**
 * The domain: what a step is, how it is asked for, in what order it is answered, and what a storage
 * must do.
 *
 * <p>The generated {@code WorkflowStep} is its step. Imports {@code text}, {@code encoding} and the
 * generated messages, nothing else of the server. Sees neither {@code io.grpc} nor {@code java.sql}
 * nor Armeria. Every other package of the server may import it.
 */
package dev.workflowsteps.server.steps;
