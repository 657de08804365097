package dev.workflowsteps.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.CapturedLog;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
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

  /** Lines of the log wait in a queue. */
  @Test
  void failedStart_saysWhyAtLast() {
    try (CapturedLog log = new CapturedLog()) {
      CommandLine root = Main.commandLine(Map.of()).setErr(new PrintWriter(System.err, true));

      int exit =
          root.execute(
              "serve-rest",
              "--upstream=192.0.2.1:50051",
              "--rest-port=0",
              "--admin-port=0",
              "--tls-certificate=missing.crt",
              "--tls-key=missing.key");

      assertThat(exit).isEqualTo(3);
      assertThat(log.lines()).hasSizeGreaterThan(1).last().asString().contains("missing.crt");
      assertThat(log.text()).contains(" WARN ", "192.0.2.1");
    }
  }
}
