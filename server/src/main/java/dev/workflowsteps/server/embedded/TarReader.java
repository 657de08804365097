package dev.workflowsteps.server.embedded;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Unpacks the part of the tar format that the binaries' archives use: directories, files and
 * symbolic links with names of at most 100 bytes. Anything else fails, so that an archive of
 * another make is noticed when it comes and not by a missing file.
 */
final class TarReader {

  private static final int BLOCK = 512;

  private final InputStream in;
  private final Path target;
  private final byte[] header = new byte[BLOCK];

  /**
   * @param in the archive; not closed here
   * @param target an existing directory; no entry leaves it
   */
  TarReader(InputStream in, Path target) {
    this.in = in;
    this.target = target;
  }

  void unpack() throws IOException {
    while (next()) {
      Path path = inside(text(0, 100));
      long size = octal(124, 12);
      switch (header[156]) {
        case '0', 0 -> file(path, size);
        case '5' -> Files.createDirectories(path);
        case '2' -> link(path);
        default -> throw new IOException("tar entry of type " + (char) header[156] + ": " + path);
      }
    }
  }

  /** Reads a header; the archive ends with a block of zeros. */
  private boolean next() throws IOException {
    if (in.readNBytes(header, 0, BLOCK) != BLOCK) {
      throw new EOFException("tar archive without an end");
    }
    return header[0] != 0;
  }

  private void file(Path path, long size) throws IOException {
    Files.createDirectories(path.getParent());
    try (OutputStream out = Files.newOutputStream(path, StandardOpenOption.CREATE_NEW)) {
      copy(out, size);
    }
    boolean program = (octal(100, 8) & 0111) != 0;
    Files.setPosixFilePermissions(
        path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
    in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
  }

  private void copy(OutputStream out, long size) throws IOException {
    byte[] buffer = new byte[1 << 16];
    for (long left = size; left > 0; ) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        throw new EOFException("tar archive ends within a file");
      }
      out.write(buffer, 0, read);
      left -= read;
    }
  }

  private void link(Path path) throws IOException {
    Files.createDirectories(path.getParent());
    Path destination = Path.of(text(157, 100));
    inside(target.relativize(path.resolveSibling(destination)).toString());
    Files.createSymbolicLink(path, destination);
  }

  private Path inside(String name) throws IOException {
    Path path = target.resolve(name).normalize();
    if (!path.startsWith(target)) {
      throw new IOException("tar entry outside its directory: " + name);
    }
    return path;
  }

  private String text(int offset, int length) {
    int end = offset;
    while (end < offset + length && header[end] != 0) {
      end++;
    }
    return new String(header, offset, end - offset, StandardCharsets.UTF_8);
  }

  private long octal(int offset, int length) throws IOException {
    String digits = text(offset, length).strip();
    try {
      return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    } catch (NumberFormatException e) {
      throw new IOException("tar header with a broken number: " + digits, e);
    }
  }
}
