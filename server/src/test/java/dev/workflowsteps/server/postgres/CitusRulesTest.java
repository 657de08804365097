package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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

  /** A statement that changes rows that are there, of a distributed table. */
  private static final Pattern CHANGE =
      Pattern.compile("(?m)^(UPDATE|DELETE FROM) (step|step_payload|artifact)\\b");

  /** A subselect from a distributed table: its alias, and its condition. */
  private static final Pattern JOIN =
      Pattern.compile("\\(SELECT FROM (?:step|step_payload|artifact) (\\w+)\\s+WHERE ([^)]*)\\)");

  /** The migrations that name no organization in a statement that changes rows, and why. */
  private static final Map<String, String> ALL_ORGANIZATIONS =
      Map.of(
          "V2__records_without_steps.sql",
          "it moves records of every organization, once; both tables are joined on the organization,"
              + " so each shard changes its own rows");

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
        Pattern.compile("CREATE (?:UNIQUE )?INDEX (\\w+) ON \\w+\\s+\\((\\w+)").matcher(schema());
    while (indexes.find()) {
      assertThat(indexes.group(2)).as(indexes.group(1)).isEqualTo("organization_id");
    }
  }

  @Test
  void schema_hasNothingThatCannotBeDistributed() throws IOException {
    assertThat(schema())
        .doesNotContainPattern("(?i)\\b(TRIGGER|UNLOGGED|SET NULL|SERIAL|IDENTITY|COMPRESSION)\\b");
  }

  private static List<String> calls(String sql) {
    return CALL.matcher(sql).results().map(call -> call.group(1)).toList();
  }

  @Test
  void migrations_callNothingThatDiffersBetweenNodes() throws IOException {
    migrations()
        .forEach((name, sql) -> assertThat(FORBIDDEN.matcher(sql).results()).as(name).isEmpty());
  }

  /** A statement of one organization names it; what a migration does to all of them is listed. */
  @Test
  void migrations_changeRowsOfAllOrganizations_onlyWhereThatIsMeant() throws IOException {
    Set<String> changing = new TreeSet<>();
    migrations()
        .forEach(
            (name, sql) -> {
              if (CHANGE.matcher(sql).find()) {
                changing.add(name);
              }
            });

    assertThat(changing).isEqualTo(ALL_ORGANIZATIONS.keySet());
  }

  @Test
  void migrations_joinTablesOnTheOrganization() throws IOException {
    List<MatchResult> joins = JOIN.matcher(schema()).results().toList();

    assertThat(joins)
        .isNotEmpty()
        .allSatisfy(
            join ->
                assertThat(join.group(2))
                    .containsPattern(
                        "\\b" + join.group(1) + "\\.organization_id = \\w+\\.organization_id\\b"));
  }

  private static String schema() throws IOException {
    return String.join("\n", migrations().values());
  }

  /** Every migration by its file's name, without comments. */
  private static Map<String, String> migrations() throws IOException {
    Map<String, String> migrations = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(MIGRATIONS)) {
      for (Path file : files) {
        migrations.put(
            file.getFileName().toString(), Files.readString(file).replaceAll("(?m)--.*$", ""));
      }
    }
    assertThat(migrations).containsKey("V1__steps.sql").hasSizeGreaterThan(1);
    return migrations;
  }
}
