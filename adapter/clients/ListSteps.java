// Prints every step of the organization, page after page.
// KEY is the API key; BASE is the address, http://127.0.0.1:8080 unless set.
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

public class ListSteps {
  static final HttpClient CLIENT = HttpClient.newHttpClient();

  static JsonNode get(String uri) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(uri))
        .header("Api-Key", System.getenv("KEY")).timeout(Duration.ofSeconds(30)).build();
    for (long wait = 500; ; wait *= 2) {
      HttpResponse<String> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() == 200) {
        return new ObjectMapper().readTree(response.body());
      }
      boolean retry = response.statusCode() == 429 || response.statusCode() == 503;
      if (!retry || wait > 4000) {
        throw new IllegalStateException(response.statusCode() + " " + response.body());
      }
      Thread.sleep(Math.max(wait, 1000 * response.headers().firstValueAsLong("Retry-After").orElse(0)));
    }
  }

  public static void main(String[] args) throws Exception {
    String base = System.getenv().getOrDefault("BASE", "http://127.0.0.1:8080");
    String next = "";
    while (next != null) {
      JsonNode page = get(base + "/v1/workflows/steps?limit=100" + next);
      for (JsonNode step : page.get("data")) {
        System.out.println(step.get("run_id").asText() + " " + step.get("step_id").asText());
      }
      JsonNode after = page.get("list_metadata").get("after");
      next = after.isNull() ? null : "&after=" + URLEncoder.encode(after.asText(), StandardCharsets.UTF_8);
    }
  }
}
