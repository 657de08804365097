package dev.workflowsteps.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.config.StartupException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The directory for temporary files, which is used if the data directory's path is too long. */
class SocketDirectoryTest {

  private static final UserIds ME = UserIds.current();
  private static final Account ACCOUNT = new Account(ME, List.of(), Optional.empty());

  /** To whom files that root gives away, or else this account's, are somebody else's. */
  private static final UserIds OTHER = ME.isRoot() ? ME : new UserIds(ME.uid() + 1, ME.gid());

  private static final int SOMEBODY = 54_321;

  private final Path victim = TestDirectories.empty();
  private SocketDirectory directory;
  private Path around;

  @BeforeEach
  void choose() throws IOException {
    Path base = TestDirectories.empty().resolve("a".repeat(100));
    Files.createDirectories(base.resolve("main"));
    directory = SocketDirectory.choose(new InstanceFiles(base, base.resolve("main")));
    around = directory.path().getParent();
    assertThat(around.getFileName().toString()).startsWith("workflow-steps-");
  }

  @AfterEach
  void remove() throws IOException {
    Directories.delete(around);
  }

  @Test
  void directoryThatWasRemoved_isMadeAnew_withItsMode() throws IOException {
    directory.make(ACCOUNT);
    Directories.delete(around);

    directory.make(ACCOUNT);

    assertThat(mode(around)).isEqualTo("rwx--x--x");
    assertThat(mode(directory.path())).isEqualTo("rwx------");
  }

  @Test
  void linkInItsPlace_isRefused_andNothingThereIsTouched() throws IOException {
    Path file = Files.createFile(Files.createDirectory(victim.resolve("socket")).resolve("file"));
    Directories.delete(around);
    giveAway(Files.createSymbolicLink(around, victim));

    assertThatThrownBy(() -> directory.make(ACCOUNT, OTHER))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith(around + " ")
        .hasMessageContaining("--data-dir");

    assertThat(file).exists();
  }

  /** Somebody who isn't root, as an ordinary user's start is not. */
  @Test
  void directoryOfSomebodyElse_inItsPlace_isRefused() throws IOException {
    giveAway(around);

    assertThatThrownBy(() -> directory.make(ACCOUNT, new UserIds(ME.uid() + 1, ME.gid())))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith(around + " ");
  }

  @Test
  void serverOfSomebodyElse_inItsPlace_getsNoConnection() throws IOException {
    directory.make(ACCOUNT);
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(directory.socket()));
      SocketDirectory.connect(directory.socket()).close();
      giveAway(around);

      assertThatThrownBy(() -> SocketDirectory.connect(directory.socket(), OTHER))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining(" belongs to ");
    }
  }

  private static void giveAway(Path path) throws IOException {
    if (ME.isRoot()) {
      Files.setAttribute(path, "unix:uid", SOMEBODY, LinkOption.NOFOLLOW_LINKS);
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
