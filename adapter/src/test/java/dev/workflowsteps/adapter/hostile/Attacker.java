package dev.workflowsteps.adapter.hostile;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.workflowsteps.contract.Limits;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.server.grpc.RawBytes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Callers that no client library is, in a process of their own. Prints {@link #BEGUN} when all of
 * them are at work, and a line for each that the server has ended or answered.
 */
final class Attacker {

  static final String BEGUN = "begun";

  /** Begins the line of a caller that was ended: the milliseconds until then, and the outcome. */
  static final String ENDED = "ended ";

  private static final int PATIENCE_SECONDS = 60;

  /** For a window to send in. */
  private static final int MOST_WAIT_MILLIS = 100;

  /** Rows of a page that is as large as a page gets, of steps of 100 KB. */
  private static final String LARGE_PAGE = "/v1/workflows/steps?run_id=" + Data.RUN + "&limit=36";

  private static final int STREAMS_OF_CONNECTION = 10;

  private final String rest;
  private final String grpc;
  private final String key;
  private final int count;
  private final long begin = System.nanoTime();
  private final CountDownLatch open;

  private Attacker(String rest, String grpc, String key, int count) {
    this.rest = rest;
    this.grpc = grpc;
    this.key = key;
    this.count = count;
    this.open = new CountDownLatch(count);
  }

  /** Arguments: what to do, the places of REST and gRPC, a key, how many. */
  public static void main(String[] arguments) throws Exception {
    Attacker attacker =
        new Attacker(arguments[1], arguments[2], arguments[3], Integer.parseInt(arguments[4]));
    switch (arguments[0]) {
      case "stalled-streams" -> attacker.stall();
      case "slow-readers" -> attacker.readSlowly();
      case "half-messages" -> attacker.sendHalf();
      case "large-writes" -> attacker.write();
      default -> attacker.send(arguments[0]);
    }
    boolean unused = attacker.open.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    System.exit(0);
  }

  private synchronized void ended(String outcome) {
    System.out.println(
        ENDED + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin) + ' ' + outcome);
    open.countDown();
  }

  /** Streams over gRPC and REST whose answers may not be sent: their windows are closed. */
  private void stall() throws IOException {
    byte[] message =
        message(
            ListWorkflowStepsRequest.newBuilder()
                .setRunId(Data.RUN)
                .setLimit(36)
                .build()
                .toByteArray());
    for (int i = 0; i < count; i += STREAMS_OF_CONNECTION) {
      boolean overGrpc = i / STREAMS_OF_CONNECTION % 2 == 0;
      Streams streams = new Streams(overGrpc ? grpc : rest, 0, STREAMS_OF_CONNECTION);
      for (int stream : streams.ids()) {
        if (overGrpc) {
          streams.call(stream, "ListWorkflowSteps");
          streams.connection.data(stream, message, message.length);
          streams.connection.end(stream);
        } else {
          streams.connection.headers(
              stream,
              true,
              ":method",
              "GET",
              ":scheme",
              "http",
              ":authority",
              "localhost",
              ":path",
              LARGE_PAGE,
              "api-key",
              key);
        }
      }
    }
    System.out.println(BEGUN);
  }

  /**
   * Messages of which the second half is never sent. The first ones are charged with the memory
   * that there is for them, and are left to wait.
   */
  private void sendHalf() throws IOException, InterruptedException {
    List<Streams> connections = new ArrayList<>();
    byte[] prefix = ByteBuffer.allocate(5).putInt(1, Limits.MAX_REQUEST_BYTES).array();
    for (int i = 0; i < count; i += STREAMS_OF_CONNECTION) {
      Streams streams = new Streams(grpc, 0, STREAMS_OF_CONNECTION);
      for (int stream : streams.ids()) {
        streams.call(stream, "RecordWorkflowSteps");
        streams.connection.data(stream, prefix, prefix.length);
      }
      connections.add(streams);
    }
    System.out.println(BEGUN);
    for (Streams streams : connections) {
      for (int stream : streams.ids()) {
        streams.sendAll(stream, Limits.MAX_REQUEST_BYTES / 2);
      }
    }
  }

  /** Streams of one connection that are open. */
  private final class Streams {

    private final List<Integer> open = Collections.synchronizedList(new ArrayList<>());
    private final Http2Connection connection;
    private final String protocol;

    Streams(String target, int window, int count) throws IOException {
      protocol = target.equals(grpc) ? "grpc-" : "rest-";
      for (int i = 0; i < count; i++) {
        open.add(2 * i + 1);
      }
      connection = new Http2Connection(target, window, this::end);
    }

    List<Integer> ids() {
      return List.copyOf(open);
    }

    private void end(int stream, String how) {
      if (stream == 0) {
        ids().forEach(each -> end(each, how));
      } else if (open.remove((Integer) stream)) {
        ended(protocol + how);
      }
    }

    void call(int stream, String method) throws IOException {
      connection.headers(
          stream,
          false,
          ":method",
          "POST",
          ":scheme",
          "http",
          ":authority",
          "localhost",
          ":path",
          '/' + WorkflowStepsServiceGrpc.SERVICE_NAME + '/' + method,
          "content-type",
          "application/grpc",
          "te",
          "trailers",
          "api-key",
          key);
    }

    /** Sends so many zeros, unless the stream is ended before, or takes none for a while. */
    void sendAll(int stream, int count) throws InterruptedException {
      byte[] zeros = new byte[16 << 10];
      int left = count;
      int waited = 0;
      try {
        while (left > 0 && waited < MOST_WAIT_MILLIS && open.contains(stream)) {
          int sent = connection.data(stream, zeros, Math.min(zeros.length, left));
          left -= sent;
          if (sent > 0) {
            waited = 0;
          } else {
            TimeUnit.MILLISECONDS.sleep(1);
            waited++;
          }
        }
      } catch (IOException gone) {
        end(0, "closed");
      }
    }
  }

  /** Connections of HTTP/1.1 that read a kilobyte in a second. */
  private void readSlowly() throws IOException, InterruptedException {
    String[] hostAndPort = rest.split(":");
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Socket socket = new Socket();
      socket.setReceiveBufferSize(4 << 10);
      socket.connect(new InetSocketAddress(hostAndPort[0], Integer.parseInt(hostAndPort[1])));
      socket.setSoTimeout(1);
      socket
          .getOutputStream()
          .write(
              ("GET "
                      + LARGE_PAGE
                      + " HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\napi-key: "
                      + key
                      + "\r\n\r\n")
                  .getBytes(US_ASCII));
      sockets.add(socket);
    }
    System.out.println(BEGUN);
    byte[] kilobyte = new byte[1 << 10];
    for (int second = 0; second < PATIENCE_SECONDS && !sockets.isEmpty(); second++) {
      TimeUnit.SECONDS.sleep(1);
      sockets.removeIf(socket -> isAtItsEnd(socket, kilobyte));
    }
  }

  private boolean isAtItsEnd(Socket socket, byte[] kilobyte) {
    try {
      if (socket.getInputStream().read(kilobyte) >= 0) {
        return false;
      }
      ended("closed");
    } catch (SocketTimeoutException nothing) {
      return false;
    } catch (IOException reset) {
      ended("reset");
    }
    return true;
  }

  private void write() {
    send("RecordWorkflowSteps", LargeMessages.batch(), CallOptions.DEFAULT);
  }

  private void send(String shape) throws IOException {
    send(
        shape.endsWith("-list") ? "ListWorkflowSteps" : "RecordWorkflowSteps",
        LargeMessages.gzipped(shape),
        CallOptions.DEFAULT.withCompression("gzip"));
  }

  /** The same message, all at once. */
  private void send(String name, byte[] message, CallOptions options) {
    MethodDescriptor<byte[], byte[]> method =
        RawBytes.method(MethodType.UNARY, WorkflowStepsServiceGrpc.SERVICE_NAME + '/' + name);
    CompressorRegistry compressors = CompressorRegistry.newEmptyInstance();
    compressors.register(new AlreadyCompressed());
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(grpc).usePlaintext().compressorRegistry(compressors).build();
    System.out.println(BEGUN);
    for (int i = 0; i < count; i++) {
      // Of its own: each call writes into it, and they begin at the same time.
      Metadata headers = new Metadata();
      headers.put(Metadata.Key.of("api-key", Metadata.ASCII_STRING_MARSHALLER), key);
      ClientCall<byte[], byte[]> call = channel.newCall(method, options);
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onClose(Status status, Metadata trailers) {
              ended(GrpcSender.outcome(status, trailers));
            }
          },
          headers);
      call.request(2);
      call.sendMessage(message);
      call.halfClose();
    }
  }

  private static byte[] message(byte[] message) {
    return ByteBuffer.allocate(5 + message.length)
        .putInt(1, message.length)
        .put(5, message)
        .array();
  }

  /** Says that a message is compressed, which it is. */
  private static final class AlreadyCompressed implements Compressor {
    @Override
    public String getMessageEncoding() {
      return "gzip";
    }

    @Override
    public OutputStream compress(OutputStream out) {
      return out;
    }
  }
}
