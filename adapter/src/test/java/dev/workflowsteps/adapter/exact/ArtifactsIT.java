package dev.workflowsteps.adapter.exact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.workflowsteps.adapter.DataDirs;
import dev.workflowsteps.adapter.Program;
import dev.workflowsteps.proto.v1.ListWorkflowArtifactsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowArtifactsResponse;
import dev.workflowsteps.proto.v1.WorkflowArtifactsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowArtifactsServiceGrpc.WorkflowArtifactsServiceBlockingStub;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The artifact records of a real file, imported and listed over both transports: each list is what
 * a plain scan of the file gives, byte for byte. And exported they are the file again.
 *
 * <p>{@code -Dwfs.test.seed=N} asks the same random questions again.
 */
class ArtifactsIT {

  private static final Path FOLDER = Path.of("src/test/resources/dev/workflowsteps/adapter/exact");
  private static final Path STEPS = FOLDER.resolve("mixed.ndjson.gz");
  private static final Path ARTIFACTS = FOLDER.resolve("mixed-artifacts.ndjson.gz");
  private static final JsonFactory JSON = new JsonFactory();
  private static final int QUESTIONS = 2_000;
  private static final long SEED = Long.getLong("wfs.test.seed", System.nanoTime());

  private static Path dataDir;
  private static Program program;
  private static ManagedChannel channel;
  private static String key;
  private static List<Line> lines;

  private final HttpClient http = HttpClient.newHttpClient();

  /** A record as the file has it, and where its step stands. */
  private record Line(String json, Map<String, String> fields, Document step) {

    String field(String name) {
      return fields.get(name);
    }
  }

  private record Page(List<String> records, String before, String after) {}

  @BeforeAll
  static void importFiles() throws Exception {
    dataDir = DataDirs.create();
    program = Program.serve(dataDir);
    // The records first: their places come with the steps.
    run("import-artifacts", "--create-organization", ARTIFACTS.toString());
    run("import", STEPS.toString());
    key = run("keys create").strip();
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", program.grpcPort()).usePlaintext().build();
    lines = read();
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    channel.shutdownNow();
    program.close();
    DataDirs.delete(dataDir);
  }

  @Test
  void everyRun_walkedInAnyPageSizeBothWays_isTheFilesRecords() throws Exception {
    Map<String, List<Line>> runs = new LinkedHashMap<>();
    lines.forEach(
        line -> runs.computeIfAbsent(line.field("run_id"), r -> new ArrayList<>()).add(line));
    int[] limits = {1, 2, 7, 200};
    int i = 0;
    for (Map.Entry<String, List<Line>> run : runs.entrySet()) {
      List<String> expected = run.getValue().stream().map(Line::json).toList();
      // One at a time only where there are few.
      int limit = expected.size() > 60 ? 50 : limits[i % limits.length];
      Map<String, String> question = Map.of("run_id", run.getKey(), "limit", "" + limit);
      assertThat(walk(question, i % 2 == 0)).as(question.toString()).isEqualTo(expected);
      i++;
    }
    assertThat(i).isGreaterThan(1_000);
  }

  @Test
  void randomQuestions_areAnsweredAsAPlainScanDoes() throws Exception {
    System.out.println("random questions: -Dwfs.test.seed=" + SEED);
    Random random = new Random(SEED);
    for (int i = 0; i < QUESTIONS; i++) {
      Line of = lines.get(random.nextInt(lines.size()));
      Map<String, String> question = new TreeMap<>();
      question.put("run_id", of.field("run_id"));
      for (String name : List.of("operation", "block_id", "step_id")) {
        if (random.nextInt(3) == 0) {
          Line other = random.nextInt(4) == 0 ? lines.get(random.nextInt(lines.size())) : of;
          question.put(name, other.field(name));
        }
      }
      List<String> expected =
          lines.stream()
              .filter(line -> matches(line, question))
              .map(Line::json)
              .limit(200)
              .toList();
      question.put("limit", "200");
      assertThat(page(question, random.nextBoolean()).records())
          .as(question.toString())
          .isEqualTo(expected);
    }
  }

  @Test
  void exportedArtifactsAndSteps_importedElsewhere_areTheSameBytes() throws Exception {
    Path artifacts = dataDir.resolve("artifacts.ndjson");
    Path steps = dataDir.resolve("steps.ndjson");
    Files.writeString(artifacts, run("export-artifacts"));
    Files.writeString(steps, run("export"));

    assertThat(Files.readAllLines(artifacts))
        .containsExactlyInAnyOrderElementsOf(lines.stream().map(Line::json).toList());
    assertThat(run("import", steps.toString())).startsWith("new 0, changed 0, unchanged 10408,");
    assertThat(run("import-artifacts", artifacts.toString()))
        .startsWith("new 0, changed 0, unchanged 6472,");
    assertThat(run("copy", "import", "--create-organization", steps.toString()))
        .startsWith("new 10408,");
    assertThat(run("copy", "export")).isEqualTo(Files.readString(steps));
  }

  private static boolean matches(Line line, Map<String, String> question) {
    String block = question.get("block_id");
    return line.field("run_id").equals(question.get("run_id"))
        && question
            .getOrDefault("operation", line.field("operation"))
            .equals(line.field("operation"))
        && question.getOrDefault("step_id", line.field("step_id")).equals(line.field("step_id"))
        && (block == null
            || line.step().field("block_id").equals(block)
            || line.field("step_id").equals(block));
  }

  /** Forwards, then backwards from the last page on; both must give the same. */
  private List<String> walk(Map<String, String> question, boolean rest) throws Exception {
    List<String> forwards = new ArrayList<>();
    List<List<String>> pages = new ArrayList<>();
    Page page = page(question, rest);
    assertThat(page.before()).isNull();
    while (page.after() != null) {
      pages.add(page.records());
      forwards.addAll(page.records());
      page = page(with(question, "after", page.after()), rest);
      assertThat(page.records()).isNotEmpty();
    }
    forwards.addAll(page.records());
    for (int i = pages.size() - 1; i >= 0; i--) {
      page = page(with(question, "before", page.before()), rest);
      assertThat(page.records()).isEqualTo(pages.get(i));
    }
    return forwards;
  }

  private static Map<String, String> with(Map<String, String> question, String name, String value) {
    Map<String, String> more = new HashMap<>(question);
    more.put(name, value);
    return more;
  }

  private Page page(Map<String, String> question, boolean rest) throws Exception {
    return rest ? overRest(question) : overGrpc(question);
  }

  private Page overRest(Map<String, String> question) throws Exception {
    StringBuilder query = new StringBuilder();
    question.forEach(
        (name, value) ->
            query.append('&').append(name).append('=').append(URLEncoder.encode(value, UTF_8)));
    URI uri = URI.create(program.restUrl() + "/v1/workflows/artifacts?" + query.substring(1));
    HttpResponse<byte[]> answer =
        http.send(
            HttpRequest.newBuilder(uri).header("Api-Key", key).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).as(uri + new String(answer.body(), UTF_8)).isEqualTo(200);
    return parsed(answer.body());
  }

  private static Page parsed(byte[] body) throws IOException {
    List<String> records = new ArrayList<>();
    Map<String, String> metadata = new HashMap<>();
    try (JsonParser parser = JSON.createParser(body)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean data = parser.currentName().equals("data");
        parser.nextToken();
        while (data && parser.nextToken() == JsonToken.START_OBJECT) {
          int from = (int) parser.currentTokenLocation().getByteOffset();
          parser.skipChildren();
          int to = (int) parser.currentLocation().getByteOffset();
          records.add(new String(body, from, to - from, UTF_8));
        }
        while (!data && parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          parser.nextToken();
          metadata.put(name, parser.getValueAsString());
        }
      }
    }
    return new Page(records, metadata.get("before"), metadata.get("after"));
  }

  private static Page overGrpc(Map<String, String> question) {
    ListWorkflowArtifactsRequest.Builder request = ListWorkflowArtifactsRequest.newBuilder();
    question.forEach(
        (name, value) ->
            request.setField(
                ListWorkflowArtifactsRequest.getDescriptor().findFieldByName(name),
                name.equals("limit") ? (Object) Integer.parseInt(value) : value));
    ListWorkflowArtifactsResponse answer = stub().listWorkflowArtifacts(request.build());
    return new Page(
        answer.getDataList().stream().map(row -> row.getRecord().toStringUtf8()).toList(),
        answer.getListMetadata().hasBefore() ? answer.getListMetadata().getBefore() : null,
        answer.getListMetadata().hasAfter() ? answer.getListMetadata().getAfter() : null);
  }

  private static WorkflowArtifactsServiceBlockingStub stub() {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("api-key", Metadata.ASCII_STRING_MARSHALLER), key);
    return WorkflowArtifactsServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** A command about the organization of the test, or about another that is named first. */
  private static String run(String first, String... more) throws Exception {
    boolean copy = first.equals("copy");
    List<String> command = new ArrayList<>(List.of((copy ? more[0] : first).split(" ")));
    command.addAll(
        List.of(
            "--demo", "--data-dir=" + dataDir, "--organization=" + (copy ? "copy" : "artifacts")));
    command.addAll(List.of(more).subList(copy ? 1 : 0, more.length));
    return Program.run(command.toArray(String[]::new));
  }

  /** In list order. */
  private static List<Line> read() throws IOException {
    Map<String, Document> steps = new HashMap<>();
    for (Document step : StepsFile.read(STEPS).documents()) {
      steps.put(step.field("run_id") + '\n' + step.field("step_id"), step);
    }
    List<Line> read = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(Files.newInputStream(ARTIFACTS)), UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        Map<String, String> fields = texts(line);
        read.add(
            new Line(line, fields, steps.get(fields.get("run_id") + '\n' + fields.get("step_id"))));
      }
    }
    read.sort(Comparator.comparing(Line::step, StepsFile::compare));
    return read;
  }

  private static Map<String, String> texts(String line) throws IOException {
    Map<String, String> texts = new HashMap<>();
    try (JsonParser parser = JSON.createParser(line)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        if (parser.nextToken() == JsonToken.VALUE_STRING) {
          texts.put(name, parser.getText());
        } else {
          parser.skipChildren();
        }
      }
    }
    return texts;
  }
}
