package dev.workflowsteps.server.document;

import dev.workflowsteps.server.steps.MalformedJsonException;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.steps.Step;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the inputs or the outputs of a step. */
final class HandleReader {

  private static final Keys HANDLE = Keys.of("type", "document", "data");
  private static final Keys DOCUMENT = Keys.of("id", "filename", "mime_type");
  private static final List<String> TYPES = List.of("file", "json");

  /** The handles in the order in which they stand; a null is the same as no handles. */
  static Map<String, Step.Handle> read(JsonCursor in)
      throws MalformedJsonException, RejectedDocumentException {
    if (in.takeNull()) {
      return Map.of();
    }
    Map<String, Step.Handle> handles = new LinkedHashMap<>();
    in.beginObject();
    for (String name = in.nextName(); name != null; name = in.nextName()) {
      if (handles.put(name, handle(in)) != null) {
        throw new RejectedDocumentException(Rejection.of(in.path(), "given twice", "once"));
      }
    }
    return Collections.unmodifiableMap(handles);
  }

  private static Step.Handle handle(JsonCursor in)
      throws MalformedJsonException, RejectedDocumentException {
    String type = null;
    Step.FileHandle document = null;
    byte[] data = null;
    SeenKeys seen = new SeenKeys();
    in.beginObject();
    for (String key = in.nextKey(HANDLE, seen); key != null; key = in.nextKey(HANDLE, seen)) {
      switch (key) {
        case "type" -> type = in.text();
        case "document" -> document = in.takeNull() ? null : document(in);
        case "data" -> data = in.raw();
      }
    }
    String known = in.required("type", type, "one of " + String.join(", ", TYPES));
    return switch (known) {
      case "file" -> file(in, document, data);
      case "json" -> json(in, document, data);
      default ->
          throw new RejectedDocumentException(Rejection.word(in.pathOf("type"), known, TYPES));
    };
  }

  private static Step.Handle file(JsonCursor in, Step.FileHandle document, byte[] data)
      throws RejectedDocumentException {
    if (data != null && !JsonCursor.isNull(data)) {
      throw misplaced(in.pathOf("data"), "file");
    }
    return in.required("document", document, "an object with id, filename and mime_type");
  }

  private static Step.Handle json(JsonCursor in, Step.FileHandle document, byte[] data)
      throws RejectedDocumentException {
    if (document != null) {
      throw misplaced(in.pathOf("document"), "json");
    }
    return new Step.JsonHandle(in.required("data", data, "any JSON, null included"));
  }

  private static RejectedDocumentException misplaced(String path, String type) {
    return new RejectedDocumentException(
        Rejection.of(path, "given", "nothing, for the type is " + type));
  }

  private static Step.FileHandle document(JsonCursor in)
      throws MalformedJsonException, RejectedDocumentException {
    String id = null;
    String filename = null;
    String mimeType = null;
    SeenKeys seen = new SeenKeys();
    in.beginObject();
    for (String key = in.nextKey(DOCUMENT, seen); key != null; key = in.nextKey(DOCUMENT, seen)) {
      switch (key) {
        case "id" -> id = in.text();
        case "filename" -> filename = in.text();
        case "mime_type" -> mimeType = in.text();
      }
    }
    return new Step.FileHandle(
        in.required("id", id, "text"),
        in.required("filename", filename, "text"),
        in.required("mime_type", mimeType, "text"));
  }

  private HandleReader() {}
}
