/**
 * What an operator sees: metrics, health and the log. {@code Meters} makes every metric of our own
 * but those of the database; whoever has the figure records it there. Imports {@code config} and
 * {@code text}, and names of the contract; the composition roots and {@code grpc} may import it.
 */
package dev.workflowsteps.server.ops;
