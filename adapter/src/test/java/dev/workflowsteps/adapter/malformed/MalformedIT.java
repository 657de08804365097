package dev.workflowsteps.adapter.malformed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.adapter.Program;
import dev.workflowsteps.adapter.client.Answer;
import dev.workflowsteps.adapter.client.GrpcClient;
import dev.workflowsteps.adapter.client.Request.Header;
import dev.workflowsteps.adapter.client.RestClient;
import dev.workflowsteps.server.Rule;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a caller sees for each malformed input of the table, from the program as a user starts it.
 */
class MalformedIT {

  private static final String WRONG_KEY = "wfs_" + "0".repeat(8) + "_" + "0".repeat(49);

  private static Program program;
  private static String validKey;
  private static String writeKey;
  private static RestClient rest;
  private static GrpcClient grpc;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    program = Program.shared();
    validKey = program.demoKey();
    writeKey = program.command("keys create", "demo", "--scope=write").strip();
    rest = new RestClient(program.restUrl(), validKey);
    grpc = new GrpcClient(program.grpcPort(), validKey);
  }

  @AfterAll
  static void stop() {
    rest.close();
    grpc.close();
  }

  static Stream<Row> rows() throws IOException {
    return Row.all();
  }

  @ParameterizedTest
  @MethodSource("rows")
  @Rule({
    "strict-names",
    "strict-values",
    "strict-empty",
    "strict-once",
    "id-bounds",
    "query-text",
    "key-first",
    "key-scopes",
    "error-body"
  })
  void malformedInput_isAnsweredAsTheTableSays(Row row) throws Exception {
    List<Header> headers = headers(row.key());
    // After some of these requests nothing more is read from the connection.
    rest.close();
    Answer answer = row.isHttp() ? rest.ask(row.http(headers)) : row.call(grpc, headers);

    assertThat(row.answered(answer)).as("what the caller sees, as a row").isEqualTo(row);
  }

  @Test
  void table_hasSixtyRows_andNoneTwice() throws IOException {
    assertThat(Row.all().map(row -> row.request() + row.key()))
        .hasSizeGreaterThanOrEqualTo(60)
        .doesNotHaveDuplicates();
  }

  private static List<Header> headers(String which) {
    Header valid = new Header("api-key", validKey);
    Header wrong = new Header("authorization", "Bearer " + WRONG_KEY);
    return switch (which) {
      case "valid" -> List.of(valid);
      case "write" -> List.of(new Header("api-key", writeKey));
      case "wrong" -> List.of(wrong);
      case "two" -> List.of(valid, wrong);
      case "basic" -> List.of(new Header("authorization", "Basic " + validKey));
      case "empty" -> List.of(new Header("api-key", ""));
      case "none" -> List.of();
      default -> throw new IllegalArgumentException(which);
    };
  }
}
