package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.StartupException;
import java.io.IOException;
import java.net.ConnectException;
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

  /** Lets the server's account through to its own directory. */
  private static final String TEMPORARY_MODE = "rwx--x--x";

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
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString(TEMPORARY_MODE));
    temporary.toFile().deleteOnExit();
    SocketDirectory other = new SocketDirectory(temporary.resolve("socket"));
    other.path.toFile().deleteOnExit();
    return other;
  }

  static SocketDirectory in(InstanceFiles files) {
    return new SocketDirectory(files.socketDirectory());
  }

  /**
   * Makes it anew: what a killed server left there would be in the way of the next. The directory
   * for temporary files around it may have been removed as an old one meanwhile, and somebody else
   * may have made another in its place.
   */
  void make(Account account) throws IOException {
    make(account, CurrentUser.IDS);
  }

  void make(Account account, UserIds current) throws IOException {
    Path around = path.getParent();
    Directories.make(around, TEMPORARY_MODE);
    requireNobodyElses(around, current);
    Directories.of(account).makePrivate(path);
  }

  private static void requireNobodyElses(Path directory, UserIds current) throws IOException {
    if (current.isRoot()) {
      new SecurePath(current).resolve(directory);
      return;
    }
    int owner = UserIds.ownerOf(directory).uid();
    if (owner != current.uid() && owner != 0) {
      throw EmbeddedFailure.directory(directory + " belongs to uid " + owner);
    }
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

  /**
   * Connects to a server.
   *
   * @throws IOException also if somebody else may have put another server in its place
   */
  static UnixSocket connect(Path socket) throws IOException {
    return connect(socket, CurrentUser.IDS);
  }

  static UnixSocket connect(Path socket, UserIds current) throws IOException {
    try {
      requireOurs(socket.getParent(), current);
    } catch (IOException | StartupException e) {
      throw (ConnectException) new ConnectException(socket + ": " + e.getMessage()).initCause(e);
    }
    return new UnixSocket(socket);
  }

  /** Of root's, the last is the account's; root made it. */
  private static void requireOurs(Path directory, UserIds current) throws IOException {
    if (current.isRoot()) {
      new SecurePath(current).resolveUpTo(directory);
    } else if (UserIds.ownerOf(directory).uid() != current.uid()) {
      throw EmbeddedFailure.directory(directory + " belongs to another user");
    }
  }

  /** It takes a program to find out. */
  private static final class CurrentUser {
    private static final UserIds IDS = UserIds.current();
  }

  /** Whether a PostgreSQL answers at this socket. */
  static boolean answers(Path socket) {
    try (UnixSocket connection = connect(socket)) {
      connection.setSoTimeout(PATIENCE_MILLIS);
      connection.getOutputStream().write(TLS_REQUEST);
      int answer = connection.getInputStream().read();
      return answer == 'N' || answer == 'S';
    } catch (IOException e) {
      return false;
    }
  }
}
