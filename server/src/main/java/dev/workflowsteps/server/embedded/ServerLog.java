package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The log of PostgreSQL's programs: one file, and its predecessor. The programs append to the file
 * themselves: it can be truncated while they run, and they keep writing when this process is
 * killed.
 */
final class ServerLog {

  static final long LIMIT_BYTES = 10L << 20;

  private static final int MOST_READ = 1 << 16;

  /** Without what clients are told because the server ends, or because they are wrong. */
  private static final Pattern CAUSE =
      Pattern.compile(
          "\\] (PANIC: .*|FATAL:  (?!the database system|terminating|password|no pg_hba).*"
              + "|LOG: .* (?:shutdown request|immediate shutdown).*)");

  private final Path file;

  ServerLog(Path file) {
    this.file = file;
  }

  /** Makes the file, private to its owner. */
  static ServerLog open(Path file) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      new Directories(Optional.empty()).write(file, "");
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw Directories.notOrdinary(file);
    }
    ServerLog log = new ServerLog(file);
    log.cap();
    return log;
  }

  Path file() {
    return file;
  }

  /** Moves the text of a full file aside; loses lines written at that moment. */
  void cap() throws IOException {
    if (size() < LIMIT_BYTES) {
      return;
    }
    Path previous = file.resolveSibling(file.getFileName() + ".1");
    Files.copy(
        file,
        previous,
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.COPY_ATTRIBUTES,
        LinkOption.NOFOLLOW_LINKS);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      channel.truncate(0);
    }
  }

  long size() throws IOException {
    return Files.size(file);
  }

  /** Why the server ended, if it said so since the file had that size; without time and pid. */
  Optional<String> causeOfEnd(long position) throws IOException {
    return CAUSE
        .matcher(since(position))
        .results()
        .map(line -> line.group(1).strip())
        .reduce((first, second) -> second);
  }

  /** The text written since the file had that size, at most its last 64 KiB. */
  String since(long position) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long from = Math.max(position, channel.size() - MOST_READ);
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.max(0, channel.size() - from));
      channel.read(bytes, from);
      return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
    }
  }
}
