package dev.workflowsteps.server.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
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

  /** Without its comments. */
  private static String schema() throws IOException {
    try (InputStream in = CitusRulesTest.class.getResourceAsStream("/db/migration/V1__steps.sql")) {
      return new String(in.readAllBytes(), UTF_8).replaceAll("(?m)--.*$", "");
    }
  }
}
