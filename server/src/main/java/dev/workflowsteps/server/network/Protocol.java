package dev.workflowsteps.server.network;

/** What a port speaks. */
public enum Protocol {
  /** Over HTTP/2 alone. */
  GRPC,
  /** Over HTTP/1 and HTTP/2. */
  REST
}
