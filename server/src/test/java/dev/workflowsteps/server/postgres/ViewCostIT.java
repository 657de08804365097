package dev.workflowsteps.server.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.contract.Words;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.document.Documents;
import dev.workflowsteps.server.document.RejectedDocumentException;
import dev.workflowsteps.server.document.StepReader;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StepRecord;
import dev.workflowsteps.server.steps.StoredStep;
import dev.workflowsteps.server.steps.View;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What each view reads of real steps, in buffers and bytes, as PostgreSQL counts them while the
 * driver fetches the rows; beside the sample some that are too large for their rows. {@code
 * -Dwfs.test.view.file=FILE.ndjson.gz} takes the steps of a file instead. The figures are printed.
 */
class ViewCostIT {

  private static final String FILE = System.getProperty("wfs.test.view.file", "");
  private static final String ORGANIZATION = "acme";
  private static final int LIMIT = 50;
  private static final int BATCH = 500;
  private static final int LARGE_STEPS = 100;

  /** Of the table with its indexes, and of what lies beside it: values too large for their rows. */
  private static final String BUFFERS =
      """
      WITH table_oid AS (SELECT oid, reltoastrelid FROM pg_class WHERE oid = 'step'::regclass)
      SELECT sum(pg_stat_get_xact_blocks_fetched(part)) FILTER (WHERE NOT beside),
        sum(pg_stat_get_xact_blocks_fetched(part)) FILTER (WHERE beside)
      FROM (
        SELECT oid AS part, false AS beside FROM table_oid
        UNION ALL SELECT indexrelid, false FROM pg_index JOIN table_oid ON indrelid = oid
        UNION ALL SELECT reltoastrelid, true FROM table_oid
        UNION ALL SELECT indexrelid, true FROM pg_index JOIN table_oid ON indrelid = reltoastrelid
      ) AS parts""";

  private static TestDatabase.Open open;
  private static Connection connection;
  private static Map<StepPosition, StepRecord> records;

  /** What was read, of any number of statements. */
  private record Cost(long rows, long buffers, long buffersBeside, long bytes) {

    Cost plus(Cost that) {
      return new Cost(
          rows + that.rows,
          buffers + that.buffers,
          buffersBeside + that.buffersBeside,
          bytes + that.bytes);
    }

    String line(String what, View view) {
      double share = (double) LIMIT / rows;
      return "%s, %s view, per %d steps: %.0f buffers of the table, %.0f beside it, %.0f bytes"
          .formatted(what, view, LIMIT, buffers * share, buffersBeside * share, bytes * share);
    }
  }

  @BeforeAll
  static void load() throws IOException, SQLException, RejectedDocumentException {
    open = TestDatabase.open();
    records = new HashMap<>();
    StepReader reader = new StepReader(ORGANIZATION);
    List<StepRecord> batch = new ArrayList<>();
    for (String line : lines()) {
      byte[] json = line.getBytes(UTF_8);
      StepRecord record = StepRecord.of(reader.read(json, 0, json.length));
      records.put(record.position(), record);
      batch.add(record);
      if (batch.size() == BATCH) {
        write(batch);
        batch = new ArrayList<>();
      }
    }
    write(batch);
    connection = open.connect();
    TestDatabase.execute(connection, "VACUUM (ANALYZE) step");
    connection.setAutoCommit(false);
  }

  private static List<String> lines() throws IOException {
    if (FILE.isEmpty()) {
      return Stream.concat(
              Documents.lines(Documents.SAMPLE).stream(),
              IntStream.range(0, LARGE_STEPS).mapToObj(i -> large(i, new Random(i))))
          .toList();
    }
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(Path.of(FILE))), UTF_8))) {
      return lines.lines().toList();
    }
  }

  /** So large that PostgreSQL stores the payload beside the row, however well it compresses. */
  private static String large(int number, Random random) {
    byte[] payload = new byte[10_000];
    random.nextBytes(payload);
    return """
        {"run_id":"large","block_id":"b","step_id":"%d","block_type":"parse","block_label":"",\
        "lifecycle":{"status":"completed"},\
        "handle_outputs":{"out":{"type":"json","data":"%s"}}}"""
        .formatted(number, HexFormat.of().formatHex(payload));
  }

  private static void write(List<StepRecord> batch) {
    open.database()
        .stores()
        .stepWriter()
        .write(ORGANIZATION, batch, Call.within(Duration.ofSeconds(60)));
  }

  @AfterAll
  static void close() throws SQLException {
    connection.close();
    open.close();
  }

  @Test
  @Rule("view")
  void pages_inBasicView_readTheHeadsAlone_fromTheSameRows() throws SQLException {
    Cost full = pages(View.FULL);
    Cost basic = pages(View.BASIC);
    System.out.println(full.line("pages of " + LIMIT, View.FULL));
    System.out.println(basic.line("pages of " + LIMIT, View.BASIC));

    assertThat(basic.rows()).isEqualTo(full.rows());
    assertThat(basic.buffers()).isLessThanOrEqualTo(full.buffers());
    assertThat(full.buffersBeside()).isPositive();
    assertThat(basic.buffersBeside()).isZero();
    assertThat(basic.bytes()).isLessThan(full.bytes() / 2);
  }

  @Test
  @Rule("view")
  void steps_inBasicView_readTheHeadsAlone_fromTheSameRows() throws SQLException {
    Cost full = steps(View.FULL);
    Cost basic = steps(View.BASIC);
    System.out.println(full.line("single steps", View.FULL));
    System.out.println(basic.line("single steps", View.BASIC));

    assertThat(basic.rows()).isEqualTo(full.rows()).isEqualTo(records.size());
    assertThat(basic.buffers()).isLessThanOrEqualTo(full.buffers());
    assertThat(full.buffersBeside()).isPositive();
    assertThat(basic.buffersBeside()).isZero();
    assertThat(basic.bytes())
        .isEqualTo(records.values().stream().mapToLong(r -> r.encoded().head().length).sum());
  }

  /** Of all pages of the list, each with the row that shows whether more follow. */
  private static Cost pages(View view) throws SQLException {
    StepFilter filter = StepFilter.all(ORGANIZATION).withView(view);
    Cost cost = new Cost(0, 0, 0, 0);
    Optional<StepPosition> from = Optional.empty();
    while (true) {
      Scan<StepFilter, StepPosition> scan =
          new Scan<>(filter, Direction.ASCENDING, from, LIMIT + 1, Long.MAX_VALUE);
      SelectStepPage page = new SelectStepPage(scan, Words.STATUS.all());
      List<StoredStep> rows = new ArrayList<>();
      Cost read = cost(page.statements().get(0), rows);
      if (rows.stream().anyMatch(row -> row.encoded().head() == null)) {
        // Read twice; the rows count once.
        rows.clear();
        read = new Cost(0, read.buffers(), read.buffersBeside(), read.bytes());
        read = read.plus(cost(page.ofAnySize().statements().get(0), rows));
      }
      cost = cost.plus(read);
      if (rows.size() <= LIMIT) {
        return cost;
      }
      from = Optional.of(rows.get(LIMIT - 1).position());
    }
  }

  private static Cost steps(View view) throws SQLException {
    String columns = SelectStepPage.columns(view);
    Cost cost = new Cost(0, 0, 0, 0);
    for (StepPosition step : records.keySet()) {
      Optional<String> run = Optional.of(step.runId());
      Sql find = PostgresStepStore.find(columns, ORGANIZATION, step.stepId(), run, 2);
      cost = cost.plus(cost(find, new ArrayList<>()));
    }
    return cost;
  }

  /** Runs the statement in a transaction as a reader's. */
  private static Cost cost(Sql sql, List<StoredStep> read) throws SQLException {
    try (PreparedStatement settings = connection.prepareStatement(TransactionSettings.READER);
        PreparedStatement statement = connection.prepareStatement(sql.text())) {
      settings.setString(1, ORGANIZATION);
      settings.setString(2, "0");
      settings.execute();
      long[] before = buffers();
      sql.bind(statement, 1);
      long bytes = 0;
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          StoredStep row = SelectStepPage.row(rows);
          read.add(row);
          bytes += row.encoded().head() == null ? 0 : row.encoded().size();
        }
      }
      long[] after = buffers();
      return new Cost(read.size(), after[0] - before[0], after[1] - before[1], bytes);
    } finally {
      connection.rollback();
    }
  }

  private static long[] buffers() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(BUFFERS);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return new long[] {row.getLong(1), row.getLong(2)};
    }
  }
}
