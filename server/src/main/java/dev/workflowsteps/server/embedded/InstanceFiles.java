package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The files of an instance, and who owns them.
 *
 * @param base the directory shared with other instances
 * @param instance the instance's own directory
 * @param owner who owns the directories: this process, or, as root in somebody's directory, that
 *     account
 */
record InstanceFiles(Path base, Path instance, UserIds owner) {

  private static final String RUNTIME = "runtime";

  /**
   * What a base may hold at its first start: {@code lost+found} is in every new volume, and the
   * rest may be made by another start at this moment.
   */
  private static final Set<String> OWN_NAMES = Set.of("main", "demo", RUNTIME, "lost+found");

  /** The files where they are or will be; nothing is made yet. */
  static InstanceFiles of(DataDirectory directory, UserIds current) {
    Path base = real(directory.base().toAbsolutePath().normalize());
    UserIds owner = current.isRoot() ? ordinaryOwner(base, current) : current;
    return new InstanceFiles(base, base.resolve(directory.instance()), owner);
  }

  /**
   * Rejects a base inside another data directory or a cluster, and one that holds other files: a
   * mistyped directory must not become a second, empty database.
   */
  void requireSeparate() {
    if (isInstance(base)) {
      throw EmbeddedFailure.machine(
          base
              + " is part of the data directory "
              + base.getParent()
              + ": name that with --data-dir"
              + (base.endsWith("demo") ? ", and add --demo" : ""));
    }
    for (Path path = base; path != null; path = path.getParent()) {
      if (Files.exists(path.resolve("PG_VERSION"))) {
        throw EmbeddedFailure.directory(base + " lies inside the PostgreSQL cluster " + path);
      }
      if (!path.equals(base) && isBase(path)) {
        throw EmbeddedFailure.directory(base + " lies inside the data directory " + path);
      }
    }
    foreignFile()
        .ifPresent(
            file -> {
              throw EmbeddedFailure.directory(
                  base + " is not empty and no data directory of this program: it holds " + file);
            });
  }

  private static boolean isBase(Path path) {
    return isInstance(path.resolve("main")) || isInstance(path.resolve("demo"));
  }

  private static boolean isInstance(Path path) {
    return Files.exists(path.resolve("lock")) && Files.exists(path.resolveSibling(RUNTIME));
  }

  /** A file of another program, in a base that was not used before. */
  private Optional<Path> foreignFile() {
    if (!Files.isDirectory(base) || Files.exists(runtime())) {
      return Optional.empty();
    }
    try (Stream<Path> entries = Files.list(base)) {
      return entries
          .map(Path::getFileName)
          .filter(name -> !OWN_NAMES.contains(name.toString()))
          .sorted()
          .findFirst();
    } catch (IOException e) {
      throw EmbeddedFailure.files(base, e);
    }
  }

  /** Makes the directories that are missing; what exists keeps its owner and mode. */
  void make(boolean root) {
    try {
      requireNoLink(root);
      Directories directories = directories(root);
      directories.make(base, root ? "rwxr-xr-x" : "rwx------");
      directories.make(runtime(), root ? "rwxr-xr-x" : "rwx------");
      directories.make(instance, root ? "rwx--x--x" : "rwx------");
    } catch (IOException e) {
      throw EmbeddedFailure.files(base, e);
    }
  }

  /** Whoever owns the directory could lead root anywhere. */
  private void requireNoLink(boolean root) throws IOException {
    if (root && !owner.isRoot() && Files.isSymbolicLink(instance)) {
      throw new IOException(
          instance
              + " is a symbolic link, which root doesn't follow in a directory of somebody else");
    }
  }

  /** For the files that this process writes itself. */
  Directories directories(boolean root) {
    return new Directories(root ? owner : null);
  }

  /** The account that the files ask for when root starts PostgreSQL. */
  UserIds serverIds() {
    UserIds ids = ordinaryOwner(base, UserIds.DEDICATED);
    return ordinaryOwner(cluster(), ids);
  }

  /** The nearest directory that exists already. */
  Path existing() {
    Path path = base;
    while (!Files.isDirectory(path)) {
      path = path.getParent();
    }
    return path;
  }

  Path runtime() {
    return base.resolve(RUNTIME);
  }

  Path lock() {
    return instance.resolve("lock");
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

  private static UserIds ordinaryOwner(Path path, UserIds otherwise) {
    try {
      UserIds ids = Files.exists(path) ? UserIds.ownerOf(path) : otherwise;
      return ids.ordinary() ? ids : otherwise;
    } catch (IOException e) {
      throw EmbeddedFailure.files(path, e);
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
