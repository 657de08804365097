package dev.workflowsteps.server.document;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** An input of a format that import doesn't read. */
public final class UnsupportedInputException extends IOException {

  private static final long serialVersionUID = 1L;

  private final transient List<String> converters;

  /**
   * @param converters filters that make lines of it, each reading what the one before writes; the
   *     first also takes a file
   */
  UnsupportedInputException(String format, List<String> converters) {
    super(format);
    this.converters = converters;
  }

  /**
   * Says what the input is and how to convert it.
   *
   * @param file as one word of a shell; empty for stdin
   */
  public String sentence(Optional<String> file) {
    String first = converters.get(0) + file.map(name -> " " + name).orElse("");
    String rest =
        converters.size() == 1
            ? ""
            : " | " + String.join(" | ", converters.subList(1, converters.size()));
    return getMessage() + " (expected: one JSON object per line); convert it with: " + first + rest;
  }
}
