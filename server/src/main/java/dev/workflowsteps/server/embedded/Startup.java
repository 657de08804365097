package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.StartupException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** One start, from the look at the machine to a server that takes connections. */
final class Startup {

  private static final Duration ATTACH_PATIENCE = Duration.ofSeconds(60);
  private static final int LOOK_MILLIS = 50;

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

  EmbeddedPostgres start(String owner) {
    try {
      return own(owner, true);
    } catch (AlreadyOwnedException held) {
      throw held.refusal(files.instance());
    }
  }

  /** Looks again for a while when the owner is just starting or just going. */
  EmbeddedPostgres attachOrStart(String owner) {
    while (true) {
      try {
        return own(owner, false);
      } catch (AlreadyOwnedException held) {
        Optional<EmbeddedPostgres> attached = attach(held.owner());
        if (attached.isPresent()) {
          return attached.get();
        }
        if (!held.owner().shares() || elapsed().compareTo(ATTACH_PATIENCE) > 0) {
          throw held.refusal(files.instance());
        }
      }
      pause();
    }
  }

  private EmbeddedPostgres own(String command, boolean shares) throws AlreadyOwnedException {
    Account account = Account.choose(files, current);
    refuseUnreachable(account, files.existing());
    files.make(current.isRoot());
    refuseUnreachable(account, files.instance());
    refuseUnreachable(account, files.runtime());
    Owner owner =
        new Owner(command, ProcessHandle.current().pid(), UUID.randomUUID().toString(), shares);
    try {
      OwnerLock lock = OwnerLock.take(files.lock(), owner, files());
      try {
        return owning(account, owner, lock);
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (InterruptedIOException e) {
      throw interrupted(e);
    } catch (IOException e) {
      throw EmbeddedFailure.files(files.instance(), e);
    }
  }

  private EmbeddedPostgres owning(Account account, Owner owner, OwnerLock lock) throws IOException {
    Files.deleteIfExists(files.connection());
    Binaries binaries = Binaries.in(files.runtime(), platform);
    binaries.ensure(account, files(), progress);
    new OrphanProcess(files).clear(progress);
    ServerLog log = ServerLog.open(files.log(), files());
    Cluster cluster = new Cluster(files, binaries, account, log);
    boolean created = cluster.ensure(progress);
    String password = cluster.password();
    ServerProcess server = ServerProcess.start(files, binaries, account, log, progress);
    if (owner.shares()) {
      share(owner, server, password);
    }
    return new EmbeddedPostgres(
        directory,
        new EmbeddedPostgres.Endpoint(server.port(), password),
        new Ownership(files, lock, server, log, created),
        elapsed());
  }

  private void share(Owner owner, ServerProcess server, String password) throws IOException {
    try {
      new ConnectionFile(owner.start(), server.port(), password).write(files.connection(), files());
    } catch (IOException e) {
      server.stop();
      throw e;
    }
  }

  private Optional<EmbeddedPostgres> attach(Owner owner) {
    try {
      return ConnectionFile.read(files.connection())
          .filter(file -> file.start().equals(owner.start()) && Loopback.answers(file.port()))
          .map(file -> new EmbeddedPostgres.Endpoint(file.port(), file.password()))
          .map(endpoint -> new EmbeddedPostgres(directory, endpoint, null, elapsed()));
    } catch (IOException e) {
      throw EmbeddedFailure.files(files.instance(), e);
    }
  }

  private void refuseUnreachable(Account account, Path directory) {
    account
        .barrier(directory)
        .ifPresent(
            barrier -> {
              throw EmbeddedFailure.place(
                  "PostgreSQL, as uid "
                      + account.ids().uid()
                      + ", cannot reach "
                      + files.base()
                      + ", because "
                      + barrier
                      + " is closed to it");
            });
  }

  private Directories files() {
    return files.directories(current.isRoot());
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  private void pause() {
    try {
      Wait.pause(LOOK_MILLIS);
    } catch (IOException e) {
      throw interrupted(e);
    }
  }

  private static StartupException interrupted(IOException e) {
    return new StartupException(
        ExitCode.FAILURE, "The start of PostgreSQL was interrupted: start again.", e);
  }
}
