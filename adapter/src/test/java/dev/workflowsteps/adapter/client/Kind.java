package dev.workflowsteps.adapter.client;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import dev.workflowsteps.contract.FieldBounds;
import dev.workflowsteps.proto.v1.ArtifactsServiceProto;
import dev.workflowsteps.proto.v1.StepsServiceProto;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A method that answers questions: its route, and what it takes. */
public enum Kind {
  LIST_STEPS(StepsServiceProto.getDescriptor(), "ListWorkflowSteps"),
  COUNT_STEPS(StepsServiceProto.getDescriptor(), "CountWorkflowSteps"),
  GET_STEP(StepsServiceProto.getDescriptor(), "GetWorkflowStep"),
  LIST_ARTIFACTS(ArtifactsServiceProto.getDescriptor(), "ListWorkflowArtifacts"),
  GET_ARTIFACT(ArtifactsServiceProto.getDescriptor(), "GetWorkflowArtifact");

  /** Parameters that take several values. */
  public static final Set<String> LISTS = Set.of("block_type", "status", "exclude_status");

  private static final int ID_BYTES = 256;

  private final MethodDescriptor method;
  private final Map<String, FieldDescriptor> fields = new LinkedHashMap<>();

  Kind(FileDescriptor file, String name) {
    method = file.getServices().get(0).findMethodByName(name);
    method.getInputType().getFields().forEach(field -> fields.put(field.getName(), field));
  }

  public boolean isList() {
    return this == LIST_STEPS || this == LIST_ARTIFACTS;
  }

  /** Whether the path names a single step or record. */
  public boolean isSingle() {
    return this == GET_STEP || this == GET_ARTIFACT;
  }

  public boolean isOfSteps() {
    return this == LIST_STEPS || this == COUNT_STEPS || this == GET_STEP;
  }

  public String fullMethodName() {
    return method.getService().getFullName() + '/' + method.getName();
  }

  /** A request without any field. */
  public DynamicMessage request() {
    return DynamicMessage.getDefaultInstance(method.getInputType());
  }

  /** The fields of a request, by name. */
  public Map<String, FieldDescriptor> fields() {
    return fields;
  }

  /** The last word of the route, or the last but one. */
  public String collection() {
    return switch (this) {
      case LIST_STEPS, GET_STEP -> "steps";
      case COUNT_STEPS -> "steps:count";
      case LIST_ARTIFACTS, GET_ARTIFACT -> "artifacts";
    };
  }

  /** The parameter that stands in the path of a single one. */
  public String idInPath() {
    return isOfSteps() ? "step_id" : "artifact_id";
  }

  public int mostRows() {
    return FieldBounds.of(fields.get("limit")).max();
  }

  public int usualRows() {
    return FieldBounds.of(fields.get("limit")).otherwise();
  }

  /** The parameters that are ids, without that of the path. */
  public List<String> ids() {
    return parameters().filter(this::isId).toList();
  }

  /** The parameters that are none. */
  public List<String> others() {
    return parameters().filter(name -> !isId(name)).toList();
  }

  public boolean has(String parameter) {
    return parameters().anyMatch(parameter::equals);
  }

  private Stream<String> parameters() {
    return fields.keySet().stream().filter(name -> !isSingle() || !name.equals(idInPath()));
  }

  private boolean isId(String parameter) {
    return FieldBounds.of(fields.get(parameter)).maxBytes() == ID_BYTES;
  }
}
