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

/**
 * What PostgreSQL's programs say: one file, and the one before it. The programs append to the file
 * themselves, so it can be emptied under them, and they go on writing when this process is killed.
 */
final class ServerLog {

  static final long LIMIT_BYTES = 10L << 20;

  private static final int MOST_READ = 1 << 16;

  private final Path file;

  ServerLog(Path file) {
    this.file = file;
  }

  /** Makes the file, private to its owner. */
  static ServerLog open(Path file, Directories directories) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      directories.write(file, "");
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(file + " is no ordinary file; move it away");
    }
    ServerLog log = new ServerLog(file);
    log.cap();
    return log;
  }

  Path file() {
    return file;
  }

  /** Keeps a full file's text beside it and begins anew; loses the lines written meanwhile. */
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

  /** What was said since the file had that size, its last 64 KiB at most. */
  String since(long position) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long from = Math.max(position, channel.size() - MOST_READ);
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.max(0, channel.size() - from));
      channel.read(bytes, from);
      return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
    }
  }
}
