package dev.workflowsteps.adapter.client;

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
public final class Messages {

  public static Message request(Kind kind) {
    return switch (kind) {
      case LIST_STEPS -> ListWorkflowStepsRequest.getDefaultInstance();
      case GET_STEP -> GetWorkflowStepRequest.getDefaultInstance();
      case LIST_ARTIFACTS -> ListWorkflowArtifactsRequest.getDefaultInstance();
      case GET_ARTIFACT -> GetWorkflowArtifactRequest.getDefaultInstance();
    };
  }

  public static Map<String, FieldDescriptor> fields(Kind kind) {
    return request(kind).getDescriptorForType().getFields().stream()
        .collect(Collectors.toMap(FieldDescriptor::getName, Function.identity()));
  }

  public static byte[] of(Question question) {
    Message.Builder message = request(question.kind()).newBuilderForType();
    Map<String, FieldDescriptor> fields = fields(question.kind());
    for (Question.Pair pair : question.pairs()) {
      FieldDescriptor field = fields.get(pair.name());
      if (field.isRepeated()) {
        message.addRepeatedField(field, pair.value());
      } else if (field.getJavaType() == FieldDescriptor.JavaType.INT) {
        message.setField(field, Integer.parseInt(pair.value()));
      } else {
        message.setField(field, pair.value());
      }
    }
    return message.build().toByteArray();
  }

  /** The fields that bytes give; empty if they are no message. */
  public static Optional<Map<String, Object>> parsed(Kind kind, byte[] bytes) {
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
  public static boolean haveMore(Kind kind, byte[] bytes) {
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
