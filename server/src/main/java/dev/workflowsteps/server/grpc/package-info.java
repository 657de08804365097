/**
 * The edge: the only package that sees {@code io.grpc}. A call is decoded into a valid question,
 * answered by a use case, and encoded; whatever fails leaves as a row of the error table.
 */
package dev.workflowsteps.server.grpc;
