package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.text.JsonString;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;

/** An object of JSON in one line. */
final class JsonRow {

  private final StringBuilder text = new StringBuilder();

  JsonRow add(String name, String value) {
    name(name);
    JsonString.append(text, value);
    return this;
  }

  /** Null if it is empty. */
  JsonRow add(String name, Optional<String> value) {
    if (value.isPresent()) {
      return add(name, value.get());
    }
    name(name);
    text.append("null");
    return this;
  }

  JsonRow add(String name, long value) {
    name(name);
    text.append(value);
    return this;
  }

  JsonRow add(String name, boolean value) {
    name(name);
    text.append(value);
    return this;
  }

  /** Null if it is empty. */
  JsonRow add(String name, OptionalLong value) {
    if (value.isPresent()) {
      return add(name, value.getAsLong());
    }
    name(name);
    text.append("null");
    return this;
  }

  JsonRow add(String name, Collection<String> values) {
    name(name);
    char before = '[';
    for (String value : values) {
      text.append(before);
      JsonString.append(text, value);
      before = ',';
    }
    text.append(values.isEmpty() ? "[]" : "]");
    return this;
  }

  private void name(String name) {
    text.append(text.isEmpty() ? '{' : ',');
    JsonString.append(text, name);
    text.append(':');
  }

  /** Without the end of the line. */
  @Override
  public String toString() {
    return text + (text.isEmpty() ? "{}" : "}");
  }
}
