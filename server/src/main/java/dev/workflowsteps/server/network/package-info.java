/**
 * The connections of a port, before any protocol's library sees them: how many there may be, whose,
 * for how long without a key, and what frames of HTTP/2 they may send. For gRPC and REST alike.
 */
package dev.workflowsteps.server.network;
