/**
 * Metrics, health and the log. Imports only {@code config}; the composition root and {@code grpc}
 * may import it.
 */
package dev.workflowsteps.server.ops;
