package dev.workflowsteps.server.network;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** Connections of HTTP/2 that send one kind of frame as fast as they can. */
public enum FrameFlood {

  /** Requests that are cancelled as soon as they are sent. */
  RAPID_RESET {
    @Override
    void unit(Frames out, int number, Map<String, String> request) {
      out.headers(stream(number), END_STREAM, request);
      out.frame(RST_STREAM, 0, stream(number), new byte[] {0, 0, 0, CANCEL});
    }
  },
  /** Requests that the server has to reset, because of an empty window update. */
  MADE_YOU_RESET {
    @Override
    void unit(Frames out, int number, Map<String, String> request) {
      out.headers(stream(number), 0, request);
      out.frame(WINDOW_UPDATE, 0, stream(number), new byte[4]);
    }
  },
  /** Headers that never end. */
  CONTINUATION {
    @Override
    void unit(Frames out, int number, Map<String, String> request) {
      out.frame(
          number == 0 ? HEADERS : CONTINUATION_FRAME, 0, 1, number == 0 ? block(request) : FIELD);
    }
  },
  /** A body of nothing. */
  EMPTY_DATA {
    @Override
    void unit(Frames out, int number, Map<String, String> request) {
      if (number == 0) {
        out.headers(1, 0, request);
      }
      out.frame(DATA, 0, 1, new byte[0]);
    }
  },
  /** A body of nothing but padding. */
  PADDED_DATA {
    @Override
    void unit(Frames out, int number, Map<String, String> request) {
      if (number == 0) {
        out.headers(1, 0, request);
      }
      out.frame(DATA, PADDED, 1, PADDING);
    }
  },
  PING {
    @Override
    void unit(Frames out, int number, Map<String, String> request) {
      out.frame(PING_FRAME, 0, 0, new byte[8]);
    }
  },
  SETTINGS {
    @Override
    void unit(Frames out, int number, Map<String, String> request) {
      out.frame(SETTINGS_FRAME, 0, 0, new byte[0]);
    }
  },
  /** Open requests, more than the server allows, by a client that has not heard of that. */
  STREAMS_BEFORE_ACKNOWLEDGEMENT {
    @Override
    void unit(Frames out, int number, Map<String, String> request) {
      out.headers(stream(number), 0, request);
    }
  };

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS_FRAME = 4;
  private static final int PING_FRAME = 6;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION_FRAME = 9;

  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int PADDED = 8;
  private static final byte CANCEL = 8;

  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);
  private static final byte[] FIELD = block(Map.of("x", "y"));

  /** Its first byte says how long the rest is. */
  private static final byte[] PADDING = ByteBuffer.allocate(64).put((byte) 63).array();

  private static final int CONNECT_MILLIS = 10_000;

  /** A server that says nothing for so long after the last frame has said all. */
  private static final int REST_MILLIS = 2_000;

  /**
   * How a flood went.
   *
   * @param resets streams that the server has reset
   * @param goAway the error of the last GOAWAY; -1 if there was none
   * @param closed whether the server has closed the connection
   */
  public record Outcome(int resets, int goAway, boolean closed) {}

  /**
   * The headers of a gRPC call.
   *
   * @param method its full name
   */
  public static Map<String, String> call(String method, String key) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(":method", "POST");
    headers.put(":scheme", "http");
    headers.put(":authority", "localhost");
    headers.put(":path", '/' + method);
    headers.put("content-type", "application/grpc");
    headers.put("te", "trailers");
    headers.put("api-key", key);
    return headers;
  }

  /** The headers of a request for a list over REST. */
  public static Map<String, String> request(String key) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(":method", "GET");
    headers.put(":scheme", "http");
    headers.put(":authority", "localhost");
    headers.put(":path", "/v1/workflows/steps");
    headers.put("api-key", key);
    return headers;
  }

  /** Adds the frames with this number, from 0 on. */
  abstract void unit(Frames out, int number, Map<String, String> request);

  private static int stream(int number) {
    return 2 * number + 1;
  }

  /**
   * Opens a connection and floods it.
   *
   * @param from where it comes from
   * @param units how many there are, unless the server ends it before
   * @param request the headers of a request, in order
   */
  public Outcome run(InetAddress from, InetSocketAddress to, int units, Map<String, String> request)
      throws IOException, InterruptedException {
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(from, 0));
      socket.connect(to, CONNECT_MILLIS);
      Answers answers = new Answers(socket);
      Thread reader = new Thread(answers, "flood-reader");
      reader.setDaemon(true);
      reader.start();
      send(socket, units, request);
      Outcome before;
      Outcome outcome = answers.outcome();
      do {
        before = outcome;
        reader.join(REST_MILLIS);
        outcome = answers.outcome();
      } while (!outcome.closed() && !outcome.equals(before));
      return outcome;
    }
  }

  private void send(Socket socket, int units, Map<String, String> request) {
    Frames frames = new Frames();
    frames.bytes.writeBytes(PREFACE);
    frames.frame(SETTINGS_FRAME, 0, 0, new byte[0]);
    try {
      OutputStream out = socket.getOutputStream();
      for (int number = 0; number < units; number++) {
        unit(frames, number, request);
        if (number % 100 == 99 || number == units - 1) {
          out.write(frames.bytes.toByteArray());
          frames.bytes.reset();
        }
      }
    } catch (IOException closed) {
      // By the server.
    }
  }

  /** Literals that are not added to the table. Names and values are shorter than 127 bytes. */
  private static byte[] block(Map<String, String> fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    fields.forEach(
        (name, value) -> {
          block.write(0);
          for (String text : new String[] {name, value}) {
            block.write(text.length());
            block.writeBytes(text.getBytes(US_ASCII));
          }
        });
    return block.toByteArray();
  }

  /** Frames to be sent. */
  static final class Frames {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    void headers(int stream, int flags, Map<String, String> fields) {
      frame(HEADERS, END_HEADERS | flags, stream, block(fields));
    }

    void frame(int type, int flags, int stream, byte[] payload) {
      bytes.writeBytes(
          ByteBuffer.allocate(9)
              .putInt(payload.length << 8 | type)
              .put((byte) flags)
              .putInt(stream)
              .array());
      bytes.writeBytes(payload);
    }
  }

  /** What the server says; nothing is acknowledged. */
  private static final class Answers implements Runnable {

    private final Socket socket;
    private int resets;
    private int goAway = -1;
    private boolean closed;

    Answers(Socket socket) {
      this.socket = socket;
    }

    @Override
    public void run() {
      try {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        while (true) {
          int lengthAndType = in.readInt();
          in.skipNBytes(5);
          byte[] payload = in.readNBytes(lengthAndType >>> 8);
          take(lengthAndType & 0xff, payload);
        }
      } catch (IOException end) {
        close();
      }
    }

    private synchronized void take(int type, byte[] payload) {
      if (type == RST_STREAM) {
        resets++;
      } else if (type == GOAWAY) {
        goAway = ByteBuffer.wrap(payload).getInt(4);
      }
    }

    private synchronized void close() {
      closed = true;
    }

    synchronized Outcome outcome() {
      return new Outcome(resets, goAway, closed);
    }
  }
}
