package dev.workflowsteps.adapter.requests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.adapter.Program;
import dev.workflowsteps.adapter.client.Client;
import dev.workflowsteps.adapter.client.Kind;
import dev.workflowsteps.adapter.client.Organization;
import dev.workflowsteps.adapter.client.Question;
import dev.workflowsteps.adapter.client.RestClient;
import dev.workflowsteps.adapter.client.Row;
import dev.workflowsteps.adapter.client.Walk;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A client that follows {@code list_metadata} and nothing else neither loops nor stops early nor
 * loses a row, in either direction, also where pages end by their bytes.
 *
 * <p>{@code -Dwfs.test.exhaustive=true} walks more lists, {@code -Dwfs.test.seed=N} the same ones
 * again.
 */
class EnvelopeIT {

  private static final int WALKS = Boolean.getBoolean("wfs.test.exhaustive") ? 40 : 8;
  private static final int LARGEST_PAYLOAD = 900_000;
  private static final long SEED = Long.getLong("wfs.test.seed", System.nanoTime());

  private static Program program;

  private final Random random = new Random(SEED);

  @BeforeAll
  static void start() throws IOException {
    program = Program.shared();
  }

  @Test
  void walk_ofAnyList_endsWithEveryRow_bothWays() throws Exception {
    System.out.println("walks: -Dwfs.test.seed=" + SEED);
    Organization organization = new Sample(random, LARGEST_PAYLOAD).importInto(program, "walked");
    try (Client client = new RestClient(program.restUrl(), organization.key())) {
      Walk walk = new Walk(client, Row::isSameAs);
      // The payloads together are larger than a page may be, whatever is drawn afterwards.
      Question all = Question.allSteps(random.nextBoolean(), Kind.LIST_STEPS.mostRows());
      walk.bothWays(all, organization.scan(all));
      for (int i = 0; i < WALKS; i++) {
        Question question = question(organization, i);
        walk.bothWays(question, organization.scan(question));
      }
      assertThat(walk.endedByBytes()).as("pages that ended by their bytes").isPositive();
    }
  }

  /** Now and then all, else some of them. */
  private Question question(Organization organization, int walk) {
    Kind kind = random.nextInt(4) == 0 ? Kind.LIST_ARTIFACTS : Kind.LIST_STEPS;
    Row row = organization.rows(kind).get(random.nextInt(organization.rows(kind).size()));
    Map<String, String> exact = new HashMap<>();
    if (kind == Kind.LIST_ARTIFACTS || random.nextInt(3) == 0) {
      exact.put("run_id", row.runId());
    }
    Map<String, Set<String>> anyOf = new HashMap<>();
    if (kind == Kind.LIST_STEPS && random.nextBoolean()) {
      anyOf.put("status", new HashSet<>(List.of("completed", "error", row.fields().get("status"))));
    }
    int[] limits = {1, 7, 50, kind.mostRows()};
    // One at a time only where there are few.
    int limit = limits[exact.isEmpty() ? 1 + walk % 3 : walk % 4];
    boolean descending = random.nextBoolean();
    return new Question(kind, exact, anyOf, descending, limit);
  }
}
