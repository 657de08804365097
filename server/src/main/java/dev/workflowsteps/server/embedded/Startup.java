package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.StartupException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Starts PostgreSQL: from the checks of the machine to a server that accepts connections. */
final class Startup {

  /** A first start unpacks and migrates; a slow machine takes its time over that. */
  private static final Duration ATTACH_PATIENCE = Duration.ofMinutes(2);

  private static final int POLL_MILLIS = 50;

  private final long begun = System.nanoTime();
  private final DataDirectory directory;
  private final ProgressListener progress;
  private final Platform platform;
  private final UserIds current;
  private final InstanceFiles files;

  private Startup(
      DataDirectory directory,
      ProgressListener progress,
      Platform platform,
      UserIds current,
      InstanceFiles files) {
    this.directory = directory;
    this.progress = progress;
    this.platform = platform;
    this.current = current;
    this.files = files;
  }

  static Startup of(DataDirectory directory, ProgressListener progress) {
    Platform platform = Platform.current();
    UserIds current = UserIds.current();
    return new Startup(
        directory, progress, platform, current, InstanceFiles.of(directory, current));
  }

  EmbeddedPostgres start(String command) {
    try {
      return own(command, true);
    } catch (AlreadyOwnedException held) {
      throw held.refusal(files.instance());
    }
  }

  /** Waits while the owner is still starting, or about to end. */
  EmbeddedPostgres attachOrStart(String command) {
    boolean waiting = false;
    while (true) {
      try {
        return own(command, false);
      } catch (AlreadyOwnedException held) {
        Optional<EmbeddedPostgres> attached = attach(held.owner());
        if (attached.isPresent()) {
          return attached.get();
        }
        if (!held.owner().shares()) {
          throw held.refusal(files.instance());
        }
        if (elapsed().compareTo(ATTACH_PATIENCE) > 0) {
          throw held.notReady(files.instance(), ATTACH_PATIENCE);
        }
        if (!waiting) {
          progress.begin("waiting until " + held.owner().words() + " is ready");
          waiting = true;
        }
      }
      pause();
    }
  }

  private EmbeddedPostgres own(String command, boolean shares) throws AlreadyOwnedException {
    files.requireSeparate();
    Account account = Account.choose(files, current);
    requireReachable(account, files.existing());
    files.make(current.isRoot());
    requireReachable(account, files.instance());
    requireReachable(account, files.runtime());
    try {
      OwnerLock lock = OwnerLock.take(files.lock(), new Owner(command, shares), files());
      try {
        return owning(account, lock);
      } catch (IOException | InterruptedException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw EmbeddedFailure.files(files.instance(), e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private EmbeddedPostgres owning(Account account, OwnerLock lock)
      throws IOException, InterruptedException {
    Binaries binaries = Binaries.in(files.runtime(), platform);
    binaries.ensure(account, files(), progress);
    new ClusterProcesses(files).stop(progress);
    ServerLog log = ServerLog.open(files.log(), files());
    Cluster cluster = new Cluster(files, binaries, account, log);
    boolean created = cluster.ensure(progress);
    String password = cluster.password();
    ServerProcess server = ServerProcess.start(files, binaries, account, log, progress);
    return new EmbeddedPostgres(
        directory,
        server.port(),
        password,
        new Ownership(files, lock, server, log, created),
        elapsed());
  }

  private Optional<EmbeddedPostgres> attach(Owner owner) {
    return owner.port() != 0 && Loopback.answers(owner.port())
        ? Optional.of(
            new EmbeddedPostgres(directory, owner.port(), owner.password(), null, elapsed()))
        : Optional.empty();
  }

  private void requireReachable(Account account, Path directory) {
    account
        .barrier(directory)
        .ifPresent(
            barrier -> {
              throw EmbeddedFailure.directory(
                  "PostgreSQL runs as uid %d, which can't use %s because it may not enter %s"
                      .formatted(account.ids().uid(), files.base(), barrier));
            });
  }

  private Directories files() {
    return files.directories(current.isRoot());
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  private static void pause() {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static StartupException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new StartupException(
        ExitCode.FAILURE, "The start of PostgreSQL was interrupted. Start it again.", e);
  }
}
