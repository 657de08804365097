package dev.workflowsteps.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.HexFormat;
import java.util.Random;

/** Connections without a key that send what no server can read, or leave too early. */
public enum BrokenConnections {
  BROKEN_PREFACE("PRI * HTTP/2.0\r\n\r\nnothing\r\n\r\n"),
  HALF_PREFACE("PRI * HTTP/2.0\r\n\r\nS"),
  NO_SETTINGS(Text.PREFACE + "\0\0\10\6\0\0\0\0\0pingping"),
  FRAME_TOO_LARGE(Text.PREFACE + Text.SETTINGS + "\377\377\377\0\0\0\0\0\1"),
  HEADERS_OF_NO_HPACK(
      Text.PREFACE + Text.SETTINGS + "\0\0\10\1\5\0\0\0\1\377\377\377\377\377\377\377\377"),
  STREAM_ZERO(Text.PREFACE + Text.SETTINGS + "\0\0\1\0\0\0\0\0\0x"),
  HALF_FRAME(Text.PREFACE + Text.SETTINGS + "\0\1\0\1\4\0\0\0\1half"),
  GET("GET / HTTP/1.1\r\nHost: localhost\r\nApi-Key: nonsense\r\n\r\n"),
  NO_HTTP("HELO localhost\r\n\r\n"),
  LONG_HEADER("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "x".repeat(40_000) + "\r\n\r\n"),
  HALF_REQUEST("GET / HTTP/1.1\r\nHost: loc"),
  TLS(
      new String(
          HexFormat.of()
              .parseHex(
                  "16030100370100003303030000000000000000000000000000000000000000000000000000000000000000"
                      + "0000061301130213030100000400170000"),
          ISO_8859_1)),
  HALF_TLS("\26\3\1\1\0\1"),
  RANDOM(Text.random()),
  NOTHING("");

  private static final class Text {
    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    static final String SETTINGS = "\0\0\0\4\0\0\0\0\0";

    static String random() {
      byte[] bytes = new byte[200];
      new Random(18).nextBytes(bytes);
      return new String(bytes, ISO_8859_1);
    }
  }

  /** A server that neither answers nor closes fails no test here; that is for others. */
  private static final int PATIENCE_MILLIS = 3;

  private final byte[] bytes;

  BrokenConnections(String text) {
    bytes = text.getBytes(ISO_8859_1);
  }

  /** Opens so many, one after the other; every second one is reset when all is sent. */
  public void open(int port, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        if (i % 2 == 1) {
          socket.setSoLinger(true, 0);
        }
        send(socket, i % 2 == 0);
      }
    }
  }

  private void send(Socket socket, boolean waits) {
    try {
      socket.getOutputStream().write(bytes);
      if (waits) {
        byte[] unused = socket.getInputStream().readNBytes(1 << 10);
      }
    } catch (IOException ended) {
      // By the server, which may; or it took its time.
    }
  }
}
