package dev.workflowsteps.adapter.rest;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import dev.workflowsteps.adapter.http.MalformedTextException;
import dev.workflowsteps.adapter.http.PercentText;
import dev.workflowsteps.contract.FieldBounds;
import dev.workflowsteps.contract.KeyForm;
import dev.workflowsteps.contract.ViolationList;
import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.Violations;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a query string into a request message. Never answers by itself: what it finds wrong goes to
 * the server beside what could be read, so that only a caller with a key learns of it, together
 * with what the server finds.
 */
final class Parameters {

  private static final int MAX_INT_LENGTH = "-2147483648".length();

  /** {@code name[]} and {@code name[0]}. */
  private static final Pattern INDEXED = Pattern.compile("(.+?)\\[[0-9]{0,4}]");

  /** The field of a request that tells what of the response is left out. */
  private static final String VIEW = "view";

  private final Descriptor type;
  private final Map<String, FieldDescriptor> fields = new LinkedHashMap<>();

  /**
   * A request as it was read.
   *
   * @param message encoded
   * @param view the word of its view; empty if it has none that is known
   * @param violations what is wrong with the parameters
   */
  record Request(byte[] message, String view, Violations violations) {}

  /**
   * @param inPath the fields that the path gives
   * @throws IllegalArgumentException if a field's type has no form as a parameter
   */
  Parameters(Descriptor type, Set<String> inPath) {
    this.type = type;
    for (FieldDescriptor field : type.getFields()) {
      requireParameter(field);
      if (!inPath.contains(field.getName())) {
        fields.put(field.getName(), field);
      }
    }
  }

  /** The words of the request's view; none if the request has no such field. */
  List<String> views() {
    FieldDescriptor view = type.findFieldByName(VIEW);
    return view == null ? List.of() : Words.of(view).all();
  }

  Request read(String rawQuery, Map<String, String> pathValues) throws MalformedTextException {
    ViolationList violations = new ViolationList();
    Map<String, List<String>> given = new LinkedHashMap<>();
    for (String pair : rawQuery.isEmpty() ? new String[0] : rawQuery.split("&")) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = PercentText.query(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : PercentText.query(pair.substring(equals + 1));
        collect(name, value, given, violations);
      }
    }
    DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
    pathValues.forEach((name, value) -> message.setField(type.findFieldByName(name), value));
    given.forEach((name, values) -> set(message, fields.get(name), values, violations));
    return new Request(message.build().toByteArray(), view(message), violations.toMessage());
  }

  private String view(DynamicMessage.Builder message) {
    FieldDescriptor view = type.findFieldByName(VIEW);
    return view == null ? "" : Words.of(view).read((String) message.getField(view)).orElse("");
  }

  private void collect(
      String name, String value, Map<String, List<String>> given, ViolationList violations) {
    Matcher indexed = INDEXED.matcher(name);
    FieldDescriptor field = fields.get(name);
    if (field == null && indexed.matches()) {
      field = fields.get(indexed.group(1));
      field = field != null && field.isRepeated() ? field : null;
    }
    if (field == null) {
      violations.unknownParameter(name, fields.keySet());
      return;
    }
    if (KeyForm.isIn(value)) {
      violations.key(field.getName());
      return;
    }
    given.computeIfAbsent(field.getName(), any -> new ArrayList<>()).add(value);
  }

  private static void set(
      DynamicMessage.Builder message,
      FieldDescriptor field,
      List<String> values,
      ViolationList violations) {
    if (field.isRepeated()) {
      elements(field, values, violations).forEach(value -> message.addRepeatedField(field, value));
      return;
    }
    if (values.stream().distinct().count() > 1) {
      violations.repeated(field.getName());
      return;
    }
    String value = values.get(0);
    switch (field.getType()) {
      case INT32 -> setInteger(message, field, value, violations);
      case BOOL -> setBoolean(message, field, value, violations);
      default -> message.setField(field, value);
    }
  }

  /** All the forms in which clients send lists: {@code a=x&a=y}, {@code x,y}, {@code [x, y]}. */
  private static List<String> elements(
      FieldDescriptor field, List<String> values, ViolationList violations) {
    List<String> elements = new ArrayList<>();
    boolean said = false;
    for (String value : values) {
      boolean bracketed = value.startsWith("[") && value.endsWith("]") && value.length() > 1;
      String list = bracketed ? value.substring(1, value.length() - 1) : value;
      said |= bracketed && list.isEmpty();
      for (String element : list.split(",")) {
        String word = bracketed ? element.strip() : element;
        if (!word.isEmpty()) {
          elements.add(word);
        }
      }
    }
    if (elements.isEmpty() && !said) {
      violations.empty(field.getName());
    }
    return elements;
  }

  private static void setInteger(
      DynamicMessage.Builder message,
      FieldDescriptor field,
      String value,
      ViolationList violations) {
    if (value.isEmpty()) {
      violations.empty(field.getName());
    } else if (!isInt(value)) {
      violations.invalidNumber(field.getName(), value, FieldBounds.of(field));
    } else {
      message.setField(field, Integer.parseInt(value));
    }
  }

  private static boolean isInt(String value) {
    return FieldBounds.isWholeNumber(value)
        && value.length() <= MAX_INT_LENGTH
        && Long.parseLong(value) == (int) Long.parseLong(value);
  }

  private static void setBoolean(
      DynamicMessage.Builder message,
      FieldDescriptor field,
      String value,
      ViolationList violations) {
    if (value.isEmpty()) {
      violations.empty(field.getName());
    } else if (value.equals("true") || value.equals("false")) {
      message.setField(field, value.equals("true"));
    } else {
      violations.invalid(field.getName(), value, "true or false");
    }
  }

  private static void requireParameter(FieldDescriptor field) {
    boolean known =
        switch (field.getType()) {
          case STRING -> true;
          case INT32, BOOL -> !field.isRepeated();
          default -> false;
        };
    if (!known) {
      throw new IllegalArgumentException(
          field.getFullName() + ": " + field.getType() + " has no form as a parameter");
    }
  }
}
