package dev.workflowsteps.adapter.hostile;

import static dev.workflowsteps.adapter.hostile.Experiments.report;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.workflowsteps.adapter.Program;
import dev.workflowsteps.adapter.RawHttp;
import dev.workflowsteps.proto.v1.CountWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.GetWorkflowArtifactRequest;
import dev.workflowsteps.proto.v1.GetWorkflowStepRequest;
import dev.workflowsteps.proto.v1.ListWorkflowArtifactsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.auth.ApiKey;
import dev.workflowsteps.server.grpc.RawBytes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A valid key goes wherever a caller or an operator may put one by mistake, while the server logs
 * everything. Nothing that anybody reads afterwards holds its secret.
 */
class PlantedKeyExperiment {

  private static final String LIST = "/v1/workflows/steps";

  /** Fields of headers, each in a request of its own; {@code KEY} stands for the key. */
  private static final List<String> HEADERS =
      List.of(
          "Api-Key: KEYx",
          "Api-Key: xKEY",
          "Api-Key: KEY\u00e9",
          "Api-Key: KEY\r\nApi-Key: other",
          "Api-Key: KEY\r\nAuthorization: Bearer other",
          "Authorization: KEY",
          "Authorization: Basic KEY",
          "Authorization: Bearer KEYx",
          "X-Request-Id: KEY",
          "X-Request-Id: xKEY",
          "Cookie: key=KEY",
          "KEY: x",
          "KEY x",
          "X-KEY: x",
          "Host: KEY",
          "Content-Length: KEY",
          "Transfer-Encoding: KEY",
          "Expect: KEY",
          "Connection: KEY",
          "Upgrade: KEY",
          "Accept-Encoding: KEY",
          "Origin: https://KEY",
          "X-Forwarded-For: KEY",
          "User-Agent: KEY",
          "User-Agent: curl/8 xKEY",
          "tracestate: KEY",
          "traceparent: KEY");

  /** What a request may ask for, with a valid key and without one. */
  private static final List<String> TARGETS =
      List.of(
          "/KEY",
          "KEY",
          "http://KEY/v1/workflows/steps",
          "/%ffKEY",
          LIST + "/KEY",
          LIST + "/KEY?run_id=KEY",
          LIST + "?KEY",
          LIST + "?KEY=1",
          LIST + "?api_key=KEY",
          LIST + "?api_key=KEY%ff",
          LIST + "?organization=KEY",
          LIST + "?limit=KEY",
          LIST + "?limit=1&limit=KEY",
          LIST + "?after=KEY",
          LIST + "?before=wfc1_KEY",
          LIST + "?after=KEY&before=KEY",
          LIST + "?run_id=KEY",
          LIST + "?run_id=%00KEY",
          LIST + "?status=KEY",
          LIST + "?status[]=KEY,error",
          LIST + "?block_type=Enum.KEY",
          LIST + "?order=KEY",
          LIST + "?sort_by=KEY",
          LIST + "?view=KEY",
          LIST + "?from_date=KEY",
          LIST + ":count?exclude_status=KEY",
          LIST + ":KEY",
          "/v1/workflows/artifacts/KEY",
          "/v1/workflows/artifacts?operation=KEY&run_id=KEY",
          "/docs?KEY",
          "/openapi.json?KEY");

  /** What begins a connection, to either port. */
  private static final List<String> NO_REQUESTS =
      List.of(
          "KEY / HTTP/1.1",
          "GET / HTTP/KEY",
          "GET / KEY",
          "KEY",
          "\u0016KEY",
          "\u0016\u0003\u0001KEY",
          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nKEY");

  private final SoftAssertions softly = new SoftAssertions();
  private int requests;

  /** The length of the secret's parts in hexadecimal. */
  private static final int PART = 8;

  /** The secret as text and in hexadecimal, in parts: what is cut still says enough. */
  private List<String> secrets;

  private String key;

  @Test
  void keyInEveryPlace_isSeenInNone(@TempDir Path directory) throws Exception {
    try (Data data = new Data()) {
      key = data.organization("acme", 5, 10);
      ApiKey planted = ApiKey.parse(key).orElseThrow();
      secrets = new ArrayList<>(List.of(key.substring(13, 34), key.substring(34, 56)));
      for (int i = 13; i + PART <= key.length(); i += PART) {
        secrets.add(HexFormat.of().formatHex(key.substring(i, i + PART).getBytes()));
      }
      try (Server server =
          Server.startQuickly(
              data,
              "--log-level=debug",
              "--access-log=all",
              "--trusted-addresses=10.0.0.0/8",
              "--wrong-keys-per-minute=100")) {
        rest(server);
        grpc(server);
        commands(data, planted, directory);
        int wrong = tooManyWrongKeys(server);
        assertUnseen("the metrics", get("http://" + server.admin() + "/metrics"));
        assertUnseen("/info", get("http://" + server.admin() + "/info"));
        assertUnseen("the list of processes", processes());
        server.stop();
        assertUnseen("the log", String.join("\n", server.words()));
        report(
            "planted key",
            requests
                + " requests, "
                + wrong
                + " wrong keys until a 429, "
                + server.words().size()
                + " lines of the log");
      }
      String rows = data.everyRow();
      assertUnseen("the database", rows);
      assertThat(rows)
          .as("the hash of the secret")
          .contains(HexFormat.of().formatHex(planted.secretSha256()));
    }
    softly.assertAll();
  }

  private void rest(Server server) throws IOException {
    int port = URI.create("http://" + server.rest()).getPort();
    for (String header : HEADERS) {
      for (String valid : List.of("", "Api-Key: " + key + "\r\n")) {
        exchange(port, "GET " + LIST + "?limit=0 HTTP/1.1\r\n" + host(header) + valid + header);
      }
    }
    for (String target : TARGETS) {
      for (String valid : List.of("Api-Key: none", "Api-Key: " + key)) {
        exchange(port, "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + valid);
      }
    }
    for (String line : NO_REQUESTS) {
      exchange(port, line + "\r\nHost: x");
    }
    exchange(port, "POST " + LIST + " HTTP/1.1\r\nHost: x\r\nContent-Length: 62\r\n\r\nKEY");
  }

  private static String host(String header) {
    return header.startsWith("Host:") ? "" : "Host: x\r\n";
  }

  private void exchange(int port, String head) throws IOException {
    String request = head.replace("KEY", key) + "\r\nConnection: close\r\n\r\n";
    String answer;
    try {
      answer = RawHttp.exchange(port, request);
    } catch (IOException reset) {
      // Some of them are none, and get no answer.
      answer = "";
    }
    assertUnseen(head, answer);
  }

  private void grpc(Server server) throws IOException {
    for (String begin : NO_REQUESTS) {
      exchange(Integer.parseInt(server.grpc().split(":")[1]), begin);
    }
    ManagedChannel channel = NettyChannelBuilder.forTarget(server.grpc()).usePlaintext().build();
    try {
      for (Map.Entry<String, String> field : metadata().entrySet()) {
        for (String valid : List.of("", key)) {
          Metadata headers = new Metadata();
          put(headers, field.getKey(), field.getValue().replace("KEY", key));
          if (!valid.isEmpty()) {
            put(headers, "api-key", valid);
          }
          call(channel, headers, "WorkflowStepsService/ListWorkflowSteps", new byte[] {8, 0});
        }
      }
      Metadata valid = new Metadata();
      put(valid, "api-key", key);
      for (Map.Entry<String, List<Message>> messages : messages().entrySet()) {
        for (Message message : messages.getValue()) {
          call(channel, valid, messages.getKey(), message.toByteArray());
        }
      }
      call(channel, valid, "WorkflowStepsService/" + key, new byte[0]);
      call(channel, valid, key + "/" + key, new byte[0]);
      call(channel, valid, "WorkflowStepsService/ListWorkflowSteps", key.getBytes());
    } finally {
      channel.shutdownNow();
    }
  }

  private static Map<String, String> metadata() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("api-key", "KEYx");
    fields.put("authorization", "Basic KEY");
    fields.put("x-request-id", "KEY");
    fields.put("some", "KEY");
    fields.put("cookie", "KEY");
    fields.put("user-agent", "KEY");
    fields.put("traceparent", "KEY");
    fields.put("grpc-trace", "KEY");
    fields.put("grpc-accept-encoding", "KEY");
    return fields;
  }

  private Map<String, List<Message>> messages() {
    ListWorkflowStepsRequest.Builder list = ListWorkflowStepsRequest.newBuilder();
    WorkflowStep.Builder step =
        WorkflowStep.newBuilder().setRunId("r").setStepId(key).setBlockType(key);
    return Map.of(
        "WorkflowStepsService/ListWorkflowSteps",
        List.of(
            list.setRunId(key).build(),
            list.setLimit(0).build(),
            list.clear().setAfter(key).build(),
            list.clear().setBefore("wfc1_" + key).build(),
            list.clear().addStatus(key).build(),
            list.clear().addBlockType(key).build(),
            list.clear().setOrder(key).build(),
            list.clear().setFromDate(key).build()),
        "WorkflowStepsService/CountWorkflowSteps",
        List.of(CountWorkflowStepsRequest.newBuilder().addStatus(key).build()),
        "WorkflowStepsService/GetWorkflowStep",
        List.of(GetWorkflowStepRequest.newBuilder().setStepId(key).build()),
        "WorkflowStepsService/RecordWorkflowSteps",
        List.of(RecordWorkflowStepsRequest.newBuilder().addSteps(step).build()),
        "WorkflowArtifactsService/ListWorkflowArtifacts",
        List.of(ListWorkflowArtifactsRequest.newBuilder().setStepId(key).build()),
        "WorkflowArtifactsService/GetWorkflowArtifact",
        List.of(GetWorkflowArtifactRequest.newBuilder().setArtifactId(key).build()));
  }

  private static void put(Metadata headers, String name, String value) {
    headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
  }

  private void call(Channel channel, Metadata headers, String method, byte[] message) {
    Channel with =
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    String service = method.startsWith("Workflow") ? "workflows.v1." : "";
    try {
      byte[] answer =
          ClientCalls.blockingUnaryCall(
              with,
              RawBytes.method(MethodType.UNARY, service + method),
              CallOptions.DEFAULT,
              message);
      assertUnseen(method + " " + headers.keys(), new String(answer, StandardCharsets.UTF_8));
    } catch (StatusRuntimeException e) {
      StringBuilder seen = new StringBuilder(e.getStatus().toString());
      Metadata trailers = e.getTrailers();
      for (String name : trailers.keys()) {
        seen.append(
            name.endsWith("-bin")
                ? new String(
                    trailers.get(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER)),
                    StandardCharsets.UTF_8)
                : trailers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
      }
      assertUnseen(method + " " + headers.keys(), seen.toString());
    }
  }

  /** Those that name keys, and that which prints settings. */
  private void commands(Data data, ApiKey planted, Path directory) throws Exception {
    String url = "--database-url=" + data.url();
    String of = "--organization=acme";
    assertUnseen("keys list", Program.run("keys", "list", url, of));
    assertUnseen("keys rotate", run("keys", "rotate", url, of, planted.keyId()));
    assertUnseen("keys revoke KEY", run("keys", "revoke", url, of, key));
    Path settings = directory.resolve("settings.properties");
    Files.writeString(
        settings,
        "database-password=%s\ndatabase-url=postgresql://u:%s@127.0.0.1/d\n".formatted(key, key));
    assertUnseen("config", run("config", "--config=" + settings));
    Files.writeString(settings, "database-url=%s\n".formatted(key));
    assertUnseen("config of no URL", run("config", "--config=" + settings));
    assertUnseen("export", Program.run("export", url, of));
  }

  /** Everything that a command prints, on stderr too; a key that is made is none of them. */
  private static String run(String... arguments) throws IOException {
    Process process = Program.open(arguments);
    process.getOutputStream().close();
    String data = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return data + new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** How many it took. */
  private int tooManyWrongKeys(Server server) throws IOException {
    int port = URI.create("http://" + server.rest()).getPort();
    for (int sent = 1; sent <= 1_000; sent++) {
      String answer =
          RawHttp.exchange(port, "GET " + LIST + " HTTP/1.0\r\nApi-Key: " + key + "x\r\n\r\n");
      assertUnseen("a wrong key", answer);
      if (answer.contains(" 429 ")) {
        return sent;
      }
    }
    softly.fail("no 429");
    return 1_000;
  }

  private static String processes() throws IOException {
    List<String> lines = new ArrayList<>();
    try (var directories = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : directories) {
        try {
          lines.add(Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1));
        } catch (IOException ended) {
          // It has no arguments any more.
        }
      }
    }
    assertThat(lines).anyMatch(line -> line.contains("--log-level=debug"));
    return String.join("\n", lines);
  }

  private static String get(String url) throws IOException, InterruptedException {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }

  private void assertUnseen(String where, String text) {
    requests++;
    String lower = text.toLowerCase(Locale.ROOT);
    softly
        .assertThat(secrets)
        .as(
            "parts of the key seen in %s: %s",
            where, text.substring(0, Math.min(300, text.length())))
        .noneMatch(part -> lower.contains(part.toLowerCase(Locale.ROOT)));
  }
}
