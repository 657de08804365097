package dev.workflowsteps.adapter.exact;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A step document as anybody reads it: parsed with a library that the program's own reader and
 * writer do not use, payloads as the bytes that stand there.
 *
 * @param fields the texts of the first level
 * @param payloads the JSON of handles, by side and name, byte for byte
 * @param said everything that the document says, keys in order but for the handles, what is null or
 *     empty left out
 */
record Document(Map<String, String> fields, Map<String, String> payloads, String said) {

  private static final JsonFactory JSON = new JsonFactory();

  static Document parse(byte[] line) {
    try (JsonParser parser = JSON.createParser(line)) {
      parser.nextToken();
      return read(parser, line);
    } catch (IOException e) {
      throw new IllegalArgumentException(new String(line, StandardCharsets.UTF_8), e);
    }
  }

  /** An answer to a list: its documents and its two cursors, null where there is none. */
  static Answer parseList(byte[] body) {
    List<Document> documents = new ArrayList<>();
    Map<String, String> metadata = new TreeMap<>();
    try (JsonParser parser = JSON.createParser(body)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken first = parser.nextToken();
        if (name.equals("data")) {
          while (parser.nextToken() == JsonToken.START_OBJECT) {
            documents.add(read(parser, body));
          }
        } else if (name.equals("list_metadata") && first == JsonToken.START_OBJECT) {
          while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String cursor = parser.currentName();
            parser.nextToken();
            metadata.put(cursor, parser.getValueAsString());
          }
        }
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(new String(body, StandardCharsets.UTF_8), e);
    }
    if (!metadata.keySet().equals(java.util.Set.of("after", "before"))) {
      throw new IllegalArgumentException("list_metadata: " + metadata);
    }
    return new Answer(documents, metadata.get("before"), metadata.get("after"));
  }

  record Answer(List<Document> documents, String before, String after) {}

  String field(String name) {
    return fields.get(name);
  }

  /** Microseconds of the start, or the end of time. */
  long sortTime() {
    String started = fields.get("started_at");
    if (started == null) {
      return Long.MAX_VALUE;
    }
    Instant instant = Instant.parse(started);
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
  }

  private static Document read(JsonParser parser, byte[] bytes) throws IOException {
    Reading reading = new Reading(parser, bytes);
    String said = reading.object("");
    return new Document(reading.fields, reading.payloads, said);
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
