package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every statement on a table of tenants binds the organization, as a value, in each mention. */
class BoundOrganizationTest {

  private static final Pattern TABLE =
      Pattern.compile(
          "(?:FROM|JOIN|UPDATE)\\s+(step|step_payload|artifact|api_key|api_key_use|organization)\\b");
  private static final Pattern BOUND = Pattern.compile("organization_id = \\?");

  /** Of an INSERT, the column that comes first and the value that it gets. */
  private static final Pattern INSERT =
      Pattern.compile(
          "INSERT INTO (step|step_payload|artifact|api_key_use|organization)\\b(?: AS t)?\\s*"
              + "\\(organization_id, [^)]*\\)\\s+(?:SELECT \\?|VALUES \\(\\?),");

  /**
   * What tells which organization a key belongs to (and that one's limits), what gives a key to
   * one, and the lists of them that a migration and a command go through.
   */
  private static final Map<String, String> UNBOUND =
      Map.of(
          "LargeMigration.ORGANIZATIONS", "SELECT organization_id FROM organization",
          "PostgresKeyStore.ORGANIZATIONS", "WHERE k.organization_id = o.organization_id",
          "PostgresKeyStore.FIND", "ON o.organization_id = k.organization_id\nWHERE k.key_id = ?",
          "PostgresKeyStore.INSERT", "VALUES (?, ?, ?, ?, ?, ?, ?)");

  @Test
  void statements_bindTheOrganization_asOftenAsTheyNameATable() {
    Map<String, String> statements = Statements.all();
    assertThat(statements)
        .hasSizeGreaterThan(100)
        .containsKeys(UNBOUND.keySet().toArray(String[]::new));

    statements.forEach(
        (name, sql) -> {
          if (UNBOUND.containsKey(name)) {
            assertThat(sql).as(name).contains(UNBOUND.get(name));
          } else {
            assertThat(count(BOUND, sql)).as(name + ":\n" + sql).isEqualTo(count(TABLE, sql));
          }
        });
  }

  @Test
  void inserts_giveTheOrganizationAsAValue() {
    Statements.constants().entrySet().stream()
        .filter(statement -> statement.getValue().contains("INSERT INTO"))
        .filter(statement -> !UNBOUND.containsKey(statement.getKey()))
        .forEach(
            statement ->
                assertThat(statement.getValue()).as(statement.getKey()).containsPattern(INSERT));
  }

  private static int count(Pattern pattern, String sql) {
    Matcher matcher = pattern.matcher(sql);
    int count = 0;
    while (matcher.find()) {
      count++;
    }
    return count;
  }
}
