package dev.workflowsteps.adapter.client;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.workflowsteps.adapter.client.Question.Pair;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The requests of gRPC. */
public final class Messages {

  /** A request with these parameters, but for those that are no field of it. */
  public static Message.Builder of(Kind kind, List<Pair> pairs) {
    Message.Builder message = kind.request().newBuilderForType();
    for (Pair pair : pairs) {
      FieldDescriptor field = kind.fields().get(pair.name());
      if (field == null) {
        continue;
      }
      if (field.isRepeated()) {
        message.addRepeatedField(field, pair.value());
      } else {
        message.setField(field, isNumber(field) ? number(pair.value()) : pair.value());
      }
    }
    return message;
  }

  private static boolean isNumber(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.INT;
  }

  /** What is none becomes one that no field takes. */
  private static int number(String text) {
    return text.matches("-?[0-9]{1,9}") ? Integer.parseInt(text) : -1;
  }

  /** The fields that bytes give; empty if they are no message. */
  public static Optional<Map<String, Object>> parsed(Kind kind, byte[] bytes) {
    return message(kind, bytes)
        .map(
            message -> {
              Map<String, Object> fields = new HashMap<>();
              message.getAllFields().forEach((field, value) -> fields.put(field.getName(), value));
              return fields;
            });
  }

  /** Whether bytes that are a message give a field that its type doesn't have. */
  public static boolean haveMore(Kind kind, byte[] bytes) {
    return message(kind, bytes)
        .filter(message -> !message.getUnknownFields().asMap().isEmpty())
        .isPresent();
  }

  private static Optional<Message> message(Kind kind, byte[] bytes) {
    try {
      return Optional.of(kind.request().getParserForType().parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }

  private Messages() {}
}
