package dev.workflowsteps.adapter.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.workflowsteps.proto.v1.CountWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.WorkflowArtifact;
import dev.workflowsteps.proto.v1.WorkflowStep;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Parameters and answers to show: those of the first run of the demo's data, which is the example
 * of the API reference. Who starts the demo can ask for them.
 */
final class Examples {

  private static final String FOLDER = "/dev/workflowsteps/server/demo/";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Where the first step has the value that a parameter asks for. */
  private static final Map<String, String> POINTERS =
      Map.of(
          "run_id", "/run_id",
          "block_id", "/block_id",
          "step_id", "/step_id",
          "block_type", "/block_type",
          "status", "/lifecycle/status",
          "artifact_id", "/artifact/id",
          "operation", "/artifact/operation");

  private final List<JsonNode> steps = firstRun("demo.ndjson");
  private final Map<Descriptor, List<JsonNode>> byType =
      Map.of(
          WorkflowStep.getDescriptor(),
          steps,
          WorkflowArtifact.getDescriptor(),
          firstRun("demo-artifacts.ndjson"));

  /** A value for a parameter; empty if that run has none. */
  Optional<JsonNode> parameter(FieldDescriptor field) {
    return Optional.ofNullable(POINTERS.get(field.getName())).map(steps.get(0)::at);
  }

  /** What a request for the whole run, its counts, its first step or record is answered with. */
  Optional<JsonNode> answer(Descriptor type) {
    if (byType.containsKey(type)) {
      return Optional.of(byType.get(type).get(0));
    }
    if (type.equals(CountWorkflowStepsResponse.getDescriptor())) {
      return Optional.of(counts());
    }
    ObjectNode answer = JSON.createObjectNode();
    for (FieldDescriptor field : type.getFields()) {
      List<JsonNode> rows = field.isRepeated() ? byType.get(field.getMessageType()) : null;
      if (rows != null) {
        answer.putArray(field.getName()).addAll(rows);
      } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isRepeated()) {
        ObjectNode absent = answer.putObject(field.getName());
        field.getMessageType().getFields().forEach(inner -> absent.putNull(inner.getName()));
      }
    }
    return answer.properties().stream().anyMatch(field -> field.getValue().isArray())
        ? Optional.of(answer)
        : Optional.empty();
  }

  /** How many steps the run has in each of their states. */
  private JsonNode counts() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    steps.forEach(step -> counts.merge(step.at("/lifecycle/status").asText(), 1, Integer::sum));
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode data = answer.putArray("data");
    counts.forEach(
        (status, count) ->
            data.addObject().put("status", status).put("count", count).put("exact", true));
    answer.putObject("total").put("count", steps.size()).put("exact", true);
    return answer;
  }

  /** The rows of a file up to the first one of another run. */
  private static List<JsonNode> firstRun(String file) {
    try (InputStream in = Examples.class.getResourceAsStream(FOLDER + file)) {
      if (in == null) {
        throw new IllegalStateException(FOLDER + file + " is not on the class path");
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      List<JsonNode> rows = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode row = JSON.readTree(line);
        if (!rows.isEmpty() && !row.get("run_id").equals(rows.get(0).get("run_id"))) {
          break;
        }
        rows.add(row);
      }
      return List.copyOf(rows);
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }
}
