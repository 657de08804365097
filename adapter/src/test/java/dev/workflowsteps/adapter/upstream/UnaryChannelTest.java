package dev.workflowsteps.adapter.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UnaryChannelTest {

  private static final int CALLS = 300;
  private static final int CONNECTIONS = 200;
  private static final int CONNECTION_MILLIS = 5;

  /** HTTP/2's, without a setting. */
  private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

  private final AtomicInteger ended = new AtomicInteger();
  private final Set<Status.Code> codes = ConcurrentHashMap.newKeySet();

  /** While gRPC writes and while it waits, in each of several hundred calls. */
  @Test
  void callsWhoseConnectionEnds_areUnavailable() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      new Thread(() -> endConnections(server), "server").start();
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", server.getLocalPort()).usePlaintext().build();
      try {
        call(UnaryChannel.of(channel));
      } finally {
        channel.shutdownNow();
      }
    }

    assertThat(codes).containsExactly(Status.Code.UNAVAILABLE);
  }

  private void call(UnaryChannel channel) throws InterruptedException {
    Semaphore inFlight = new Semaphore(CALLS);
    while (ended.get() < CONNECTIONS) {
      inFlight.acquire();
      Futures.addCallback(
          channel.call(FakeServer.READ, new byte[100], new Metadata(), CallOptions.DEFAULT),
          new FutureCallback<>() {
            @Override
            public void onSuccess(UnaryResponse answer) {
              codes.add(Status.Code.OK);
              inFlight.release();
            }

            @Override
            public void onFailure(Throwable cause) {
              codes.add(Status.fromThrowable(cause).getCode());
              inFlight.release();
            }
          },
          MoreExecutors.directExecutor());
    }
    inFlight.acquire(CALLS);
  }

  /** As the system does for a process that was killed: it says first that nothing more comes. */
  private void endConnections(ServerSocket server) {
    try {
      while (true) {
        try (Socket connection = server.accept()) {
          connection.getOutputStream().write(SETTINGS);
          TimeUnit.MILLISECONDS.sleep(CONNECTION_MILLIS);
          connection.shutdownOutput();
          TimeUnit.MILLISECONDS.sleep(CONNECTION_MILLIS);
        }
        ended.incrementAndGet();
      }
    } catch (IOException | InterruptedException e) {
      // The test is over.
    }
  }
}
