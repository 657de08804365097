package dev.workflowsteps.server.embedded;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The configuration of the embedded PostgreSQL. */
final class PostgresConfiguration {

  /** What correctness, privacy and reachability depend on: set at each start. */
  private static final List<String> FIXED =
      List.of(
          "fsync=on",
          "full_page_writes=on",
          "synchronous_commit=on",
          "listen_addresses=",
          "port=" + SocketDirectory.PORT,
          "unix_socket_permissions=0700",
          "password_encryption=scram-sha-256",
          // Containers have 64 MB of /dev/shm, or none.
          "dynamic_shared_memory_type=mmap",
          "max_parallel_workers=0",
          "max_parallel_workers_per_gather=0",
          "max_parallel_maintenance_workers=0",
          // Standard error goes to the capped log; statements and rows of tenants stay out of it.
          "logging_collector=off",
          "log_destination=stderr",
          "log_line_prefix=%m [%p] ",
          "log_timezone=UTC",
          "log_error_verbosity=terse",
          "log_min_error_statement=panic");

  /** What an operator may change: written once to the cluster's postgresql.conf. */
  private static final List<String> INITIAL =
      List.of(
          "shared_buffers=64MB",
          "max_connections=60",
          "max_wal_size=512MB",
          // Status changes leave dead index entries, which slow down pages of running steps until
          // the next vacuum; a check costs almost nothing.
          "autovacuum_naptime=10s",
          "huge_pages=off",
          "timezone=UTC",
          "lc_messages=C");

  /** Allows only logins over the socket with a password. */
  static final String HOST_BASED_ACCESS = "local all all scram-sha-256\n";

  private PostgresConfiguration() {}

  /**
   * @param more settings, which replace these
   */
  static List<String> arguments(
      InstanceFiles files, SocketDirectory socketDirectory, List<String> more) {
    Stream<String> places =
        Stream.of(
            "hba_file=" + files.hostBasedAccess(),
            "unix_socket_directories=" + quoted(socketDirectory.path()));
    return Stream.of(FIXED.stream(), places, more.stream())
        .flatMap(settings -> settings)
        .flatMap(setting -> Stream.of("-c", setting))
        .toList();
  }

  /** An entry of a list. */
  private static String quoted(Path path) {
    return '"' + path.toString().replace("\"", "\"\"") + '"';
  }

  static List<String> initialArguments() {
    return INITIAL.stream().map(setting -> "--set=" + setting).toList();
  }
}
