package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/**
 * The cluster of an instance. It is created under a temporary name and renamed when complete. It
 * holds the database and its owner's password, so neither can be lost alone.
 */
final class Cluster {

  static final String DATABASE = "workflow_steps";
  static final String USER = "workflow_steps";

  private static final String PASSWORD_FILE = "workflow-steps-password";
  private static final String PASSWORD_FORM = "[0-9a-f]{48}";
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final InstanceFiles files;
  private final Binaries binaries;
  private final Account account;
  private final ServerLog log;

  Cluster(InstanceFiles files, Binaries binaries, Account account, ServerLog log) {
    this.files = files;
    this.binaries = binaries;
    this.account = account;
    this.log = log;
  }

  /** Whether the cluster had to be made. */
  boolean ensure(ProgressListener progress) throws IOException, InterruptedException {
    if (Files.exists(files.cluster())) {
      refuseOtherVersions();
      takeBack();
      return false;
    }
    progress.begin("creating the database");
    try {
      create();
    } finally {
      Directories.delete(files.unfinishedCluster());
    }
    return true;
  }

  String password() throws IOException {
    Path file = files.cluster().resolve(PASSWORD_FILE);
    String password = Directories.readForeign(file).strip();
    if (!password.matches(PASSWORD_FORM)) {
      throw EmbeddedFailure.directory(
          file + " does not hold the database's password (restore it from a backup)");
    }
    return password;
  }

  private void create() throws IOException, InterruptedException {
    Path unfinished = files.unfinishedCluster();
    String password = randomPassword();
    Account maker = initialize(unfinished);
    setUp(maker, unfinished, password);
    Directories directories = Directories.of(account);
    directories.take(unfinished);
    directories.write(unfinished.resolve(PASSWORD_FILE), password + "\n");
    if (maker.equals(account)) {
      directories.give(unfinished);
    } else {
      directories.giveAll(unfinished);
    }
    Files.move(unfinished, files.cluster(), StandardCopyOption.ATOMIC_MOVE);
    Directories.sync(files.instance());
  }

  private void setUp(Account maker, Path unfinished, String password)
      throws IOException, InterruptedException {
    Path statements = files.setup();
    Directories.of(maker).write(statements, setup(password));
    try {
      long before = log.size();
      int exit =
          SupervisedProcess.start(maker, statements, standalone(unfinished), log.file())
              .await(PATIENCE);
      if (exit != 0) {
        throw failed(log.since(before));
      }
    } finally {
      Files.delete(statements);
    }
  }

  /**
   * Runs initdb, which requires an account with a name. An account without one borrows the first
   * ordinary name of the machine: root switches to it and changes the files' owner afterwards;
   * others use a user namespace.
   *
   * @return the account that made it
   */
  private Account initialize(Path unfinished) throws IOException, InterruptedException {
    String said = tryInitialize(account, unfinished);
    if (said.isEmpty()) {
      return account;
    }
    if (!said.contains("could not look up effective user ID")) {
      throw failed(said);
    }
    Account lent =
        account
            .underAName()
            .orElseThrow(
                () ->
                    EmbeddedFailure.machine(
                        "PostgreSQL creates a database only for an account with a name, and uid "
                            + account.ids().uid()
                            + " has none in /etc/passwd: add it there, or use a --data-dir that"
                            + " already holds a database"));
    said = tryInitialize(lent, unfinished);
    if (!said.isEmpty()) {
      throw failed(said);
    }
    return lent;
  }

  private RuntimeException failed(String said) {
    return EmbeddedFailure.program("Creating the database", files.instance(), log.file(), said);
  }

  /** Empty on success, else initdb's output. */
  private String tryInitialize(Account maker, Path unfinished)
      throws IOException, InterruptedException {
    Directories.of(maker).makePrivate(unfinished);
    List<String> initdb =
        List.of(
            binaries.program("initdb").toString(),
            "--pgdata=" + unfinished,
            "--username=postgres",
            "--auth=reject",
            "--encoding=UTF8",
            "--locale=C",
            "--data-checksums",
            "--no-instructions");
    long before = log.size();
    int exit =
        SupervisedProcess.start(
                maker,
                Executables.concat(initdb, PostgresConfiguration.initialArguments()),
                log.file())
            .await(PATIENCE);
    return exit == 0 ? "" : log.since(before) + "\nexit code " + exit;
  }

  private List<String> standalone(Path unfinished) {
    return List.of(
        binaries.program("postgres").toString(),
        "--single",
        "-D",
        unfinished.toString(),
        "-c",
        "exit_on_error=on",
        "-c",
        "log_min_error_statement=panic",
        "postgres");
  }

  /**
   * The owner is no superuser, as on most external servers: it can create roles and switch to them.
   * The superuser has no password, so it can't log in.
   */
  private static String setup(String password) {
    return String.join(
        "\n",
        "CREATE ROLE " + USER + " LOGIN CREATEROLE CREATEDB PASSWORD '" + password + "';",
        "ALTER ROLE " + USER + " SET createrole_self_grant = 'set, inherit';",
        "CREATE DATABASE " + DATABASE + " OWNER " + USER + ";",
        "");
  }

  /** A backup restored by root belongs to root, and the server could not read it. */
  private void takeBack() throws IOException {
    Path cluster = files.cluster().toRealPath();
    if (account.fileOwner().isPresent() && UserIds.ownerOf(cluster).isRoot()) {
      Directories.of(account).giveAll(cluster);
    }
  }

  private void refuseOtherVersions() throws IOException {
    String found = Directories.readForeign(files.cluster().resolve("PG_VERSION")).strip();
    String ours = Binaries.VERSION.substring(0, Binaries.VERSION.indexOf('.'));
    if (!found.equals(ours)) {
      String other = found.matches("[0-9]{1,2}") ? "PostgreSQL " + found : "another PostgreSQL";
      throw EmbeddedFailure.directory(
          files.cluster() + " was made by " + other + ", and this release has " + ours);
    }
  }

  private static String randomPassword() {
    byte[] bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
