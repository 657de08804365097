package dev.workflowsteps.adapter.malformed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.adapter.Program;
import dev.workflowsteps.server.Rule;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.URI;
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
  private static ManagedChannel channel;

  @BeforeAll
  static void start() throws IOException {
    program = Program.shared();
    validKey = program.demoKey();
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", program.grpcPort()).usePlaintext().build();
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
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
    "error-body"
  })
  void malformedInput_isAnsweredAsTheTableSays(Row row) throws Exception {
    Row seen =
        row.isHttp()
            ? new HttpCaller(URI.create(program.restUrl()).getPort()).call(row, headers(row.key()))
            : new GrpcCaller(channel).call(row, metadata(row.key()));

    assertThat(seen).as("what the caller sees, as a row of the table").isEqualTo(row);
  }

  @Test
  void table_hasSixtyRows_andNoneTwice() throws IOException {
    assertThat(Row.all().map(row -> row.request() + row.key()))
        .hasSizeGreaterThanOrEqualTo(60)
        .doesNotHaveDuplicates();
  }

  private static String headers(String which) {
    return switch (which) {
      case "valid" -> "Api-Key: " + validKey + "\r\n";
      case "wrong" -> "Authorization: Bearer " + WRONG_KEY + "\r\n";
      case "two" -> "Api-Key: " + validKey + "\r\nAuthorization: Bearer " + WRONG_KEY + "\r\n";
      case "basic" -> "Authorization: Basic " + validKey + "\r\n";
      case "empty" -> "Api-Key:\r\n";
      case "none" -> "";
      default -> throw new IllegalArgumentException(which);
    };
  }

  private static Metadata metadata(String which) {
    Metadata metadata = new Metadata();
    headers(which)
        .lines()
        .map(line -> line.split(": ?", 2))
        .forEach(
            line ->
                metadata.put(Metadata.Key.of(line[0], Metadata.ASCII_STRING_MARSHALLER), line[1]));
    return metadata;
  }
}
