package dev.workflowsteps.adapter.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.workflowsteps.proto.v1.StepHandle;
import dev.workflowsteps.proto.v1.WorkflowStep;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * A step or an artifact record as anybody reads it: parsed with a library that the program's own
 * reader and writer do not use, payloads as the bytes that stand there.
 *
 * @param sortTime microseconds of the step's start, or of its end; {@link #NO_TIME} if it has not
 *     started or ended, {@link #NO_STEP} if the step of a record is not there
 * @param fields the texts of the first level, {@code status}, and {@code artifact_id} of a record
 * @param payloads the JSON of handles, by side and name, byte for byte
 * @param said everything that it says, keys in order but for the handles, what is null or empty
 *     left out; null where the transport does not keep the order of handles
 * @param json all of it, byte for byte; null where the transport has none
 */
public record Row(
    long sortTime,
    Map<String, String> fields,
    Map<String, String> payloads,
    String said,
    String json)
    implements Comparable<Row> {

  private static final long NO_TIME = Long.MAX_VALUE - 1;

  private static final Set<String> FINAL = Set.of("completed", "error", "skipped", "cancelled");

  /** When a step in a final state ended: the first of these that it has. */
  private static final List<String> END = List.of("completed_at", "started_at", "created_at");

  /** Of a record whose step is not there. */
  public static final long NO_STEP = Long.MAX_VALUE;

  /** Behind every id there is. */
  private static final String LAST = "\uDBFF\uDFFF".repeat(65);

  private static final Comparator<Row> ORDER =
      Comparator.comparingLong(Row::sortTime)
          .thenComparing(row -> utf8(row.stepId()), Arrays::compareUnsigned)
          .thenComparing(row -> utf8(row.runId()), Arrays::compareUnsigned)
          .thenComparing(row -> utf8(row.artifactId()), Arrays::compareUnsigned);

  private static final JsonFactory JSON = new JsonFactory();

  /** A step. */
  public static Row step(String json) {
    byte[] bytes = utf8(json);
    try (JsonParser parser = JSON.createParser(bytes)) {
      parser.nextToken();
      Reading reading = new Reading(parser, bytes);
      String said = reading.object("");
      String started = reading.fields.get("started_at");
      return new Row(
          started == null ? NO_TIME : micros(Instant.parse(started)),
          reading.fields,
          reading.payloads,
          said,
          json);
    } catch (IOException e) {
      throw new IllegalArgumentException(json, e);
    }
  }

  /**
   * An artifact record.
   *
   * @param sortTime of its step
   */
  public static Row artifact(String json, long sortTime) {
    Row row = step(json);
    return new Row(sortTime, row.fields, row.payloads, row.said, json)
        .at(row.fields.getOrDefault("id", ""));
  }

  public static Row of(WorkflowStep step) {
    Map<String, String> payloads = new LinkedHashMap<>();
    collect(payloads, ".handle_outputs.", step.getHandleOutputsMap());
    collect(payloads, ".handle_inputs.", step.getHandleInputsMap());
    Map<String, String> fields =
        Map.of(
            "run_id", step.getRunId(),
            "step_id", step.getStepId(),
            "status", step.getLifecycle().getStatus());
    return new Row(NO_TIME, fields, payloads, null, null);
  }

  private static void collect(
      Map<String, String> payloads, String path, Map<String, StepHandle> handles) {
    handles.forEach(
        (name, handle) -> {
          if (handle.hasData()) {
            payloads.put(path + name + ".data", handle.getData().toStringUtf8());
          }
        });
  }

  public String field(String name) {
    return fields.get(name);
  }

  public String runId() {
    return fields.get("run_id");
  }

  public String stepId() {
    return fields.get("step_id");
  }

  /** Empty for a step. */
  public String artifactId() {
    return fields.getOrDefault("artifact_id", "");
  }

  public boolean hasTime() {
    return sortTime < NO_TIME;
  }

  /** The step as a list has it that is sorted by the end. */
  public Row byEnd() {
    long ended =
        END.stream()
            .filter(time -> FINAL.contains(field("status")))
            .map(fields::get)
            .filter(Objects::nonNull)
            .mapToLong(time -> micros(Instant.parse(time)))
            .findFirst()
            .orElse(NO_TIME);
    return new Row(ended, fields, payloads, said, json);
  }

  public boolean isOfStepOf(Row that) {
    return runId().equals(that.runId()) && stepId().equals(that.stepId());
  }

  /** Whether it says what another does, as far as its transport can. */
  public boolean tells(Row that) {
    return isOfStepOf(that)
        && Objects.equals(field("status"), that.field("status"))
        && payloads.equals(that.payloads)
        && (said == null || said.equals(that.said));
  }

  /** Whether it is another, byte for byte where its transport has the bytes. */
  public boolean isSameAs(Row that) {
    return json == null ? tells(that) : json.equals(that.json);
  }

  /** The place before all records of its step. */
  public Row beforeItsRecords() {
    return at("");
  }

  /** The place behind all records of its step. */
  public Row behindItsRecords() {
    return at(LAST);
  }

  private Row at(String artifactId) {
    Map<String, String> there = new HashMap<>(fields);
    there.put("artifact_id", artifactId);
    return new Row(sortTime, there, payloads, said, json);
  }

  @Override
  public int compareTo(Row that) {
    return ORDER.compare(this, that);
  }

  /** The instant of a time in microseconds. */
  static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static final class Reading {

    private final JsonParser parser;
    private final byte[] bytes;
    private final Map<String, String> fields = new LinkedHashMap<>();
    private final Map<String, String> payloads = new LinkedHashMap<>();

    Reading(JsonParser parser, byte[] bytes) {
      this.parser = parser;
      this.bytes = bytes;
    }

    String object(String path) throws IOException {
      boolean handles = path.equals(".handle_outputs") || path.equals(".handle_inputs");
      Map<String, String> members = handles ? new LinkedHashMap<>() : new TreeMap<>();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        String value = value(path + "." + name);
        if (!value.isEmpty()) {
          members.put(name, value);
        }
      }
      return members.isEmpty() ? "" : members.toString();
    }

    private String value(String path) throws IOException {
      boolean payload = path.matches("\\.handle_(out|in)puts\\..*\\.data");
      if (payload || path.equals(".lifecycle.details.context")) {
        String raw = raw();
        if (payload) {
          payloads.put(path, raw);
        }
        return raw;
      }
      switch (parser.currentToken()) {
        case START_OBJECT:
          return object(path);
        case START_ARRAY:
          List<String> items = new ArrayList<>();
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(path + "[]"));
          }
          return items.isEmpty() ? "" : items.toString();
        case VALUE_NULL:
          return "";
        case VALUE_STRING:
          if (path.lastIndexOf('.') == 0) {
            fields.put(path.substring(1), parser.getText());
          } else if (path.equals(".lifecycle.status")) {
            fields.put("status", parser.getText());
          }
          return '"' + parser.getText() + '"';
        default:
          String text = parser.getText();
          return path.equals(".retry_count") && text.equals("0") ? "" : text;
      }
    }

    private String raw() throws IOException {
      int from = (int) parser.currentTokenLocation().getByteOffset();
      parser.skipChildren();
      parser.finishToken();
      int to = (int) parser.currentLocation().getByteOffset();
      return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
  }
}
