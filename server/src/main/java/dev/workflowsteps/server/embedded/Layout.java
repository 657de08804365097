package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files of an instance, and who owns them.
 *
 * @param base the folder shared with other instances
 * @param instance the instance's own folder
 * @param owner who owns the folders: this process, or, as root in somebody's folder, that account
 */
record Layout(Path base, Path instance, Ids owner) {

  /** The files where they are or will be; nothing is made yet. */
  static Layout of(DataDirectory directory, Ids current) {
    Path base = real(directory.base().toAbsolutePath().normalize());
    Ids owner = current.isRoot() ? ordinaryOwner(base, current) : current;
    return new Layout(base, base.resolve(directory.instance()), owner);
  }

  /** Makes the folders that are missing; what exists keeps its owner and mode. */
  void make(boolean root) {
    try {
      requireNoLink(root);
      Folders folders = folders(root);
      folders.make(base, root ? "rwxr-xr-x" : "rwx------");
      folders.make(runtime(), root ? "rwxr-xr-x" : "rwx------");
      folders.make(instance, root ? "rwx--x--x" : "rwx------");
    } catch (IOException e) {
      throw Refusal.files(base, e);
    }
  }

  /** Whoever owns the folder could lead root anywhere. */
  private void requireNoLink(boolean root) throws IOException {
    if (root && !owner.isRoot() && Files.isSymbolicLink(instance)) {
      throw new IOException(
          instance + " is a symbolic link, which root doesn't follow in a folder of somebody else");
    }
  }

  /** For the files that this process writes itself. */
  Folders folders(boolean root) {
    return new Folders(root ? owner : null);
  }

  /** The account that the files ask for when root starts PostgreSQL. */
  Ids serverIds() {
    Ids ids = ordinaryOwner(base, Ids.DEDICATED);
    return ordinaryOwner(cluster(), ids);
  }

  /** The nearest folder that exists already. */
  Path existing() {
    Path path = base;
    while (!Files.isDirectory(path)) {
      path = path.getParent();
    }
    return path;
  }

  Path runtime() {
    return base.resolve("runtime");
  }

  Path lock() {
    return instance.resolve("lock");
  }

  Path connection() {
    return instance.resolve("connection");
  }

  Path cluster() {
    return instance.resolve("cluster");
  }

  /** Where a cluster is made before it takes its name. */
  Path unfinishedCluster() {
    return instance.resolve("cluster.new");
  }

  Path log() {
    return instance.resolve("postgres.log");
  }

  private static Ids ordinaryOwner(Path path, Ids otherwise) {
    try {
      Ids ids = Files.exists(path) ? Ids.ownerOf(path) : otherwise;
      return ids.ordinary() ? ids : otherwise;
    } catch (IOException e) {
      throw Refusal.files(path, e);
    }
  }

  /** Resolves links as far as the path exists: PostgreSQL's own notes hold real paths. */
  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      Path parent = path.getParent();
      return parent == null ? path : real(parent).resolve(path.getFileName());
    }
  }
}
