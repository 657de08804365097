package dev.workflowsteps.adapter.openapi;

import com.google.common.io.Resources;
import com.linecorp.armeria.common.MediaType;
import dev.workflowsteps.adapter.http.StaticPage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The document, and Swagger UI that shows it: all that a browser loads comes from here, and its
 * policy lets it load nothing else.
 */
public final class DocsPages {

  private static final String WEBJAR = "/META-INF/maven/org.webjars/swagger-ui/pom.properties";
  private static final String ASSETS = "/META-INF/resources/webjars/swagger-ui/";

  private static final String NOTHING = "default-src 'none'; frame-ancestors 'none'";

  /** Swagger UI sets styles from its script and has its images as data. */
  private static final String OWN_ONLY =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final MediaType SCRIPT = MediaType.parse("text/javascript; charset=utf-8");

  /**
   * The pages, each with its path. Other threads read and compress them, so a start doesn't wait.
   */
  public static List<StaticPage> all() {
    return List.of(
        page("/openapi.json", MediaType.JSON, NOTHING, () -> read("openapi.json")),
        page("/docs", MediaType.HTML_UTF_8, OWN_ONLY, () -> read("docs.html")),
        page("/docs/docs.css", MediaType.CSS_UTF_8, NOTHING, () -> read("docs.css")),
        page("/docs/start.js", SCRIPT, NOTHING, () -> read("start.js")),
        page("/docs/swagger-ui.css", MediaType.CSS_UTF_8, NOTHING, () -> asset("swagger-ui.css")),
        page("/docs/swagger-ui-bundle.js", SCRIPT, NOTHING, () -> asset("swagger-ui-bundle.js")));
  }

  private static StaticPage page(
      String path, MediaType type, String policy, Supplier<byte[]> body) {
    return new StaticPage(path, type, policy, CompletableFuture.supplyAsync(body));
  }

  private static byte[] asset(String name) {
    return read(ASSETS + version() + "/" + name);
  }

  /** The folder of the assets has the version in its name. */
  private static String version() {
    Properties properties = new Properties();
    try (InputStream in = DocsPages.class.getResourceAsStream(WEBJAR)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(WEBJAR, e);
    }
    return properties.getProperty("version");
  }

  private static byte[] read(String resource) {
    try {
      return Resources.toByteArray(Resources.getResource(DocsPages.class, resource));
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }

  private DocsPages() {}
}
