package dev.workflowsteps.server.embedded;

import static dev.workflowsteps.server.embedded.Sql.execute;
import static dev.workflowsteps.server.embedded.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.OwnThread;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

class EmbeddedPostgresIT {

  private final DataDirectory directory = new DataDirectory(TestDirectories.base(), "main");

  @Test
  void firstStart_inAMissingFolder_unpacksAndCreates() {
    List<String> progress = new ArrayList<>();
    DataDirectory missing = new DataDirectory(TestDirectories.empty().resolve("a/b c"), "demo");

    try (EmbeddedPostgres server = EmbeddedPostgres.start(missing, "serve", progress::add)) {
      assertThat(server.created()).isTrue();
      assertThat(server.owned()).isTrue();
      assertThat(progress)
          .containsExactly(
              "unpacking PostgreSQL 18.6", "creating the database", "starting PostgreSQL");
    }
  }

  @Test
  void secondStart_keepsTheRows() throws SQLException {
    try (EmbeddedPostgres server = start()) {
      assertThat(query(TestPostgres.url(server), "SHOW listen_addresses")).isEmpty();
      execute(TestPostgres.url(server), "CREATE TABLE t AS SELECT 42 AS x");
    }
    List<String> progress = new ArrayList<>();
    try (EmbeddedPostgres server = EmbeddedPostgres.start(directory, "serve", progress::add)) {
      assertThat(server.created()).isFalse();
      assertThat(query(TestPostgres.url(server), "SELECT x FROM t")).isEqualTo("42");
      assertThat(progress).containsExactly("starting PostgreSQL");
    }
  }

  @Test
  void damagedPrograms_areUnpackedAnew() throws IOException {
    DataDirectory own = new DataDirectory(TestDirectories.empty(), "main");
    EmbeddedPostgres.start(own, "serve", ProgressListener.NONE).close();
    Path program = Binaries.in(own.base().resolve("runtime"), Platform.current()).program("initdb");
    Files.write(program, new byte[0]);

    List<String> progress = new ArrayList<>();
    EmbeddedPostgres.start(own, "serve", progress::add).close();

    assertThat(progress).containsExactly("unpacking PostgreSQL 18.6", "starting PostgreSQL");
  }

  @Test
  void version_isWhatTheServerSays() throws SQLException {
    EmbeddedPostgres server = TestPostgres.shared();
    assertThat(query(TestPostgres.url(server), "SHOW server_version")).isEqualTo(server.version());
  }

  @Test
  void settings_keepWhatIsAcknowledged_andNeedNoSharedMemoryFolder() throws SQLException {
    EmbeddedPostgres server = TestPostgres.shared();
    String url = TestPostgres.url(server);
    assertThat(query(url, "SHOW fsync")).isEqualTo("on");
    assertThat(query(url, "SHOW data_checksums")).isEqualTo("on");
    assertThat(query(url, "SHOW server_encoding")).isEqualTo("UTF8");
    assertThat(query(url, "SHOW dynamic_shared_memory_type")).isEqualTo("mmap");
    assertThat(query(url, "SHOW max_parallel_workers")).isEqualTo("0");
    assertThat(query(url, "SELECT datcollate FROM pg_database WHERE datname = 'workflow_steps'"))
        .isEqualTo("C");
  }

  @Test
  void signOn_needsThePassword() {
    EmbeddedPostgres server = TestPostgres.shared();
    assertThatThrownBy(
            () -> query(server.jdbcUrl() + "&user=workflow_steps&password=guess", "SELECT 1"))
        .hasMessageContaining("password authentication failed");
    assertThatThrownBy(
            () -> query(server.jdbcUrl() + "&user=postgres&password=postgres", "SELECT 1"))
        .hasMessageContaining("password authentication failed");
  }

  /**
   * The driver makes a connection of its own for it, over the same socket. The server forgets a
   * cancel that comes before its statement, and {@link Statement#cancel} sends only one.
   */
  @Test
  void cancel_endsAStatement() throws Exception {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      CompletableFuture<String> state = sleep(statement);
      while (!state.isDone()) {
        connection.unwrap(PGConnection.class).cancelQuery();
        TimeUnit.MILLISECONDS.sleep(10);
      }
      assertThat(state).isCompletedWithValue("57014");
      statement.execute("SELECT 1");
    }
  }

  @Test
  void networkTimeout_endsAStatement_andAbortToo() throws Exception {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      connection.setNetworkTimeout(Runnable::run, 100);
      assertThat(sleep(statement).get(30, TimeUnit.SECONDS)).isEqualTo("08006");
    }
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      CompletableFuture<String> state = sleep(statement);
      connection.abort(Runnable::run);
      assertThat(state.get(30, TimeUnit.SECONDS)).startsWith("08");
    }
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(TestPostgres.url(TestPostgres.shared()));
  }

  /** The SQLSTATE of a statement that takes a minute. */
  private static CompletableFuture<String> sleep(Statement statement) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            statement.execute("SELECT pg_sleep(60)");
            return "";
          } catch (SQLException e) {
            return e.getSQLState();
          }
        },
        OwnThread.EACH);
  }

  @Test
  void user_isNoSuperuser_andBecomesTheRolesItMakes() throws SQLException {
    EmbeddedPostgres server = TestPostgres.shared();
    String url = TestPostgres.url(server);
    assertThat(query(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
        .isEqualTo("f");
    execute(url, "CREATE ROLE reader NOLOGIN");
    execute(url, "SET ROLE reader");
  }

  @Test
  void files_areForTheirOwnerAlone() throws IOException {
    EmbeddedPostgres server = TestPostgres.shared();
    server.share();
    for (String name : List.of("lock", "postgres.log")) {
      Path file = server.directory().path().resolve(name);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .as(name)
          .isEqualTo("rw-------");
    }
    Path socketDirectory = server.directory().path().resolve("socket");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socketDirectory)))
        .isEqualTo("rwx------");
  }

  @Test
  void close_leavesNoProcessAndNoPassword_andMayBeRepeated() throws IOException {
    EmbeddedPostgres server = start();
    server.share();
    long pid = PostmasterFile.read(directory.path().resolve("cluster")).orElseThrow().pid();

    server.close();
    server.close();

    assertThat(ProcessHandle.of(pid)).isEmpty();
    assertThat(directory.path().resolve("lock")).isEmptyFile();
    assertThat(PostmasterFile.read(directory.path().resolve("cluster"))).isEmpty();
  }

  @Test
  void otherMajorVersion_isRefused_andLetsGoOfTheLock() throws IOException {
    start().close();
    Path version = directory.path().resolve("cluster/PG_VERSION");
    Files.writeString(version, "17\n");

    assertThatThrownBy(this::start)
        .isInstanceOfSatisfying(
            StartupException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
        .hasMessageContaining("was made by PostgreSQL 17, and this release has 18");

    Files.writeString(version, "18\n");
    start().close();
  }

  @Test
  void failingServer_isRefusedWithItsOwnWords_andLeavesNothingRunning() throws IOException {
    start().close();
    Path settings = directory.path().resolve("cluster/postgresql.conf");
    String before = Files.readString(settings);
    Files.writeString(settings, before + "\nshared_buffers = nonsense\n");

    assertThatThrownBy(this::start)
        .hasMessageContaining("Starting PostgreSQL in")
        .hasMessageContaining("postgres.log")
        .hasMessageContaining("--data-dir")
        .hasMessageContaining("--database-url");

    Files.writeString(settings, before);
    start().close();
  }

  @Test
  void unfinishedCluster_isMadeAnew() throws IOException {
    Path unfinished = directory.path().resolve("cluster.new/base");
    Files.createDirectories(unfinished);

    try (EmbeddedPostgres server = start()) {
      assertThat(server.created()).isTrue();
      assertThat(unfinished.getParent()).doesNotExist();
    }
  }

  private EmbeddedPostgres start() {
    return EmbeddedPostgres.start(directory, "serve", ProgressListener.NONE);
  }
}
