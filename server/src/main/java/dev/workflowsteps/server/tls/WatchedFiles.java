package dev.workflowsteps.server.tls;

import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files whose new content is used once they have stayed the same from one look to the next: whoever
 * replaces two of them, or writes one in pieces, is given the time to finish. The content is
 * compared, and no time or name of a file, so that links and copies may change in any way.
 */
final class WatchedFiles {

  private static final Logger LOG = LoggerFactory.getLogger(WatchedFiles.class);

  private final List<PemFile> files;
  private final Use use;

  /** What was last used, or found unusable. */
  private Content decided;

  private Content seen;

  /** Uses contents, which are in the order of their files. */
  @FunctionalInterface
  interface Use {
    /**
     * Uses them.
     *
     * @throws UnusableFileException and then changes nothing
     */
    void use(List<String> contents) throws UnusableFileException;
  }

  /**
   * @param problem why a file can't be read; then there are no contents
   */
  private record Content(List<String> texts, Optional<String> problem) {}

  WatchedFiles(List<PemFile> files, Use use) {
    this.files = files;
    this.use = use;
  }

  /** Uses them as they are. */
  void begin() throws UnusableFileException {
    List<String> texts = texts();
    use.use(texts);
    decided = new Content(texts, Optional.empty());
    seen = decided;
  }

  /** Looks for a change. */
  void look() {
    Content now = content();
    boolean isWhole = now.equals(seen);
    seen = now;
    if (!isWhole || now.equals(decided)) {
      return;
    }
    decided = now;
    try {
      if (now.problem().isPresent()) {
        warn(now.problem().get());
      } else {
        use.use(now.texts());
      }
    } catch (UnusableFileException e) {
      warn(e.getMessage());
    }
  }

  private static void warn(String problem) {
    LOG.warn("{}. Until then, what was read before stays in use.", problem);
  }

  private Content content() {
    try {
      return new Content(texts(), Optional.empty());
    } catch (UnusableFileException e) {
      return new Content(List.of(), Optional.of(e.getMessage()));
    }
  }

  private List<String> texts() throws UnusableFileException {
    String[] texts = new String[files.size()];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = files.get(i).read();
    }
    return List.of(texts);
  }
}
