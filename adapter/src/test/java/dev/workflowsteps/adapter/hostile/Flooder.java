package dev.workflowsteps.adapter.hostile;

import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.server.network.FrameFlood;
import dev.workflowsteps.server.network.FrameFlood.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Opens connections from addresses of its own, in a process of its own. Reads commands, and prints
 * {@link #DONE} after each.
 */
final class Flooder {

  static final String DONE = "done";

  /**
   * With these arguments: a place, how many connections to open and hold, how many a second at most
   * (0 = as many as it can), and for those to REST perhaps a key that each of them shows.
   */
  static final String HOLD = "hold";

  /** Arguments of a flood: its name, {@code rest} or {@code grpc}, a place, a key. */
  static final String REST = "rest";

  private static final int UNITS = 20_000;
  private static final int CONNECTIONS = 4;

  /** 127.0.0.2 and up. */
  private static final int ADDRESSES = 32;

  private static final int CONNECT_MILLIS = 2_000;
  private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

  private final List<SocketChannel> held = new ArrayList<>();

  private Flooder() {}

  public static void main(String[] arguments) throws Exception {
    Flooder flooder = new Flooder();
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String[] command = line.split(" ");
      if (command[0].equals(HOLD)) {
        flooder.hold(
            command[1],
            Integer.parseInt(command[2]),
            Integer.parseInt(command[3]),
            command.length > 4 ? Optional.of(command[4]) : Optional.empty());
      } else {
        flood(command);
      }
      System.out.println(DONE);
    }
  }

  private static InetSocketAddress place(String text) {
    String[] hostAndPort = text.split(":");
    return new InetSocketAddress(hostAndPort[0], Integer.parseInt(hostAndPort[1]));
  }

  static InetAddress address(int number) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (2 + number % ADDRESSES)});
  }

  /** Prints how many of them were ended or answered: {@code ended N of M; resets R}. */
  private static void flood(String[] command) throws Exception {
    FrameFlood flood = FrameFlood.valueOf(command[0]);
    String key = command[3];
    AtomicInteger ended = new AtomicInteger();
    AtomicInteger resets = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      InetAddress from = address(i);
      Thread thread =
          new Thread(
              () -> {
                try {
                  Outcome outcome =
                      flood.run(
                          from,
                          place(command[2]),
                          UNITS,
                          command[1].equals(REST)
                              ? FrameFlood.request(key)
                              : FrameFlood.call(
                                  WorkflowStepsServiceGrpc.getListWorkflowStepsMethod()
                                      .getFullMethodName(),
                                  key));
                  resets.addAndGet(outcome.resets());
                  if (outcome.closed()) {
                    ended.incrementAndGet();
                  }
                } catch (IOException | InterruptedException e) {
                  System.err.println(e);
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.println(ended + " " + CONNECTIONS + " " + resets);
  }

  private static byte[] list(String key) {
    return ("GET /v1/workflows/steps?limit=1 HTTP/1.1\r\nhost: localhost\r\napi-key: "
            + key
            + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** As many as possible; prints how many, which the server may have closed again. */
  private void hold(String place, int count, int rate, Optional<String> key)
      throws IOException, InterruptedException {
    int opened = 0;
    long begin = System.nanoTime();
    try {
      for (int i = 0; i < count; i++) {
        long early = rate == 0 ? 0 : begin + i * NANOS / rate - System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(early);
        SocketChannel channel = SocketChannel.open();
        held.add(channel);
        Socket socket = channel.socket();
        socket.bind(new InetSocketAddress(address(i), 0));
        socket.connect(place(place), CONNECT_MILLIS);
        opened++;
        if (key.isPresent()) {
          socket.getOutputStream().write(list(key.get()));
        }
      }
    } catch (IOException e) {
      System.err.println("after " + opened + " connections: " + e);
    }
    System.out.println(opened);
  }
}
