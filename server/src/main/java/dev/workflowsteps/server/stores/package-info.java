/**
 * The list of stores that a server or a command works on. {@code postgres} makes it; {@code grpc}
 * and {@code cli} take it.
 */
package dev.workflowsteps.server.stores;
