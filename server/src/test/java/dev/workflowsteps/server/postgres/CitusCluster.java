package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.DatabaseUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The cluster of the tests: a coordinator and the workers {@code w1} and {@code w2}, looked after
 * by the script that {@code wfs.test.citus.tool} names, in {@code wfs.test.citus.directory}.
 */
final class CitusCluster {

  private static final String WORKER_PORTS =
      "SELECT nodeport FROM pg_dist_node WHERE groupid <> 0 ORDER BY nodeport";

  private static final String PORT_OF =
      """
      SELECT n.nodeport FROM pg_dist_placement p JOIN pg_dist_node n USING (groupid)
      WHERE p.shardid = get_shard_id_for_distribution_column('step', ?)""";

  private final String tool = property("wfs.test.citus.tool");
  private final String directory = property("wfs.test.citus.directory");
  private final DatabaseUrl coordinator;

  CitusCluster(DatabaseUrl coordinator) {
    this.coordinator = coordinator;
  }

  /** The name of the worker that has the organization's rows. */
  String workerOf(String organizationId) throws SQLException {
    return "w" + (ports(WORKER_PORTS).indexOf(ports(PORT_OF, organizationId).get(0)) + 1);
  }

  /** SIGKILL. */
  void kill(String worker) {
    run("kill", directory, worker);
  }

  void restart(String worker) {
    run("restart", directory, worker);
  }

  private List<Integer> ports(String sql, String... values) throws SQLException {
    try (Connection connection = TestDatabase.connect(coordinator);
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      List<Integer> ports = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          ports.add(rows.getInt(1));
        }
      }
      return ports;
    }
  }

  private void run(String... arguments) {
    List<String> command = new ArrayList<>(List.of(tool));
    command.addAll(List.of(arguments));
    try {
      // Not a pipe: the server that it starts would keep that open.
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      int exit = process.waitFor();
      if (exit != 0) {
        throw new IllegalStateException(String.join(" ", command) + " ended with " + exit);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String property(String name) {
    String value = System.getProperty(name, "");
    if (value.isEmpty()) {
      throw new IllegalStateException("-D" + name + " is missing; .ci/nightly citus sets it");
    }
    return value;
  }
}
