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

  /** Whether bytes that are a message give a field that its type doesn't have. */
  static boolean haveMore(Kind kind, byte[] bytes) {
    try {
      return !request(kind)
          .newBuilderForType()
          .mergeFrom(bytes)
          .getUnknownFields()
          .asMap()
          .isEmpty();
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }

  private Messages() {}
}
