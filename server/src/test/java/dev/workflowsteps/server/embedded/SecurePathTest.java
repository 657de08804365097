package dev.workflowsteps.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As the account of the tests; what root adds is only that nobody else's files are used. */
class SecurePathTest {

  private final SecurePath own = new SecurePath(UserIds.current());

  @TempDir private Path temporary;
  private Path directory;

  @BeforeEach
  void create() throws IOException {
    directory = Files.createDirectory(temporary.toRealPath().resolve("data"));
  }

  @Test
  void resolve_ofOnesOwn_isTheRealPath() throws IOException {
    Path linked = Files.createDirectories(directory.resolve("a/b"));
    Files.createSymbolicLink(directory.resolve("absolute"), directory.resolve("a"));
    Files.createSymbolicLink(directory.resolve("relative"), Path.of("absolute/../absolute/b"));

    assertThat(own.resolve(directory.resolve("relative"))).isEqualTo(linked);
  }

  @Test
  void resolve_ofWhatIsMissing_staysAsItIs() throws IOException {
    Files.createSymbolicLink(directory.resolve("link"), Path.of("missing"));

    assertThat(own.resolve(directory.resolve("link/x/y")))
        .isEqualTo(directory.resolve("missing/x/y"));
  }

  @Test
  void resolve_throughADirectoryThatOthersMayWriteTo_isRefused_withTheRemedy() throws IOException {
    Path open = Files.createDirectories(directory.resolve("open/data")).getParent();
    mode(open, "rwxrwxr-x");

    assertRefused(own, open.resolve("data/main"))
        .hasMessageStartingWith(
            open + " (mode rwxrwxr-x) can be changed by other users, who could lead root to")
        .hasMessageContaining("run \"chmod go-w " + open + "\"")
        .hasMessageContaining("--data-dir")
        .hasMessageContaining("--database-url");
  }

  @Test
  void resolve_ofAFileThatOthersMayWriteTo_isRefused() throws IOException {
    Path file = Files.createFile(directory.resolve("lock"));
    mode(file, "rw-rw-rw-");

    assertRefused(own, file).hasMessageStartingWith(file + " (mode rw-rw-rw-)");
  }

  @Test
  void resolve_throughALinkToSuchADirectory_isRefused() throws IOException {
    Path open = Files.createDirectory(directory.resolve("open"));
    mode(open, "rwxrwxrwx");
    Path link = Files.createSymbolicLink(directory.resolve("link"), open);

    assertRefused(own, link.resolve("data")).hasMessageStartingWith(open + " (mode ");
  }

  @Test
  void resolve_ofAnotherAccountsFiles_isRefused_withTheRemedy() throws IOException {
    UserIds me = UserIds.current();
    Path foreign = directory;
    SecurePath others = new SecurePath(new UserIds(me.uid() + 1, me.gid()));
    if (me.isRoot()) {
      // Root's own are everybody's.
      Files.setAttribute(foreign, "unix:uid", 54321);
      others = own;
    }

    assertRefused(others, foreign.resolve("main"))
        .hasMessageMatching(".* belongs to uid [0-9]+, who could lead root to other files: .*")
        .hasMessageContaining(": start this program as that user, choose another directory");
  }

  @Test
  void resolveUpTo_allowsAForeignEnd_butNoWayThroughIt() throws IOException {
    Path cluster = Files.createDirectory(directory.resolve("cluster"));
    mode(cluster, "rwxrwxrwx");
    Path link = Files.createSymbolicLink(directory.resolve("link"), cluster.resolve("x"));

    assertThat(own.resolveUpTo(cluster)).isEqualTo(cluster);
    assertThatThrownBy(() -> own.resolveUpTo(link)).isInstanceOf(StartupException.class);
  }

  @Test
  void resolve_ofLinksInACircle_ends() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("link"));

    assertThatThrownBy(() -> own.resolve(link))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("too many symbolic links");
  }

  private static AbstractThrowableAssert<?, ?> assertRefused(SecurePath secure, Path path) {
    return assertThatThrownBy(() -> secure.resolve(path))
        .isInstanceOfSatisfying(
            StartupException.class,
            e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION));
  }

  private static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }
}
