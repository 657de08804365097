/**
 * What an operator sees: metrics, health and the log. Imports {@code config} and nothing else of
 * the project; the composition root and {@code grpc} may import it.
 */
package dev.workflowsteps.server.ops;
