package dev.workflowsteps.server.grpc;

import io.netty.buffer.PooledByteBufAllocator;

/** The memory for what comes from connections and goes to them. */
final class NetworkBuffers {

  /** Pages of a chunk, as a power of two: 2 MiB, like gRPC's own pool. */
  private static final int CHUNK_ORDER = 8;

  private static final int NO_CACHE = 0;

  /**
   * A pool that gives nearly every chunk back as soon as nothing in it is used. With Netty's usual
   * caches, each thread keeps a few buffers of whatever it has freed, and with them most chunks
   * that it had at its busiest: event loops that take turns with large messages would hold them
   * all.
   */
  static final PooledByteBufAllocator POOL =
      new PooledByteBufAllocator(
          true,
          PooledByteBufAllocator.defaultNumHeapArena(),
          PooledByteBufAllocator.defaultNumDirectArena(),
          PooledByteBufAllocator.defaultPageSize(),
          CHUNK_ORDER,
          NO_CACHE,
          NO_CACHE,
          false);

  private NetworkBuffers() {}
}
