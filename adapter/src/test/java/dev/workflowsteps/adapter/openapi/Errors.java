package dev.workflowsteps.adapter.openapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.rpc.Code;
import dev.workflowsteps.adapter.http.ErrorResponse;
import dev.workflowsteps.contract.ErrorTable;
import dev.workflowsteps.contract.FieldBounds;
import dev.workflowsteps.contract.ViolationList;
import dev.workflowsteps.proto.v1.ErrorOptions;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.proto.v1.Violation;
import dev.workflowsteps.proto.v1.Violations;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The error table as responses: one for each HTTP status, which tells the reasons behind it. */
final class Errors {

  private static final String ERROR = "Error";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Schemas schemas;

  Errors(Schemas schemas) {
    this.schemas = schemas;
  }

  /** Adds the responses that an RPC may answer. */
  void respond(MethodDescriptor method, ObjectNode responses) {
    Map<Integer, List<ErrorReason>> byStatus = new TreeMap<>();
    for (ErrorReason reason : ErrorTable.reasons()) {
      if (isAnswered(reason, method)) {
        byStatus
            .computeIfAbsent(ErrorTable.row(reason).getHttp(), status -> new ArrayList<>())
            .add(reason);
      }
    }
    byStatus.forEach(
        (status, reasons) -> responses.set(status.toString(), response(method, reasons)));
  }

  /** The body of every error, as {@code ErrorResponse} writes it. */
  void addSchemas() {
    ObjectNode error = schemas.add(ERROR).put("type", "object");
    error.put("description", "What every error is answered with.");
    ObjectNode detail = error.putObject("properties").putObject("detail").put("type", "object");
    error.putArray("required").add("detail");
    ObjectNode inside = detail.putObject("properties");
    detail.putArray("required").add("code").add("message").add("details");
    inside
        .putObject("code")
        .put("type", "string")
        .put("description", "The reason. Others may follow: then the HTTP status tells enough.");
    inside.putObject("message").put("type", "string").put("description", "One sentence.");
    addDetails(inside.putObject("details").put("type", "object"));
    addViolation(schemas.add(Violation.getDescriptor().getName()).put("type", "object"));
  }

  private void addDetails(ObjectNode details) {
    ObjectNode properties = details.putObject("properties");
    details.putArray("required").add("error");
    properties.putObject("error").put("type", "string").put("description", "The same sentence.");
    Descriptor type = Violations.getDescriptor();
    ObjectNode violations = properties.putObject("violations").put("type", "array");
    violations.set("items", Schemas.reference(Violation.getDescriptor().getName()));
    schemas.describe(violations, type.findFieldByName("violations"), "");
    ObjectNode omitted = properties.putObject("omitted").put("type", "integer").put("minimum", 1);
    schemas.describe(omitted, type.findFieldByName("omitted"), "");
  }

  private void addViolation(ObjectNode violation) {
    Descriptor type = Violation.getDescriptor();
    schemas.describe(violation, type, "");
    ObjectNode properties = violation.putObject("properties");
    violation.putArray("required").add("field").add("value").add("reason");
    for (String name : List.of("field", "value", "reason", "allowed", "suggestion")) {
      FieldDescriptor field = type.findFieldByName(name);
      ObjectNode property = properties.putObject(name);
      if (field.isRepeated()) {
        property.put("type", "array").putObject("items").put("type", "string");
      } else if (name.equals("value")) {
        property.putArray("type").add("string").add("null");
      } else {
        property.put("type", "string");
      }
      schemas.describe(property, field, "");
    }
  }

  /** A caller who went away reads no answer. */
  private static boolean isAnswered(ErrorReason reason, MethodDescriptor method) {
    ErrorOptions row = ErrorTable.row(reason);
    boolean ofMethod = row.getRpcsCount() == 0 || row.getRpcsList().contains(method.getName());
    return ofMethod && row.getCode() != Code.CANCELLED;
  }

  private static ObjectNode response(MethodDescriptor method, List<ErrorReason> reasons) {
    ObjectNode response = JsonNodeFactory.instance.objectNode();
    StringBuilder description = new StringBuilder();
    ObjectNode examples = JsonNodeFactory.instance.objectNode();
    for (ErrorReason reason : reasons) {
      String word = ErrorTable.word(reason);
      String sentence = ErrorTable.message(reason);
      description.append(
          "%s- `%s`: %s".formatted(description.isEmpty() ? "" : "\n", word, sentence));
      examples.putObject(word).set("value", example(method, reason));
    }
    response.put("description", description.toString());
    Headers.refer(response, reasons);
    ObjectNode json = response.putObject("content").putObject("application/json");
    json.set("schema", Schemas.reference(ERROR));
    json.set("examples", examples);
    return response;
  }

  /** The answer to {@code limit=0} where that is what is wrong, else what the table says. */
  private static JsonNode example(MethodDescriptor method, ErrorReason reason) {
    FieldDescriptor limit = method.getInputType().findFieldByName("limit");
    ErrorResponse error = ErrorResponse.of(reason);
    if (reason == ErrorReason.ERROR_REASON_INVALID_VALUE && limit != null) {
      ViolationList violations = new ViolationList();
      violations.invalidNumber(limit.getName(), "0", FieldBounds.of(limit));
      Violations list = violations.toMessage();
      error = new ErrorResponse(reason, list.getViolations(0).getDescription(), list, 0);
    }
    try {
      return JSON.readTree(error.aggregated("").contentUtf8());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
