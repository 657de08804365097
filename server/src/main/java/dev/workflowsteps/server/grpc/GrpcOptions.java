package dev.workflowsteps.server.grpc;

import java.time.Duration;

/**
 * How the gRPC server listens and works.
 *
 * @param host a name or an address
 * @param port 0..65535; 0 is any free one
 * @param threads the calls that are worked on at the same time
 * @param callTimeout the longest that a call is worked on, whatever deadline its caller sets
 */
public record GrpcOptions(String host, int port, int threads, Duration callTimeout) {}
