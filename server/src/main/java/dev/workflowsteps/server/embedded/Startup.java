package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.StartupException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts PostgreSQL: from the checks of the machine to a server that accepts connections. */
final class Startup {

  private static final Logger log = LoggerFactory.getLogger(Startup.class);

  /** A first start unpacks and migrates; a slow machine takes its time over that. */
  private static final Duration ATTACH_PATIENCE = Duration.ofMinutes(2);

  private static final Duration REMINDER = Duration.ofMinutes(1);
  private static final int POLL_MILLIS = 50;

  private final long begun = System.nanoTime();
  private final DataDirectory directory;
  private final ProgressListener progress;
  private final Platform platform;
  private final UserIds current;
  private final InstanceFiles files;

  private final Account account;
  private final List<String> settings;

  /** Checks the machine and the directory, and makes nothing. */
  Startup(DataDirectory directory, ProgressListener progress) {
    this(directory, progress, List.of());
  }

  /**
   * @param settings of PostgreSQL, beside its own; of tests
   */
  Startup(DataDirectory directory, ProgressListener progress, List<String> settings) {
    this.settings = settings;
    this.directory = directory;
    this.progress = progress;
    this.platform = Platform.current();
    this.current = UserIds.current();
    this.files = InstanceFiles.of(directory, current);
    files.requireSeparate();
    this.account = Account.choose(files, current);
    requireReachable(files.existing());
  }

  /** Checks that the directories can be used, or made where they are missing. */
  void requireWritable() {
    for (Path needed : List.of(files.runtime(), files.instance())) {
      Path existing = needed;
      while (!Files.exists(existing)) {
        existing = existing.getParent();
      }
      String name = existing.toString();
      if (!Files.isDirectory(existing)) {
        throw EmbeddedFailure.files(files.base(), new FileAlreadyExistsException(name));
      }
      if (!Files.isWritable(existing)) {
        throw EmbeddedFailure.files(files.base(), new AccessDeniedException(name));
      }
    }
  }

  private void makeDirectories() {
    files.make(current);
    requireReachable(files.instance());
    requireReachable(files.runtime());
  }

  EmbeddedPostgres start(String command) {
    makeDirectories();
    try {
      return own(command, true);
    } catch (AlreadyOwnedException held) {
      throw held.refusal(files.instance());
    }
  }

  /** Waits while a command owns the directory, and says so once a minute. */
  EmbeddedPostgres serve(String command) {
    makeDirectories();
    String said = "";
    long saidAt = 0;
    while (true) {
      try {
        return own(command, true);
      } catch (AlreadyOwnedException held) {
        Owner owner = held.owner();
        if (owner.serves()) {
          throw held.refusal(files.instance());
        }
        String text = "waiting for " + owner.words() + ", to release " + files.instance();
        boolean again = !text.equals(said) || System.nanoTime() - saidAt > REMINDER.toNanos();
        if (owner.named() && again) {
          progress.begin(text);
          log.info("{} is {}.", command, text);
          said = text;
          saidAt = System.nanoTime();
        }
      }
      pause();
    }
  }

  /** Waits while the owner is still starting, or about to end. */
  EmbeddedPostgres attachOrStart(String command) {
    makeDirectories();
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
    try {
      OwnerLock lock = OwnerLock.take(files.lock(), new Owner(command, shares));
      try {
        return owning(lock);
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

  private EmbeddedPostgres owning(OwnerLock lock) throws IOException, InterruptedException {
    Binaries binaries = Binaries.in(files.runtime(), platform);
    binaries.ensure(account, progress);
    new ClusterProcesses(files).stop(progress);
    ServerLog serverLog = ServerLog.open(files.log());
    Cluster cluster = new Cluster(files, binaries, account, serverLog);
    boolean created = cluster.ensure(progress);
    String password = cluster.password();
    progress.begin("starting PostgreSQL");
    writeHostBasedAccess();
    SocketDirectory socketDirectory = SocketDirectory.choose(files);
    Supervisor.Starter starter =
        () -> ServerProcess.start(files, socketDirectory, binaries, account, serverLog, settings);
    Supervisor supervisor =
        new Supervisor(lock, serverLog, starter.start(), starter, Supervisor.PATIENCE);
    return new EmbeddedPostgres(
        directory, socketDirectory.socket(), password, supervisor, created, elapsed());
  }

  /** Kept beside the cluster, where PostgreSQL's account can't change it. */
  private void writeHostBasedAccess() throws IOException {
    Path file = files.hostBasedAccess();
    new Directories(Optional.empty()).write(file, PostgresConfiguration.HOST_BASED_ACCESS);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }

  private Optional<EmbeddedPostgres> attach(Owner owner) {
    if (!owner.shares() || owner.socket().isEmpty()) {
      return Optional.empty();
    }
    Path socket = Path.of(owner.socket());
    return SocketDirectory.answers(socket)
        ? Optional.of(
            new EmbeddedPostgres(directory, socket, owner.password(), null, false, elapsed()))
        : Optional.empty();
  }

  private void requireReachable(Path directory) {
    account
        .barrier(directory)
        .ifPresent(
            barrier -> {
              throw EmbeddedFailure.directory(
                  "PostgreSQL runs as uid %d, which can't use %s because it may not enter %s"
                      .formatted(account.ids().uid(), files.base(), barrier));
            });
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
