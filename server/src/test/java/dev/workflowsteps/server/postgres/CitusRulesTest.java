package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.config.ProgressListener;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What keeps the schema and the statements fit for Citus, tables distributed by organization_id,
 * beside {@link BoundOrganizationTest}. Found by trying on Citus 13.2.
 */
class CitusRulesTest {

  /** What fails there, or gives another answer on each node. */
  private static final Pattern FORBIDDEN =
      Pattern.compile(
          "(?i)\\b(now|current_timestamp|clock_timestamp|localtimestamp|random|gen_random_uuid"
              + "|to_char|date_trunc|to_jsonb|jsonb_build_object|concat|lower|upper|nextval)\\b|MERGE\\b|WHERE CURRENT OF|IS NOT DISTINCT FROM|\\bI?LIKE\\b");

  private static final Path MIGRATIONS = Path.of("src/main/resources/db/migration");

  /** A statement that changes rows that are there, of a distributed table, and its condition. */
  private static final Pattern CHANGE =
      Pattern.compile(
          "(?m)^(?:UPDATE|DELETE FROM) (?:step|step_payload|artifact)\\b[^;]*?WHERE ([^;]*)");

  /** A subselect from a distributed table: its alias, and its condition. */
  private static final Pattern SUBSELECT =
      Pattern.compile("\\(SELECT FROM (?:step|step_payload|artifact) (\\w+)\\s+WHERE ([^)]*)\\)");

  private static final Pattern CHANGE_ON_EVERY_NODE =
      Pattern.compile(
          "^(UPDATE|DELETE FROM|INSERT INTO) (organization|api_key|api_key_use|step_status)\\b");

  private static final Pattern CALL = Pattern.compile("\\b([a-z_]+)\\s*\\(");

  @Test
  void statements_callNothingThatDiffersBetweenNodes() {
    Map<String, String> statements = Statements.all();

    statements.forEach(
        (name, sql) ->
            assertThat(sql)
                .as(name)
                .satisfies(text -> assertThat(FORBIDDEN.matcher(text).results()).isEmpty()));
  }

  @Test
  void conflicts_areSolvedWithoutAnyFunction() {
    Statements.constants()
        .forEach(
            (name, sql) -> {
              int update = sql.indexOf("DO UPDATE SET");
              if (update >= 0) {
                assertThat(calls(sql.substring(update))).as(name).isEmpty();
              }
            });
  }

  @Test
  void schema_hasTheOrganizationFirstInEveryKeyAndIndex() throws IOException {
    Matcher tables =
        Pattern.compile("CREATE TABLE (\\w+) \\((.*?)\\n\\)", Pattern.DOTALL).matcher(schema());
    int distributed = 0;
    while (tables.find()) {
      String columns = tables.group(2);
      assertThat(columns).as(tables.group(1)).contains("PRIMARY KEY");
      if (List.of("step", "step_payload", "artifact").contains(tables.group(1))) {
        distributed++;
        assertThat(columns)
            .contains("PRIMARY KEY (organization_id, ")
            .doesNotContainPattern("(UNIQUE|FOREIGN KEY|EXCLUDE) \\((?!organization_id, )");
      }
    }
    assertThat(distributed).isEqualTo(3);
    Matcher indexes =
        Pattern.compile("CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?(\\w+) ON \\w+\\s+\\((\\w+)")
            .matcher(schema());
    while (indexes.find()) {
      assertThat(indexes.group(2)).as(indexes.group(1)).isEqualTo("organization_id");
    }
  }

  @Test
  void schema_hasNothingThatCannotBeDistributed() throws IOException {
    assertThat(schema())
        .doesNotContainPattern("(?i)\\b(TRIGGER|UNLOGGED|SET NULL|SERIAL|IDENTITY|COMPRESSION)\\b");
  }

  @Test
  void schema_tablesAreDistributedOrOnEveryNode() throws IOException {
    List<String> created =
        Pattern.compile("CREATE TABLE (\\w+)")
            .matcher(schema())
            .results()
            .map(table -> table.group(1))
            .toList();

    assertThat(created).containsExactlyInAnyOrderElementsOf(Citus.tables());
  }

  @Test
  void schema_isChangedOnlyInWaysThatReachTheWorkers() throws IOException {
    assertThat(schema())
        .doesNotContainPattern(
            "(?i)\\bSET (STATISTICS|STORAGE)\\b|\\bDETACH\\b|CONCURRENTLY IF NOT EXISTS")
        .doesNotContainPattern(
            "(?i)ADD COLUMN [^;,]*\\b(CHECK|UNIQUE|PRIMARY KEY|REFERENCES|GENERATED)\\b")
        .doesNotContainPattern("(?i)CREATE POLICY[^;]*\\(\\s*SELECT");
  }

  @Test
  void changesOfTablesOnEveryNode_lookIntoNoDistributedTable() {
    Map<String, String> changes = new TreeMap<>(Statements.constants());
    changes.values().removeIf(sql -> !CHANGE_ON_EVERY_NODE.matcher(sql).find());

    assertThat(changes)
        .containsKeys(
            "PostgresDataDeletion.DELETE_ORGANIZATION",
            "PostgresKeyStore.INSERT",
            "PostgresKeyStore.SET_LAST_USED");
    changes.forEach(
        (name, sql) ->
            assertThat(sql)
                .as(name)
                .doesNotContainPattern("(FROM|JOIN|USING) (step|step_payload|artifact)\\b"));
  }

  @Test
  void plans_sayWhichWorkerHasTheRows() {
    assertThat(TransactionSettings.READER_ON_CITUS)
        .isEqualTo(TransactionSettings.READER.replace("force_generic_plan", "auto"))
        .contains("'plan_cache_mode', 'auto'");
    assertThat(TransactionSettings.COUNTER_ON_CITUS)
        .isEqualTo(TransactionSettings.COUNTER.replace("force_generic_plan", "auto"))
        .contains("'plan_cache_mode', 'auto'");
    assertThat(TransactionSettings.WRITER_ON_CITUS)
        .contains("'plan_cache_mode', 'force_custom_plan'");
  }

  private static List<String> calls(String sql) {
    return CALL.matcher(sql).results().map(call -> call.group(1)).toList();
  }

  @Test
  void migrations_callNothingThatDiffersBetweenNodes() throws IOException {
    migrations()
        .forEach((name, sql) -> assertThat(FORBIDDEN.matcher(sql).results()).as(name).isEmpty());
  }

  /** Those of all organizations go through them one by one. */
  @Test
  void migrations_changeRowsOfOneOrganizationAtATime() throws IOException {
    List<MatchResult> changes = CHANGE.matcher(schema()).results().toList();

    assertThat(changes)
        .isNotEmpty()
        .allSatisfy(change -> assertThat(change.group(1)).startsWith("organization_id = ? AND "));
  }

  @Test
  void migrations_bindTheOrganizationInEachSubselect() throws IOException {
    List<MatchResult> subselects = SUBSELECT.matcher(schema()).results().toList();

    assertThat(subselects)
        .isNotEmpty()
        .allSatisfy(
            subselect ->
                assertThat(subselect.group(2))
                    .contains(subselect.group(1) + ".organization_id = ? AND "));
  }

  private static String schema() throws IOException {
    return String.join("\n", migrations().values());
  }

  /** Every migration by its name, without comments. */
  private static Map<String, String> migrations() throws IOException {
    Map<String, String> migrations = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(MIGRATIONS)) {
      for (Path file : files) {
        migrations.put(
            file.getFileName().toString(), Files.readString(file).replaceAll("(?m)--.*$", ""));
      }
    }
    ProgressListener none = ProgressListener.NONE;
    for (LargeMigration large : Migrations.large(new FillEndedAt(none), none)) {
      migrations.put(large.title(), text(large));
    }
    assertThat(migrations).containsKey("V1__steps.sql").hasSizeGreaterThan(1);
    return migrations;
  }

  private static String text(LargeMigration migration) {
    if (migration instanceof BatchedMigration batches) {
      return batches.change("o", batches.beforeAll(), batches.beforeAll()).text();
    }
    return migration instanceof ConcurrentIndex index ? index.sql() : FillEndedAt.FILL;
  }
}
