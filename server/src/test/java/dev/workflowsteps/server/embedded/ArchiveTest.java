package dev.workflowsteps.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class ArchiveTest {

  private final ByteArrayOutputStream archive = new ByteArrayOutputStream();

  @TempDir private Path target;

  @Test
  void unpack_makesFoldersFilesAndLinks() throws IOException {
    entry("lib/", '5', 0755, "", "");
    entry("lib/a.so.1", '0', 0644, "one", "");
    entry("lib/a.so", '2', 0777, "", "a.so.1");
    entry("bin/run", '0', 0755, "x".repeat(1000), "");
    end();

    unpack();

    assertThat(target.resolve("lib/a.so")).isSymbolicLink().hasContent("one");
    assertThat(target.resolve("bin/run")).isExecutable().hasContent("x".repeat(1000));
    assertThat(Files.isExecutable(target.resolve("lib/a.so.1"))).isFalse();
  }

  @Test
  void unpack_aFileThatFillsItsBlocks_findsTheNext() throws IOException {
    entry("a", '0', 0644, "x".repeat(1024), "");
    entry("b", '0', 0644, "y", "");
    end();

    unpack();

    assertThat(target.resolve("b")).hasContent("y");
  }

  @Test
  void unpack_anEntryOutside_fails() {
    entry("../a", '0', 0644, "x", "");
    end();
    assertThatThrownBy(this::unpack).hasMessage("tar entry outside its directory: ../a");
  }

  @Test
  void unpack_aLinkThatPointsOutside_fails() {
    entry("lib/a", '2', 0777, "", "/etc/passwd");
    end();
    assertThatThrownBy(this::unpack).hasMessageContaining("tar entry outside its directory");
  }

  @Test
  void unpack_anEntryOfAnotherKind_fails() {
    entry("a", '1', 0644, "", "b");
    assertThatThrownBy(this::unpack).hasMessageContaining("tar entry of type 1");
  }

  @Test
  void unpack_anArchiveCutAnywhere_fails() throws IOException {
    entry("a", '0', 0644, "x", "");
    end();
    byte[] packed = packed();
    for (int length = 0; length < packed.length; length++) {
      Path empty = Files.createDirectory(target.resolve("cut-" + length));
      ByteArrayInputStream cut = new ByteArrayInputStream(packed, 0, length);
      assertThatThrownBy(() -> new Archive(empty).unpack(cut))
          .as("cut after %d bytes", length)
          .isInstanceOf(IOException.class);
    }
  }

  private byte[] packed() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (XZOutputStream out = new XZOutputStream(packed, new LZMA2Options())) {
      archive.writeTo(out);
    }
    return packed.toByteArray();
  }

  private void unpack() throws IOException {
    new Archive(target).unpack(new ByteArrayInputStream(packed()));
  }

  private void entry(String name, char type, int mode, String content, String destination) {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 100, String.format("%07o", mode));
    put(header, 124, String.format("%011o", content.length()));
    header[156] = (byte) type;
    put(header, 157, destination);
    archive.writeBytes(header);
    archive.writeBytes(content.getBytes(StandardCharsets.US_ASCII));
    archive.writeBytes(new byte[(512 - content.length() % 512) % 512]);
  }

  private void end() {
    archive.writeBytes(new byte[1024]);
  }

  private static void put(byte[] header, int offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, offset, bytes.length);
  }
}
