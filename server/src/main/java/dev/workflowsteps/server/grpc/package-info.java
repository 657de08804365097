/**
 * The edge: the only package that sees {@code io.grpc}. A call is decoded into a valid question,
 * answered by a use case, and encoded; whatever fails leaves as a row of the error table.
 *
 * <p>{@code UnaryCall} is one call from its headers to its end, {@code UnaryCalls} what all of them
 * share. {@code NetworkCalls} brings those that come over the port, {@code LocalCalls} those of
 * REST in the same process.
 */
package dev.workflowsteps.server.grpc;
