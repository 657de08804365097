package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The files of an instance. All belong to this process, except that as root some belong to the
 * account of PostgreSQL.
 *
 * @param base the directory shared with other instances
 * @param instance the instance's own directory
 */
record InstanceFiles(Path base, Path instance) {

  private static final String RUNTIME = "runtime";

  /**
   * What a base may hold at its first start: {@code lost+found} is in every new volume, and the
   * rest may be made by another start at this moment.
   */
  private static final Set<String> OWN_NAMES = Set.of("main", "demo", RUNTIME, "lost+found");

  /** The files where they are or will be; nothing is made yet. */
  static InstanceFiles of(DataDirectory directory, UserIds current) {
    Path named = directory.base().toAbsolutePath().normalize();
    Path base = current.isRoot() ? secure(named, current) : real(named);
    return new InstanceFiles(base, base.resolve(directory.instance()));
  }

  private static Path secure(Path path, UserIds current) {
    try {
      return new SecurePath(current).resolve(path);
    } catch (IOException e) {
      throw EmbeddedFailure.files(path, e);
    }
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

  /**
   * Makes the directories that are missing; what exists keeps its owner and mode. As root, refuses
   * files that somebody else may change.
   */
  void make(UserIds current) {
    boolean root = current.isRoot();
    try {
      make(base, root ? "rwxr-xr-x" : "rwx------", current);
      make(runtime(), root ? "rwxr-xr-x" : "rwx------", current);
      make(instance, root ? "rwx--x--x" : "rwx------", current);
      if (root) {
        requireSecure(new SecurePath(current));
      }
    } catch (IOException e) {
      throw EmbeddedFailure.files(base, e);
    }
  }

  /** As root, each is checked before anything is made in it: somebody may have been quicker. */
  private static void make(Path directory, String mode, UserIds current) throws IOException {
    if (!Files.isDirectory(directory) && directory.getParent() != null) {
      make(directory.getParent(), mode, current);
    }
    Directories.make(directory, mode);
    if (current.isRoot()) {
      new SecurePath(current).resolve(directory);
    }
  }

  private void requireSecure(SecurePath secure) throws IOException {
    for (Path directory : List.of(runtime(), instance)) {
      try (Stream<Path> entries = Files.list(directory)) {
        for (Path entry : (Iterable<Path>) entries::iterator) {
          if (filesOfTheAccount().contains(entry)) {
            secure.resolveUpTo(entry);
          } else {
            secure.resolve(entry);
          }
        }
      }
    }
  }

  private List<Path> filesOfTheAccount() {
    return List.of(cluster(), unfinishedCluster(), setup(), socketDirectory());
  }

  /** The account that the files ask for when root starts PostgreSQL. */
  UserIds serverIds() {
    return ordinaryOwner(cluster(), UserIds.DEDICATED);
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

  /** What the account runs before the cluster takes its name. */
  Path setup() {
    return instance.resolve("setup.sql");
  }

  /** Who may log in to the server, and how. */
  Path hostBasedAccess() {
    return instance.resolve("pg_hba.conf");
  }

  /** Where the server listens, if the directory's path is short enough. */
  Path socketDirectory() {
    return instance.resolve("socket");
  }

  private static UserIds ordinaryOwner(Path path, UserIds otherwise) {
    try {
      UserIds ids = Files.exists(path) ? UserIds.ownerOf(path.toRealPath()) : otherwise;
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
