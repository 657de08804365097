package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Where a server listens: on a Unix socket in a directory that only its account and root may enter.
 * So no other user of the machine can connect, not even to take connections away from those who
 * may.
 */
record SocketDirectory(Path path) {

  /** Makes the socket's name; it is no port of the machine. */
  static final int PORT = 5432;

  private static final String NAME = ".s.PGSQL." + PORT;

  /** PostgreSQL's question whether the server speaks TLS, which needs no account to be answered. */
  private static final byte[] TLS_REQUEST = {0, 0, 0, 8, 4, (byte) 0xd2, 0x16, 0x2f};

  private static final int PATIENCE_MILLIS = 2_000;

  /**
   * In the instance's directory, or in one of the system's for temporary files if there can be no
   * socket in the former: its path is too long (more than about 100 bytes), or its file system has
   * none.
   */
  static SocketDirectory choose(InstanceFiles files) throws IOException {
    SocketDirectory usual = in(files);
    if (usual.isPossible()) {
      return usual;
    }
    Path temporary = Files.createTempDirectory("workflow-steps-");
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwx--x--x"));
    temporary.toFile().deleteOnExit();
    SocketDirectory other = new SocketDirectory(temporary.resolve("socket"));
    other.path.toFile().deleteOnExit();
    return other;
  }

  static SocketDirectory in(InstanceFiles files) {
    return new SocketDirectory(files.socketDirectory());
  }

  /** Makes it anew: what a killed server left there would be in the way of the next. */
  void make(Account account) throws IOException {
    Directories.of(account).makePrivate(path);
  }

  Path socket() {
    return path.resolve(NAME);
  }

  private boolean isPossible() throws IOException {
    Directories.delete(path);
    Directories.make(path, "rwx------");
    try (ServerSocketChannel probe = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.bind(UnixDomainSocketAddress.of(socket()));
      // As PostgreSQL does.
      Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("rwx------"));
      return true;
    } catch (IOException e) {
      return false;
    } finally {
      Files.deleteIfExists(socket());
      Files.deleteIfExists(path);
    }
  }

  /** Whether a PostgreSQL answers at this socket. */
  static boolean answers(Path socket) {
    try (UnixSocket connection = new UnixSocket(socket)) {
      connection.setSoTimeout(PATIENCE_MILLIS);
      connection.getOutputStream().write(TLS_REQUEST);
      int answer = connection.getInputStream().read();
      return answer == 'N' || answer == 'S';
    } catch (IOException e) {
      return false;
    }
  }
}
