package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Phases;
import dev.workflowsteps.server.config.StartupException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** One start, from the look at the machine to a server that takes connections. */
final class Starting {

  private static final Duration ATTACH_PATIENCE = Duration.ofSeconds(60);
  private static final int LOOK_MILLIS = 50;

  private final long begun = System.nanoTime();
  private final DataDirectory directory;
  private final Phases phases;
  private final Platform platform;
  private final Ids current;
  private final Layout layout;

  private Starting(
      DataDirectory directory, Phases phases, Platform platform, Ids current, Layout layout) {
    this.directory = directory;
    this.phases = phases;
    this.platform = platform;
    this.current = current;
    this.layout = layout;
  }

  static Starting of(DataDirectory directory, Phases phases) {
    Platform platform = Platform.current();
    Ids current = Ids.current();
    return new Starting(directory, phases, platform, current, Layout.of(directory, current));
  }

  EmbeddedPostgres start(String holder) {
    try {
      return own(holder, true);
    } catch (HeldException held) {
      throw held.refusal(layout.instance());
    }
  }

  /** Looks again for a while when the owner is just starting or just going. */
  EmbeddedPostgres attachOrStart(String holder) {
    while (true) {
      try {
        return own(holder, false);
      } catch (HeldException held) {
        Optional<EmbeddedPostgres> attached = attach(held.holder());
        if (attached.isPresent()) {
          return attached.get();
        }
        if (!held.holder().shares() || elapsed().compareTo(ATTACH_PATIENCE) > 0) {
          throw held.refusal(layout.instance());
        }
      }
      pause();
    }
  }

  private EmbeddedPostgres own(String command, boolean shares) throws HeldException {
    Account account = Account.choose(layout, current);
    refuseUnreachable(account, layout.existing());
    layout.make(current.isRoot());
    refuseUnreachable(account, layout.instance());
    refuseUnreachable(account, layout.runtime());
    Holder holder =
        new Holder(command, ProcessHandle.current().pid(), UUID.randomUUID().toString(), shares);
    try {
      OwnerLock lock = OwnerLock.take(layout.lock(), holder, files());
      try {
        return owning(account, holder, lock);
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (InterruptedIOException e) {
      throw interrupted(e);
    } catch (IOException e) {
      throw Refusal.files(layout.instance(), e);
    }
  }

  private EmbeddedPostgres owning(Account account, Holder holder, OwnerLock lock)
      throws IOException {
    Files.deleteIfExists(layout.connection());
    Binaries binaries = Binaries.in(layout.runtime(), platform);
    binaries.ensure(account, files(), phases);
    new Leftover(layout).clear(phases);
    ServerLog log = ServerLog.open(layout.log(), files());
    Cluster cluster = new Cluster(layout, binaries, account, log);
    boolean created = cluster.ensure(phases);
    String password = cluster.password();
    ServerProcess server = ServerProcess.start(layout, binaries, account, log, phases);
    if (holder.shares()) {
      share(holder, server, password);
    }
    return new EmbeddedPostgres(
        directory,
        new EmbeddedPostgres.Endpoint(server.port(), password),
        new Ownership(layout, lock, server, log, created),
        elapsed());
  }

  private void share(Holder holder, ServerProcess server, String password) throws IOException {
    try {
      new ConnectionFile(holder.start(), server.port(), password)
          .write(layout.connection(), files());
    } catch (IOException e) {
      server.stop();
      throw e;
    }
  }

  private Optional<EmbeddedPostgres> attach(Holder holder) {
    try {
      return ConnectionFile.read(layout.connection())
          .filter(file -> file.start().equals(holder.start()) && Loopback.answers(file.port()))
          .map(file -> new EmbeddedPostgres.Endpoint(file.port(), file.password()))
          .map(endpoint -> new EmbeddedPostgres(directory, endpoint, null, elapsed()));
    } catch (IOException e) {
      throw Refusal.files(layout.instance(), e);
    }
  }

  private void refuseUnreachable(Account account, Path folder) {
    account
        .barrier(folder)
        .ifPresent(
            barrier -> {
              throw Refusal.place(
                  "PostgreSQL, as uid "
                      + account.ids().uid()
                      + ", cannot reach "
                      + layout.base()
                      + ", because "
                      + barrier
                      + " is closed to it");
            });
  }

  private Folders files() {
    return layout.folders(current.isRoot());
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  private void pause() {
    try {
      Waiting.pause(LOOK_MILLIS);
    } catch (IOException e) {
      throw interrupted(e);
    }
  }

  private static StartupException interrupted(IOException e) {
    return new StartupException(
        ExitCode.FAILURE, "The start of PostgreSQL was interrupted: start again.", e);
  }
}
