package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.tukaani.xz.XZInputStream;

/**
 * Unpacks a {@code .txz}: directories, files and symbolic links. Anything else fails, so that an
 * archive of another make is noticed when it comes and not by a missing file.
 *
 * @param target an existing directory; no entry leaves it
 */
record Archive(Path target) {

  private static final String PROGRAM = "rwxr-xr-x";
  private static final String FILE = "rw-r--r--";

  void unpack(InputStream packed) throws IOException {
    TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(packed));
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      Path path = inside(entry.getName());
      switch (entry.getLinkFlag()) {
        case TarConstants.LF_DIR -> makeDirectory(path);
        case TarConstants.LF_SYMLINK -> link(path, Path.of(entry.getLinkName()));
        case TarConstants.LF_NORMAL, TarConstants.LF_OLDNORM -> {
          makeDirectory(path.getParent());
          Files.copy(tar, path);
          String mode = (entry.getMode() & 0111) == 0 ? FILE : PROGRAM;
          Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        }
        default ->
            throw new IOException("tar entry of type " + (char) entry.getLinkFlag() + ": " + path);
      }
    }
  }

  /** Lets every account in, whatever the umask is. */
  private static void makeDirectory(Path path) throws IOException {
    Directories.make(path, PROGRAM);
  }

  private void link(Path path, Path destination) throws IOException {
    inside(target.relativize(path.resolveSibling(destination)).toString());
    makeDirectory(path.getParent());
    Files.createSymbolicLink(path, destination);
  }

  private Path inside(String name) throws IOException {
    Path path = target.resolve(name).normalize();
    if (!path.startsWith(target)) {
      throw new IOException("tar entry outside its directory: " + name);
    }
    return path;
  }
}
