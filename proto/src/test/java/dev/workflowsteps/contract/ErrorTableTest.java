package dev.workflowsteps.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.proto.v1.ErrorOptions;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.proto.v1.OptionsProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ErrorTableTest {

  @Test
  void readme_holdsEveryRowOfTheEnum() throws IOException {
    String readme = Files.readString(Path.of("..", "proto", "README.md"));
    String table =
        readme.substring(
            readme.indexOf("<!-- errors -->") + "<!-- errors -->\n".length(),
            readme.indexOf("<!-- /errors -->"));
    String expected =
        "| reason | HTTP | gRPC | meaning | what to do |\n| --- | --- | --- | --- | --- |\n"
            + Arrays.stream(ErrorReason.values())
                .filter(reason -> reason != ErrorReason.UNRECOGNIZED)
                .filter(reason -> reason != ErrorReason.ERROR_REASON_UNSPECIFIED)
                .map(ErrorTableTest::row)
                .collect(Collectors.joining());

    assertThat(table).isEqualTo(expected);
  }

  private static String row(ErrorReason reason) {
    ErrorOptions row = reason.getValueDescriptor().getOptions().getExtension(OptionsProto.error);
    return "| `%s` | %d | `%s` | %s | %s |%n"
        .formatted(
            ErrorTable.word(reason),
            row.getHttp(),
            row.getCode(),
            row.getMeaning(),
            row.getAction());
  }
}
