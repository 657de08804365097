package dev.workflowsteps.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class GracefulShutdownTest {

  private final List<String> done = new CopyOnWriteArrayList<>();
  private final CountDownLatch read = new CountDownLatch(1);

  private final RunningService service =
      new RunningService() {
        @Override
        public List<Line> lines() {
          return List.of();
        }

        @Override
        public void announceStop() {
          done.add("announced");
        }

        @Override
        public CompletableFuture<String> broken() {
          return new CompletableFuture<>();
        }

        @Override
        public void close() {
          done.add("closed");
        }
      };

  private final OutputStream pipe =
      new OutputStream() {
        @Override
        public void write(int b) {
          Uninterruptibles.awaitUninterruptibly(read);
        }
      };

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void stop_doesNotWaitForWhoeverReadsStderr() {
    new GracefulShutdown(service, Duration.ZERO, new PrintWriter(pipe)).run();

    assertThat(done).containsExactly("announced", "closed");
    read.countDown();
  }
}
