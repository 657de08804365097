package dev.workflowsteps.adapter.rest;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import dev.workflowsteps.adapter.http.MalformedTextException;
import dev.workflowsteps.adapter.http.PercentText;
import dev.workflowsteps.proto.v1.Violations;
import java.math.BigInteger;
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

  private static final Pattern WHOLE_NUMBER = Pattern.compile("0|-?[1-9][0-9]*");

  /** {@code name[]} and {@code name[0]}. */
  private static final Pattern INDEXED = Pattern.compile("(.+?)\\[[0-9]{0,4}]");

  private final Descriptor type;
  private final Map<String, FieldDescriptor> fields = new LinkedHashMap<>();

  /** The message, encoded, and what is wrong with the parameters. */
  record Request(byte[] message, Violations findings) {}

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

  Request read(String rawQuery, Map<String, String> pathValues) throws MalformedTextException {
    Findings findings = new Findings();
    Map<String, List<String>> given = new LinkedHashMap<>();
    for (String pair : rawQuery.isEmpty() ? new String[0] : rawQuery.split("&")) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = PercentText.query(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : PercentText.query(pair.substring(equals + 1));
        collect(name, value, given, findings);
      }
    }
    DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
    pathValues.forEach((name, value) -> message.setField(type.findFieldByName(name), value));
    given.forEach((name, values) -> set(message, fields.get(name), values, findings));
    return new Request(message.build().toByteArray(), findings.violations());
  }

  private void collect(
      String name, String value, Map<String, List<String>> given, Findings findings) {
    Matcher indexed = INDEXED.matcher(name);
    FieldDescriptor field = fields.get(name);
    if (field == null && indexed.matches()) {
      field = fields.get(indexed.group(1));
      field = field != null && field.isRepeated() ? field : null;
    }
    if (field == null) {
      findings.unknown(name, fields.keySet());
      return;
    }
    if (Findings.holdsKey(value)) {
      findings.key(field.getName());
      return;
    }
    given.computeIfAbsent(field.getName(), any -> new ArrayList<>()).add(value);
  }

  private static void set(
      DynamicMessage.Builder message,
      FieldDescriptor field,
      List<String> values,
      Findings findings) {
    if (field.isRepeated()) {
      elements(field, values, findings).forEach(value -> message.addRepeatedField(field, value));
      return;
    }
    if (values.stream().distinct().count() > 1) {
      findings.repeated(field.getName());
      return;
    }
    String value = values.get(0);
    switch (field.getType()) {
      case INT32 -> setInteger(message, field, value, findings);
      case BOOL -> setBoolean(message, field, value, findings);
      default -> message.setField(field, value);
    }
  }

  /** All the forms in which clients send lists: {@code a=x&a=y}, {@code x,y}, {@code [x, y]}. */
  private static List<String> elements(
      FieldDescriptor field, List<String> values, Findings findings) {
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
      findings.empty(field.getName());
    }
    return elements;
  }

  private static void setInteger(
      DynamicMessage.Builder message, FieldDescriptor field, String value, Findings findings) {
    if (value.isEmpty()) {
      findings.empty(field.getName());
    } else if (!WHOLE_NUMBER.matcher(value).matches()) {
      findings.invalid(field.getName(), value, "a whole number");
    } else if (new BigInteger(value).bitLength() >= Integer.SIZE) {
      findings.invalid(field.getName(), value, "a whole number of 32 bits");
    } else {
      message.setField(field, Integer.parseInt(value));
    }
  }

  private static void setBoolean(
      DynamicMessage.Builder message, FieldDescriptor field, String value, Findings findings) {
    if (value.isEmpty()) {
      findings.empty(field.getName());
    } else if (value.equals("true") || value.equals("false")) {
      message.setField(field, value.equals("true"));
    } else {
      findings.invalid(field.getName(), value, "true or false");
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
