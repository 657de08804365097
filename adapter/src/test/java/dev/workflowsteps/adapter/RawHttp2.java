package dev.workflowsteps.adapter;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** HTTP/2 frame by frame, for what no client library sends. */
public final class RawHttp2 {

  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;
  public static final int CONTINUATION = 9;

  public static final int ACK = 1;
  public static final int END_STREAM = 1;
  public static final int END_HEADERS = 4;

  public static final int INITIAL_WINDOW_SIZE = 4;

  private static final int METHOD_GET = 0x82;
  private static final int SCHEME_HTTP = 0x86;
  private static final int AUTHORITY = 1;
  private static final int PATH = 4;

  /** The preface, and settings that let every stream send so many bytes. */
  public static byte[] begin(int window) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(RawHttp.bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    ByteBuffer settings = ByteBuffer.allocate(Short.BYTES + Integer.BYTES);
    settings.putShort((short) INITIAL_WINDOW_SIZE).putInt(window);
    out.writeBytes(frame(SETTINGS, 0, 0, settings.array()));
    return out.toByteArray();
  }

  /** The headers of a GET. */
  public static byte[] get(int stream, int flags, String path) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(METHOD_GET);
    block.write(SCHEME_HTTP);
    literal(block, AUTHORITY, "x");
    literal(block, PATH, path);
    return frame(HEADERS, flags | END_HEADERS, stream, block.toByteArray());
  }

  public static byte[] frame(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) 0)
        .putShort((short) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  private static void literal(ByteArrayOutputStream block, int name, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
    block.write(name);
    block.write(bytes.length);
    block.writeBytes(bytes);
  }

  private RawHttp2() {}
}
