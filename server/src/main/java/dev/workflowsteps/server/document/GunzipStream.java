package dev.workflowsteps.server.document;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Unpacks gzip (RFC 1952): any number of members, and zero bytes after the last one, as tar and dd
 * leave them. {@link java.util.zip.GZIPInputStream} is not used because it takes a pipe that has
 * nothing ready between two members for the end, and silently drops other data after a member; the
 * stream of Commons Compress rejects zero bytes after the last member.
 */
final class GunzipStream extends InputStream {

  private static final int DEFLATE = 8;
  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int RESERVED = 0xE0;

  private final InputStream in;
  private final byte[] buffer = new byte[64 * 1024];
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private int from;
  private int to;
  private boolean inMember;
  private boolean memberRead;

  GunzipStream(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] b, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (inMember || beginMember()) {
      int unpacked = inflate(b, offset, length);
      if (unpacked > 0) {
        crc.update(b, offset, unpacked);
        return unpacked;
      }
      if (inflater.finished()) {
        endMember();
      } else {
        refill();
      }
    }
    return -1;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }

  private int inflate(byte[] b, int offset, int length) throws IOException {
    try {
      int unpacked = inflater.inflate(b, offset, length);
      if (inflater.needsDictionary()) {
        throw new ZipException("the gzip data is corrupt: it asks for a dictionary");
      }
      return unpacked;
    } catch (DataFormatException e) {
      throw new ZipException("the gzip data is corrupt: " + e.getMessage());
    }
  }

  /** False at the end of the input. */
  private boolean beginMember() throws IOException {
    if (from == to && !fill()) {
      return false;
    }
    int first = next();
    if (first == 0 && memberRead) {
      skipPadding();
      return false;
    }
    if (first != 0x1F || next() != 0x8B || next() != DEFLATE) {
      throw memberRead ? trailingData() : new ZipException("the gzip header is corrupt");
    }
    int flags = next();
    if ((flags & RESERVED) != 0) {
      throw new ZipException("the gzip header has flags of a later version");
    }
    skip(6);
    if ((flags & EXTRA) != 0) {
      skip(next() | next() << 8);
    }
    if ((flags & NAME) != 0) {
      skipText();
    }
    if ((flags & COMMENT) != 0) {
      skipText();
    }
    if ((flags & HEADER_CRC) != 0) {
      skip(2);
    }
    inflater.reset();
    crc.reset();
    inflater.setInput(buffer, from, to - from);
    inMember = true;
    return true;
  }

  private void endMember() throws IOException {
    from = to - inflater.getRemaining();
    long checksum = nextInt();
    long size = nextInt();
    if (checksum != crc.getValue() || size != (inflater.getBytesWritten() & 0xFFFFFFFFL)) {
      throw new ZipException("the gzip data is corrupt: its checksum or size does not match");
    }
    inMember = false;
    memberRead = true;
  }

  private void refill() throws IOException {
    if (!fill()) {
      throw truncated();
    }
    inflater.setInput(buffer, from, to - from);
  }

  private boolean fill() throws IOException {
    from = 0;
    to = Math.max(0, in.read(buffer, 0, buffer.length));
    return to > 0;
  }

  private int next() throws IOException {
    if (from == to && !fill()) {
      throw truncated();
    }
    return buffer[from++] & 0xFF;
  }

  private long nextInt() throws IOException {
    return next() | next() << 8 | next() << 16 | (long) next() << 24;
  }

  private void skip(int bytes) throws IOException {
    for (int i = 0; i < bytes; i++) {
      next();
    }
  }

  private void skipText() throws IOException {
    while (next() != 0) {
      // A file name or a comment ends with a zero byte.
    }
  }

  /** Reads to the end of the input. */
  private void skipPadding() throws IOException {
    while (from < to || fill()) {
      if (next() != 0) {
        throw trailingData();
      }
    }
  }

  private static EOFException truncated() {
    return new EOFException("the gzip data is cut off");
  }

  private static ZipException trailingData() {
    return new ZipException("other data follows the gzip data");
  }
}
