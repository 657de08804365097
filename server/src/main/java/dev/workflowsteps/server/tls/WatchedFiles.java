package dev.workflowsteps.server.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files whose new content is used once they have stayed the same from one look to the next: whoever
 * replaces two of them, or writes one in pieces, is given the time to finish. The content is
 * compared, and no time or name of a file, so that links and copies may change in any way. Only its
 * hash is kept.
 */
final class WatchedFiles {

  private static final Logger LOG = LoggerFactory.getLogger(WatchedFiles.class);

  private final List<PemFile> files;
  private final Clock clock;
  private final Use use;

  /** What was last used, or found unusable. */
  private Content decided;

  private Content seen;

  /** When to use the same content again. */
  private Instant due = Instant.MAX;

  /** Uses contents, which are in the order of their files. */
  @FunctionalInterface
  interface Use {
    /**
     * Uses them.
     *
     * @return when to use them again if they are the same then; empty = never
     * @throws UnusableFileException and then changes nothing
     */
    Optional<Instant> use(List<String> contents) throws UnusableFileException;
  }

  /**
   * @param problem why a file can't be read; then there are no contents
   */
  private record Content(List<HashCode> hashes, Optional<String> problem) {

    static Content of(List<String> texts) {
      return new Content(
          texts.stream().map(text -> Hashing.sha256().hashString(text, ISO_8859_1)).toList(),
          Optional.empty());
    }
  }

  WatchedFiles(List<PemFile> files, Clock clock, Use use) {
    this.files = files;
    this.clock = clock;
    this.use = use;
  }

  /** Uses them as they are. */
  void begin() throws UnusableFileException {
    List<String> texts = texts();
    decided = Content.of(texts);
    seen = decided;
    use(texts);
  }

  /** Looks for a change. */
  void look() {
    List<String> texts = List.of();
    Content now;
    try {
      texts = texts();
      now = Content.of(texts);
    } catch (UnusableFileException e) {
      now = new Content(List.of(), Optional.of(e.getMessage()));
    }
    boolean isWhole = now.equals(seen);
    seen = now;
    boolean isDecided = now.equals(decided) && clock.instant().isBefore(due);
    if (!isWhole || isDecided) {
      return;
    }
    decided = now;
    try {
      if (now.problem().isPresent()) {
        due = Instant.MAX;
        warn(now.problem().get());
      } else {
        use(texts);
      }
    } catch (UnusableFileException e) {
      warn(e.getMessage());
    } catch (RuntimeException e) {
      // An error of the program: it is tried again.
      decided = null;
      throw e;
    }
  }

  private void use(List<String> texts) throws UnusableFileException {
    due = Instant.MAX;
    due = use.use(texts).orElse(Instant.MAX);
  }

  private static void warn(String problem) {
    LOG.warn("{}. Until then, what was read before stays in use.", problem);
  }

  /** The exception names all that can't be read. */
  private List<String> texts() throws UnusableFileException {
    List<String> texts = new ArrayList<>();
    List<UnusableFileException> unreadable = new ArrayList<>();
    for (PemFile file : files) {
      try {
        texts.add(file.read());
      } catch (UnusableFileException e) {
        unreadable.add(e);
      }
    }
    if (!unreadable.isEmpty()) {
      throw new UnusableFileException(unreadable);
    }
    return texts;
  }
}
