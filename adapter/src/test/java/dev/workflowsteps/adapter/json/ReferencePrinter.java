package dev.workflowsteps.adapter.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.Type;
import com.google.protobuf.Message;
import dev.workflowsteps.proto.v1.JsonOptions;
import dev.workflowsteps.proto.v1.OptionsProto;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;

/** The same rules over parsed messages and Jackson: slow, and written apart from the writer. */
final class ReferencePrinter {

  private static final JsonFactory FACTORY = new JsonFactory();

  private final JsonGenerator generator;

  private ReferencePrinter(JsonGenerator generator) {
    this.generator = generator;
  }

  static String print(Message message) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(text)) {
      new ReferencePrinter(generator).message(message);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private void message(Message message) throws IOException {
    List<FieldDescriptor> fields =
        message.getDescriptorForType().getFields().stream()
            .sorted(Comparator.comparingInt(FieldDescriptor::getNumber))
            .toList();
    for (FieldDescriptor field : fields) {
      if (options(field).getWhole()) {
        raw((ByteString) message.getField(field));
        return;
      }
    }
    generator.writeStartObject();
    for (FieldDescriptor field : fields) {
      if (isThere(field, message)) {
        generator.writeFieldName(field.getName());
        field(field, message.getField(field));
      } else if (options(field).getAlways()) {
        generator.writeFieldName(field.getName());
        absent(field);
      }
    }
    generator.writeEndObject();
  }

  private static boolean isThere(FieldDescriptor field, Message message) {
    if (field.isRepeated()) {
      return message.getRepeatedFieldCount(field) > 0;
    }
    if (field.getType() == Type.BYTES) {
      return !((ByteString) message.getField(field)).isEmpty();
    }
    return message.hasField(field);
  }

  private void field(FieldDescriptor field, Object value) throws IOException {
    if (field.isMapField()) {
      map(field, (List<?>) value);
    } else if (field.isRepeated()) {
      generator.writeStartArray();
      for (Object element : (List<?>) value) {
        value(field, element);
      }
      generator.writeEndArray();
    } else {
      value(field, value);
    }
  }

  private void map(FieldDescriptor field, List<?> entries) throws IOException {
    FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
    FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
    generator.writeStartObject();
    for (Object entry : entries) {
      generator.writeFieldName((String) ((Message) entry).getField(key));
      value(value, ((Message) entry).getField(value));
    }
    generator.writeEndObject();
  }

  private void value(FieldDescriptor field, Object value) throws IOException {
    switch (field.getType()) {
      case BOOL -> generator.writeBoolean((Boolean) value);
      case INT32, SINT32 -> generator.writeNumber((Integer) value);
      case UINT32 -> generator.writeNumber(Integer.toUnsignedLong((Integer) value));
      case STRING -> generator.writeString((String) value);
      case BYTES -> raw((ByteString) value);
      case MESSAGE -> {
        if (field.getMessageType().getFullName().equals("google.protobuf.Timestamp")) {
          timestamp((Message) value);
        } else {
          message((Message) value);
        }
      }
      default -> throw new IllegalArgumentException(field.getFullName());
    }
  }

  private void timestamp(Message value) throws IOException {
    FieldDescriptor seconds = value.getDescriptorForType().findFieldByName("seconds");
    FieldDescriptor nanos = value.getDescriptorForType().findFieldByName("nanos");
    Instant instant =
        Instant.ofEpochSecond((Long) value.getField(seconds), (Integer) value.getField(nanos));
    generator.writeString(DateTimeFormatter.ISO_INSTANT.format(instant));
  }

  private void raw(ByteString json) throws IOException {
    generator.writeRawValue(json.isEmpty() ? "null" : json.toString(UTF_8));
  }

  private void absent(FieldDescriptor field) throws IOException {
    if (field.isMapField()) {
      generator.writeStartObject();
      generator.writeEndObject();
    } else if (field.isRepeated()) {
      generator.writeStartArray();
      generator.writeEndArray();
    } else if (field.hasPresence()) {
      generator.writeNull();
    } else {
      value(field, field.getDefaultValue());
    }
  }

  private static JsonOptions options(FieldDescriptor field) {
    return field.getOptions().getExtension(OptionsProto.json);
  }
}
