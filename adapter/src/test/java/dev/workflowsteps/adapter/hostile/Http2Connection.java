package dev.workflowsteps.adapter.hostile;

import static dev.workflowsteps.adapter.RawHttp2.ACK;
import static dev.workflowsteps.adapter.RawHttp2.DATA;
import static dev.workflowsteps.adapter.RawHttp2.END_HEADERS;
import static dev.workflowsteps.adapter.RawHttp2.END_STREAM;
import static dev.workflowsteps.adapter.RawHttp2.GOAWAY;
import static dev.workflowsteps.adapter.RawHttp2.HEADERS;
import static dev.workflowsteps.adapter.RawHttp2.INITIAL_WINDOW_SIZE;
import static dev.workflowsteps.adapter.RawHttp2.PING;
import static dev.workflowsteps.adapter.RawHttp2.RST_STREAM;
import static dev.workflowsteps.adapter.RawHttp2.SETTINGS;
import static dev.workflowsteps.adapter.RawHttp2.WINDOW_UPDATE;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.workflowsteps.adapter.RawHttp2;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A connection of HTTP/2, frame by frame, for callers that no client library is: that read nothing,
 * or send half a message. What is written heeds the server's windows.
 */
final class Http2Connection implements AutoCloseable {

  private static final int USUAL_WINDOW = 65_535;
  private static final int MOST_FRAME = 16 << 10;

  private final Socket socket;
  private final OutputStream out;
  private final Ending ended;

  /** Hears how a stream ended: by its last frame, a reset, or the end of the connection (0). */
  interface Ending {
    void ended(int stream, String how);
  }

  /** What may be sent, of the whole connection under 0. */
  private final Map<Integer, Integer> windows = new HashMap<>();

  private int initialWindow = USUAL_WINDOW;

  /** How the connection ends. */
  private volatile String goaway = "closed";

  /**
   * @param window how much the server may send on a stream; nobody reads it
   * @param ended hears of each stream that the server ended
   */
  Http2Connection(String target, int window, Ending ended) throws IOException {
    String[] hostAndPort = target.split(":");
    this.socket = new Socket(hostAndPort[0], Integer.parseInt(hostAndPort[1]));
    this.out = socket.getOutputStream();
    this.ended = ended;
    windows.put(0, USUAL_WINDOW);
    out.write(RawHttp2.begin(window));
    Thread reader = new Thread(this::read);
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Begins a request.
   *
   * @param stream odd, and higher than those before
   * @param namesAndValues of headers, none longer than 126 characters
   */
  synchronized void headers(int stream, boolean end, String... namesAndValues) throws IOException {
    windows.put(stream, initialWindow);
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      block.write(0); // A literal that is not added to the table.
      for (String text : new String[] {namesAndValues[i], namesAndValues[i + 1]}) {
        block.write(text.length());
        block.writeBytes(text.getBytes(US_ASCII));
      }
    }
    frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block.toByteArray(), block.size());
  }

  /**
   * Sends as much of the first bytes as one frame and the windows take.
   *
   * @return how much that was
   */
  synchronized int data(int stream, byte[] bytes, int length) throws IOException {
    int sent =
        Math.min(
            Math.min(length, MOST_FRAME),
            Math.min(windows.get(0), windows.getOrDefault(stream, 0)));
    if (sent > 0) {
      windows.merge(0, -sent, Integer::sum);
      windows.merge(stream, -sent, Integer::sum);
      frame(DATA, 0, stream, bytes, sent);
    }
    return Math.max(sent, 0);
  }

  /** Ends the request. */
  void end(int stream) throws IOException {
    frame(DATA, END_STREAM, stream, new byte[0], 0);
  }

  private synchronized void frame(int type, int flags, int stream, byte[] payload, int length)
      throws IOException {
    out.write(RawHttp2.frame(type, flags, stream, Arrays.copyOf(payload, length)));
  }

  private void read() {
    try (DataInputStream in = new DataInputStream(socket.getInputStream())) {
      while (true) {
        int lengthAndType = in.readInt();
        int flags = in.readUnsignedByte();
        int stream = in.readInt() & Integer.MAX_VALUE;
        byte[] payload = new byte[lengthAndType >>> 8];
        in.readFully(payload);
        take(lengthAndType & 0xff, flags, stream, payload);
      }
    } catch (IOException end) {
      ended.ended(0, goaway);
    }
  }

  private void take(int type, int flags, int stream, byte[] payload) throws IOException {
    switch (type) {
      case DATA, HEADERS -> {
        if ((flags & END_STREAM) != 0) {
          ended.ended(stream, "answered");
        }
      }
      case RST_STREAM -> ended.ended(stream, "reset-" + ByteBuffer.wrap(payload).getInt());
      case SETTINGS -> {
        if ((flags & ACK) == 0) {
          settings(ByteBuffer.wrap(payload));
        }
      }
      case PING -> {
        if ((flags & ACK) == 0) {
          frame(PING, ACK, 0, payload, payload.length);
        }
      }
      case GOAWAY -> goaway = "goaway-" + ByteBuffer.wrap(payload).getInt(4);
      case WINDOW_UPDATE -> grant(stream, ByteBuffer.wrap(payload).getInt());
      default -> {}
    }
  }

  private synchronized void settings(ByteBuffer settings) throws IOException {
    while (settings.hasRemaining()) {
      int name = settings.getShort();
      int value = settings.getInt();
      if (name == INITIAL_WINDOW_SIZE) {
        int more = value - initialWindow;
        windows.replaceAll((stream, window) -> stream == 0 ? window : window + more);
        initialWindow = value;
      }
    }
    frame(SETTINGS, ACK, 0, new byte[0], 0);
  }

  private synchronized void grant(int stream, int more) {
    windows.merge(stream, more, Integer::sum);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
