package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.DatabaseUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A primary and a standby of the PostgreSQL that is installed on the machine, on loopback. */
final class ReplicatedServers implements AutoCloseable {

  private static final Path INSTALLED = Path.of("/usr/lib/postgresql");
  private static final String DATABASE = "steps";
  private static final String ACCOUNT = "postgres";
  private static final boolean ROOT = System.getProperty("user.name").equals("root");

  private final Path programs = programs();
  private final Path directory;
  private final int[] ports = {freePort(), freePort()};
  private int primary;

  /** Starts both, with an empty database that its own login owns. */
  ReplicatedServers() throws SQLException {
    directory = directory();
    run(program("initdb"), "-D", data(0), "-A", "trust", "-U", "postgres", "-E", "UTF8");
    start(0);
    administer(0, "CREATE ROLE app LOGIN CREATEROLE");
    administer(0, "CREATE DATABASE " + DATABASE + " OWNER app");
    attachStandby();
  }

  /** Of both servers, whichever is the primary. */
  DatabaseUrl primary() {
    return url("127.0.0.1:" + ports[0] + ",127.0.0.1:" + ports[1], "?targetServerType=primary");
  }

  /** Of both servers, without a word on which is wanted. */
  DatabaseUrl standbyFirst() {
    return url("127.0.0.1:" + ports[1 - primary] + ",127.0.0.1:" + ports[primary], "");
  }

  /** Of the standby alone. */
  DatabaseUrl standby() {
    return url("127.0.0.1:" + ports[1 - primary], "");
  }

  void onStandby(String sql) throws SQLException {
    administer(1 - primary, sql);
  }

  /** Stops the primary as a power failure does, and makes a primary of the standby. */
  void failOver() throws SQLException {
    run(program("pg_ctl"), "-D", data(primary), "-m", "immediate", "-w", "stop");
    promote();
  }

  /**
   * Makes a primary of the standby while the old one hangs, which takes connections and no more.
   *
   * @param work is done before the old one is killed
   */
  void failOverWhilePrimaryHangs(Runnable work) throws SQLException, IOException {
    String pid = Files.readAllLines(Path.of(data(primary), "postmaster.pid")).get(0);
    execute(List.of("kill", "-STOP", pid));
    try {
      promote();
      work.run();
    } finally {
      execute(List.of("kill", "-KILL", pid));
    }
  }

  private void promote() throws SQLException {
    primary = 1 - primary;
    administer(primary, "ALTER SYSTEM RESET synchronous_standby_names");
    administer(primary, "SELECT pg_promote(true, 60), pg_reload_conf()");
  }

  /** Gives the primary a standby, which has every commit before it is acknowledged. */
  void attachStandby() throws SQLException {
    int standby = 1 - primary;
    run("rm", "-rf", data(standby));
    run(
        program("pg_basebackup"),
        "--pgdata=" + data(standby),
        "--host=127.0.0.1",
        "--port=" + ports[primary],
        "--username=postgres",
        "--checkpoint=fast",
        "--write-recovery-conf");
    start(standby);
    administer(primary, "ALTER SYSTEM SET synchronous_standby_names = '*'");
    administer(primary, "SELECT pg_reload_conf()");
  }

  private void start(int server) {
    String options =
        "-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c port=" + ports[server];
    run(
        program("pg_ctl"),
        "-D",
        data(server),
        "-o",
        options,
        "-l",
        directory.resolve(server + ".log").toString(),
        "-w",
        "start");
  }

  private void administer(int server, String sql) throws SQLException {
    String url = "jdbc:postgresql://127.0.0.1:" + ports[server] + "/postgres?user=postgres";
    try (Connection connection = DriverManager.getConnection(url)) {
      TestDatabase.execute(connection, sql);
    }
  }

  private DatabaseUrl url(String hosts, String parameters) {
    return new DatabaseUrl(
        "jdbc:postgresql://" + hosts + "/" + DATABASE + parameters,
        Optional.of("app"),
        Optional.empty());
  }

  private String data(int server) {
    return directory.resolve("data" + server).toString();
  }

  private String program(String name) {
    return programs.resolve(name).toString();
  }

  /** The newest that is installed. */
  private static Path programs() {
    try (Stream<Path> versions = Files.list(INSTALLED)) {
      return versions
          .max(Comparator.comparing(version -> Integer.valueOf(version.getFileName().toString())))
          .orElseThrow()
          .resolve("bin");
    } catch (IOException e) {
      throw new UncheckedIOException("needs Debian's package postgresql", e);
    }
  }

  private static Path directory() {
    try {
      Path directory = Files.createTempDirectory("workflow-steps-failover-");
      if (ROOT) {
        execute(List.of("chown", ACCOUNT, directory.toString()));
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** PostgreSQL refuses to run as root. */
  private static void run(String... command) {
    List<String> words = new ArrayList<>();
    if (ROOT) {
      words.addAll(List.of("runuser", "-u", ACCOUNT, "--"));
    }
    words.addAll(List.of(command));
    execute(words);
  }

  private static void execute(List<String> command) {
    try {
      Path said = Files.createTempFile("said", "");
      Process process =
          new ProcessBuilder(command)
              .directory(Path.of("/").toFile())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      int exit = process.waitFor();
      String text = Files.readString(said);
      Files.delete(said);
      if (exit != 0) {
        throw new IllegalStateException(command + " ended with " + exit + ": " + text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    for (int server : new int[] {0, 1}) {
      try {
        run(program("pg_ctl"), "-D", data(server), "-m", "immediate", "-w", "stop");
      } catch (IllegalStateException stoppedAlready) {
        // It is the one that failed.
      }
    }
    execute(List.of("rm", "-rf", directory.toString()));
  }
}
