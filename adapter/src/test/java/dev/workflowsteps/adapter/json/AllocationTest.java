package dev.workflowsteps.adapter.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.server.Allocations;
import dev.workflowsteps.server.document.Documents;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class AllocationTest {

  private static final int STEPS = 50;
  private static final int PAGES = 200;
  private static final long MAX_BYTES_PER_PAGE = 1_024;

  private final MessageWriter writer =
      MessageWriter.compile(ListWorkflowStepsResponse.getDescriptor());

  @Test
  void write_pageIntoPooledBuffer_allocatesNextToNothing() throws Exception {
    List<String> documents = new ArrayList<>();
    while (documents.size() < STEPS) {
      documents.addAll(Documents.lines(Documents.SEED));
    }
    byte[] page = Pages.page(documents);

    long allocated = Allocations.of(Executors.callable(() -> print(page)));

    assertThat(allocated / PAGES).isLessThan(MAX_BYTES_PER_PAGE);
  }

  private void print(byte[] page) {
    ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
    for (int i = 0; i < PAGES; i++) {
      try (JsonOutput out = new JsonOutput(allocator, page.length)) {
        writer.write(page, out);
      }
    }
  }
}
