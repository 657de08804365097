package dev.workflowsteps.server.grpc;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;

/** A connection whose client does only what it is told: no library sends half a message. */
public final class RawHttp2 implements AutoCloseable {

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;

  private static final int ACK = 1;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;

  private static final int CANCEL = 8;

  /** The errors are small numbers. */
  private static final int GOAWAY_ERROR_AT = 7;

  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int MAX_FRAME = 16 << 10;

  /** A server that says nothing fails the test. */
  private static final int MAX_WAIT_MILLIS = 30_000;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;
  private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();
  private int nextStream = 1;
  private boolean together;

  /**
   * @param window how many bytes of each answer are read
   */
  public RawHttp2(int port, int window) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port), window);
  }

  /**
   * Over a connection that has not been used yet.
   *
   * @param window how many bytes of each answer are read
   */
  RawHttp2(Socket connection, int window) throws IOException {
    socket = connection;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(MAX_WAIT_MILLIS);
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    ByteBuf settings = Unpooled.buffer().writeShort(INITIAL_WINDOW_SIZE).writeInt(window);
    write(SETTINGS, 0, 0, ByteBufUtil.getBytes(settings));
    // The server's window is as large as it says only when the client has agreed.
    Frame first = read();
    while (first.type != SETTINGS) {
      first = read();
    }
  }

  private record Frame(int type, int flags, int stream, byte[] payload) {}

  /**
   * Begins a call.
   *
   * @param headers more of them: names and values
   * @return its stream
   */
  public int begin(String method, String... headers) throws IOException {
    Http2Headers all =
        new DefaultHttp2Headers()
            .method("POST")
            .scheme("http")
            .path("/" + method)
            .authority("localhost")
            .add("content-type", "application/grpc")
            .add("te", "trailers");
    for (int i = 0; i < headers.length; i += 2) {
      all.add(headers[i], headers[i + 1]);
    }
    int stream = nextStream;
    nextStream += 2;
    ByteBuf block = Unpooled.buffer();
    try {
      encoder.encodeHeaders(stream, all, block);
    } catch (Http2Exception e) {
      throw new AssertionError(e);
    }
    write(HEADERS, END_HEADERS, stream, ByteBufUtil.getBytes(block));
    return stream;
  }

  /** What stands before a message of that length. */
  public static byte[] prefix(int length) {
    return ByteBufUtil.getBytes(Unpooled.buffer().writeByte(0).writeInt(length));
  }

  /** Sends some bytes, at most as many as the server takes without having read any. */
  public void send(int stream, byte[] bytes) throws IOException {
    for (int at = 0; at < bytes.length; at += MAX_FRAME) {
      write(DATA, 0, stream, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + MAX_FRAME)));
    }
  }

  public void halfClose(int stream) throws IOException {
    write(DATA, END_STREAM, stream, new byte[0]);
  }

  /** Waits for the end of a call: the gRPC status, or {@code reset}. */
  public String end(int stream) throws IOException {
    while (true) {
      Frame frame = read();
      if (frame.type == HEADERS) {
        Http2Headers headers = decoded(frame.stream, frame.payload);
        if (frame.stream == stream && (frame.flags & END_STREAM) != 0) {
          return headers.get("grpc-status").toString();
        }
      } else if (frame.type == RST_STREAM && frame.stream == stream) {
        return "reset";
      }
    }
  }

  /** Takes a call back, so many times, all at once. */
  public void reset(int stream, int times) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      ByteBuf frame = Unpooled.buffer().writeMedium(4).writeByte(RST_STREAM).writeByte(0);
      all.writeBytes(ByteBufUtil.getBytes(frame.writeInt(stream).writeInt(CANCEL)));
    }
    out.write(all.toByteArray());
    flush();
  }

  /** Lets the server send a byte more on the connection, so many times, all at once. */
  public void updateWindow(int times) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      ByteBuf frame = Unpooled.buffer().writeMedium(4).writeByte(WINDOW_UPDATE).writeByte(0);
      all.writeBytes(ByteBufUtil.getBytes(frame.writeInt(0).writeInt(1)));
    }
    out.write(all.toByteArray());
    flush();
  }

  /** Waits until the server has it go away: the error. */
  public int goAway() throws IOException {
    Frame frame = read();
    while (frame.type != GOAWAY) {
      frame = read();
    }
    return frame.payload[GOAWAY_ERROR_AT];
  }

  /** Whether the server closes the connection. */
  public boolean isAtItsEnd() throws IOException {
    try {
      while (true) {
        Frame unused = read();
      }
    } catch (EOFException | SocketException closed) {
      return true;
    }
  }

  /** Reads a frame, and answers it if one must. */
  private Frame read() throws IOException {
    int head = in.readInt();
    Frame frame =
        new Frame(head & 0xff, in.readUnsignedByte(), in.readInt(), in.readNBytes(head >>> 8));
    if ((frame.type == SETTINGS || frame.type == PING) && (frame.flags & ACK) == 0) {
      write(frame.type, ACK, 0, frame.type == PING ? frame.payload : new byte[0]);
    }
    return frame;
  }

  private Http2Headers decoded(int stream, byte[] block) {
    try {
      return decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(block));
    } catch (Http2Exception e) {
      throw new AssertionError(e);
    }
  }

  private synchronized void write(int type, int flags, int stream, byte[] payload)
      throws IOException {
    out.writeInt(payload.length << 8 | type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
    flush();
  }

  private void flush() throws IOException {
    if (!together) {
      out.flush();
    }
  }

  /** Writes frames. */
  @FunctionalInterface
  public interface Frames {
    void write() throws IOException;
  }

  /** Sends all that is written meanwhile in one piece. */
  public void together(Frames frames) throws IOException {
    together = true;
    frames.write();
    together = false;
    out.flush();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
