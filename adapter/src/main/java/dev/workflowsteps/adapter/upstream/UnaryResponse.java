package dev.workflowsteps.adapter.upstream;

import io.grpc.Metadata;

/**
 * The answer to a unary call.
 *
 * @param message not to be changed
 * @param headers what came with it
 * @param written to be run when nothing of the message is needed any more
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record UnaryResponse(byte[] message, Metadata headers, Runnable written) {}
