package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PoolArenaMetric;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkBuffersTest {

  private static final int BUFFERS = 1_000;
  private static final int BYTES = 32 << 10;

  /** Of the released buffers, those that come first. */
  private static final int STEP = 16;

  @Test
  void memory_isGivenBack_whenItsBuffersAreReleased() throws InterruptedException {
    long before = used();
    long[] most = new long[1];
    long[] after = new long[1];
    // As event loops are: others have no caches, and those that end lose theirs.
    Thread loop =
        new FastThreadLocalThread(
            () -> {
              List<ByteBuf> buffers = new ArrayList<>();
              for (int i = 0; i < BUFFERS; i++) {
                buffers.add(NetworkBuffers.POOL.directBuffer(BYTES));
              }
              most[0] = used();
              // Those that would be cached lie in every chunk.
              for (int first = 0; first < STEP; first++) {
                for (int i = first; i < BUFFERS; i += STEP) {
                  buffers.get(i).release();
                }
              }
              after[0] = used();
            });
    loop.start();
    loop.join();

    assertThat(most[0]).isGreaterThanOrEqualTo((long) BUFFERS * BYTES);
    assertThat(after[0] - before)
        .isLessThanOrEqualTo(2L * NetworkBuffers.POOL.metric().chunkSize());
  }

  @Test
  void server_usesThem() {
    long before = allocations();
    try (Edge edge = new Edge()) {
      assertThat(
              edge.steps(Edge.headers(edge.key("acme")))
                  .listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance())
                  .getDataCount())
          .isZero();
    }

    assertThat(allocations()).isGreaterThan(before);
  }

  private static long allocations() {
    return NetworkBuffers.POOL.metric().directArenas().stream()
        .mapToLong(PoolArenaMetric::numAllocations)
        .sum();
  }

  private static long used() {
    return NetworkBuffers.POOL.metric().usedDirectMemory();
  }
}
