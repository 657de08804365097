package dev.workflowsteps.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ServeCommandTest {

  @ParameterizedTest
  @CsvSource({
    "serve, --upstream=h:1",
    "serve, --migration-database-url=postgresql://h/d",
    "serve-grpc, --upstream=h:1",
    "serve-grpc, --rest-port=1",
    "serve-grpc, --cors-origins=https://a.example",
    "serve-rest, --demo",
    "serve-rest, --data-dir=/d",
    "serve-rest, --grpc-port=1",
    "serve-rest, --page-bytes=65536",
  })
  void flagThatACommandWouldNotHeed_isRefused(String name, String flag) {
    StringWriter words = new StringWriter();
    CommandLine root = Main.commandLine(Map.of()).setErr(new PrintWriter(words));

    assertThat(root.execute(name, flag)).isEqualTo(2);
    assertThat(words.toString()).startsWith("unknown option " + flag.replaceFirst("=.*", ""));
  }
}
