package dev.workflowsteps.server.steps;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Reads the fields of messages by the methods of their generated class, which takes a fraction of
 * the time of {@link Message#getField}. That is used for {@link DynamicMessage}, which has none.
 */
final class FieldAccess {

  /** The value of a field: a {@link List} if it is repeated, a {@link Map} if it is a map. */
  static Function<Message, Object> value(Class<? extends Message> type, FieldDescriptor field) {
    String suffix = field.isMapField() ? "Map" : field.isRepeated() ? "List" : "";
    return method(
        type,
        "get" + name(field) + suffix,
        field.isMapField()
            ? message -> map((List<?>) message.getField(field))
            : message -> message.getField(field));
  }

  /** Whether a field, which has presence, is set. */
  static Function<Message, Object> isSet(Class<? extends Message> type, FieldDescriptor field) {
    return method(type, "has" + name(field), message -> message.hasField(field));
  }

  private static String name(FieldDescriptor field) {
    return Character.toUpperCase(field.getJsonName().charAt(0)) + field.getJsonName().substring(1);
  }

  @SuppressWarnings("unchecked")
  private static Function<Message, Object> method(
      Class<?> type, String name, Function<Message, Object> otherwise) {
    if (type == DynamicMessage.class) {
      return otherwise;
    }
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      MethodHandle method = lookup.unreflect(type.getMethod(name));
      return (Function<Message, Object>)
          LambdaMetafactory.metafactory(
                  lookup,
                  "apply",
                  MethodType.methodType(Function.class),
                  MethodType.methodType(Object.class, Object.class),
                  method,
                  method.type().wrap())
              .getTarget()
              .invoke();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(type.getName() + '.' + name, e);
    }
  }

  private static Map<Object, Object> map(List<?> entries) {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (Object item : entries) {
      Message entry = (Message) item;
      List<FieldDescriptor> fields = entry.getDescriptorForType().getFields();
      map.put(entry.getField(fields.get(0)), entry.getField(fields.get(1)));
    }
    return map;
  }

  private FieldAccess() {}
}
