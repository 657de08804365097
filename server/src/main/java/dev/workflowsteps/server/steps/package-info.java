/**
 * The domain: what a step is, how it is asked for, in what order it is answered, and what a storage
 * must do.
 *
 * <p>Depends on nothing of the project but the generated messages' wire format. Sees neither {@code
 * io.grpc} nor {@code java.sql} nor Armeria. Every other package of the server may import it.
 */
package dev.workflowsteps.server.steps;
