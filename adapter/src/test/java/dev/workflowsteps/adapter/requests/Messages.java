package dev.workflowsteps.adapter.requests;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.workflowsteps.proto.v1.GetWorkflowArtifactRequest;
import dev.workflowsteps.proto.v1.GetWorkflowStepRequest;
import dev.workflowsteps.proto.v1.ListWorkflowArtifactsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The requests of gRPC. */
final class Messages {

  static Message request(Kind kind) {
    return switch (kind) {
      case LIST_STEPS -> ListWorkflowStepsRequest.getDefaultInstance();
      case GET_STEP -> GetWorkflowStepRequest.getDefaultInstance();
      case LIST_ARTIFACTS -> ListWorkflowArtifactsRequest.getDefaultInstance();
      case GET_ARTIFACT -> GetWorkflowArtifactRequest.getDefaultInstance();
    };
  }

  static Map<String, FieldDescriptor> fields(Kind kind) {
    return request(kind).getDescriptorForType().getFields().stream()
        .collect(Collectors.toMap(FieldDescriptor::getName, Function.identity()));
  }

  /** The fields that bytes give; empty if they are no message. */
  static Optional<Map<String, Object>> parsed(Kind kind, byte[] bytes) {
    try {
      Map<String, Object> fields = new HashMap<>();
      request(kind)
          .getParserForType()
          .parseFrom(bytes)
          .getAllFields()
          .forEach((field, value) -> fields.put(field.getName(), value));
      return Optional.of(fields);
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }

  private Messages() {}
}
