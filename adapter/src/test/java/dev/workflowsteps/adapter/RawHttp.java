package dev.workflowsteps.adapter;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** HTTP/1.1 byte by byte, for requests that no client library sends. */
public final class RawHttp {

  private static final int PATIENCE_MILLIS = 60_000;

  /**
   * What comes back until the server closes the connection.
   *
   * @param request all that is sent; a character is a byte
   */
  public static String exchange(int port, String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write(bytes(request));
      try (InputStream in = socket.getInputStream()) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
  }

  public static byte[] bytes(String request) {
    return request.getBytes(StandardCharsets.ISO_8859_1);
  }

  private RawHttp() {}
}
