package dev.workflowsteps.adapter.malformed;

import dev.workflowsteps.adapter.RawHttp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Sends a row's request byte for byte, with nothing between it and the socket. */
final class HttpCaller {

  private static final Pattern CODE = Pattern.compile("\"code\":\"([a-z_]*)\"");
  private static final Pattern MESSAGE =
      Pattern.compile("\"message\":\"((?:[^\"\\\\]|\\\\.)*)\",\"details\"");
  private static final Pattern FIELD = Pattern.compile("\"field\":\"([^\"]*)\"");
  private static final Pattern OMITTED = Pattern.compile("\"omitted\":(\\d+)}");

  private final int port;

  HttpCaller(int port) {
    this.port = port;
  }

  /**
   * @param headers lines, each with its end
   */
  Row call(Row row, String headers) throws IOException {
    String[] parts = row.inFull().split(" \\+ ", 3);
    String more = parts.length > 1 ? parts[1] + "\r\n" : "";
    String body = parts.length > 2 ? parts[2] : "";
    String answer =
        RawHttp.exchange(
            port,
            parts[0]
                + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + headers
                + more
                + "\r\n"
                + body);
    List<String> fields =
        FIELD
            .matcher(answer)
            .results()
            .map(match -> match.group(1))
            .collect(Collectors.toCollection(ArrayList::new));
    OMITTED.matcher(answer).results().forEach(match -> fields.add("+" + match.group(1)));
    return row.answered(
        answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3),
        first(CODE, answer),
        fields,
        first(MESSAGE, answer).replace("\\\"", "\"").replace("\\\\", "\\"));
  }

  private static String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group(1) : "-";
  }
}
