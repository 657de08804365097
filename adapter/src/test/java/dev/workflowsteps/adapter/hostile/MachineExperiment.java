package dev.workflowsteps.adapter.hostile;

import static dev.workflowsteps.adapter.hostile.Experiments.report;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.adapter.Program;
import dev.workflowsteps.server.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Other users of the machine, and PostgreSQL's own account if it were taken over, against a root
 * that starts the program: by links that lie where root opens files, by replacing files and
 * directories meanwhile, and by connections to the embedded database.
 */
class MachineExperiment {

  /** No account of this machine. */
  private static final int STRANGER = 54321;

  /** What root starts PostgreSQL as. */
  private static final int POSTGRES = 60832;

  private static final String SECRET = "a-secret-of-root";
  private static final int STARTS = 3;
  private static final int DIRECTORIES = 2_000;
  private static final int REFUSED = 3;

  private final List<Process> attackers = new ArrayList<>();
  private Path directory;
  private Path outside;
  private Map<String, String> before;

  @BeforeEach
  void create() throws IOException {
    assertThat(EmbeddedPostgres.runsAsRoot())
        .as("runs as root, which alone can be other users too: sudo mvn -P hostile verify")
        .isTrue();
    directory = Files.createTempDirectory("workflow-steps-machine-");
    mode(directory, "rwxr-xr-x");
    outside = Files.createDirectory(directory.resolve("outside"));
    Files.createDirectory(outside.resolve("empty"));
    Files.writeString(outside.resolve("secret"), SECRET + "\n");
    mode(outside.resolve("secret"), "rw-------");
    // Found by who swaps directories for links.
    Files.writeString(Files.createDirectory(outside.resolve("base")).resolve("1"), "kept");
    before = state(outside);
  }

  @AfterEach
  void delete() throws Exception {
    for (Process attacker : attackers) {
      attacker.destroyForcibly().waitFor();
    }
    run("rm", "-rf", directory.toString());
  }

  @ParameterizedTest
  @CsvSource({
    ", empty",
    "runtime, empty",
    "runtime/lock, secret",
    "runtime/18.6.0-linux-x86_64, empty",
    "main, empty",
    "main/lock, secret",
    "main/postgres.log, secret",
    "main/cluster, empty",
    "demo/key, secret"
  })
  void placedLink_leadsRootNowhere(String place, String target) throws Exception {
    Path home = Files.createDirectory(directory.resolve("home"));
    Path base = home.resolve("data");
    Path link = place == null ? base : base.resolve(place);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, outside.resolve(target));
    run("chown", "-R", "-h", "" + STRANGER, home.toString());
    boolean demo = link.getParent().endsWith("demo");

    assertRefused(base, demo);
    // What lies there stays when the directories become root's.
    for (Path each = link.getParent(); !each.equals(directory); each = each.getParent()) {
      run("chown", "0", each.toString());
    }
    assertRefused(base, demo);

    report("link at " + (place == null ? "the data directory" : place), "refused twice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PG_VERSION", "workflow-steps-password", "postmaster.pid"})
  void linkPlacedByPostgres_leadsRootNowhere(String name) throws Exception {
    Path base = directory.resolve("data");
    createKey(base);
    Path file = base.resolve("main/cluster").resolve(name);
    run(as(POSTGRES, "ln", "-sf", outside.resolve("secret").toString(), file.toString()));
    assertThat(file).isSymbolicLink();

    assertRefused(base, false);

    report("link at main/cluster/" + name, "refused");
  }

  /** In a directory like /tmp: whoever is first owns the data directory, or leads elsewhere. */
  @Test
  void strangerWhoRacesForTheDirectory_leadsRootNowhere() throws Exception {
    Path shared = Files.createDirectory(directory.resolve("shared"));
    run("chmod", "1777", shared.toString());
    attack(
        STRANGER,
        """
        while :; do
          ln -s $1/empty $2/data; rm -f $2/data
          mkdir $2/data && ln -s $1/empty $2/data/deep; rm -rf $2/data
        done""",
        outside,
        shared);
    Path base = shared.resolve("data/deep");
    race(
        "the data directory is made",
        () -> {
          int code = fail("keys", "list", "--organization=acme", "--data-dir=" + base);
          run("rm", "-rf", shared.resolve("data").toString());
          return code;
        });
  }

  /** The names that root writes in a cluster, while it is created. */
  @Test
  void postgresThatRacesForTheNewCluster_leadsRootNowhere() throws Exception {
    Path base = directory.resolve("data");
    createKey(base);
    Path unfinished = base.resolve("main/cluster.new");
    attack(
        POSTGRES,
        """
        while :; do
          if [ -e $2/PG_VERSION ]; then
            for name in setup.sql pg_hba.conf workflow-steps-password PG_VERSION; do
              ln -sf $1/secret $2/$name
            done
            ln -s $1 $2/outside
          fi
        done""",
        outside,
        unfinished);
    race(
        "the cluster is created",
        () -> {
          run("rm", "-rf", base.resolve("main/cluster").toString());
          return fail("keys", "list", "--organization=acme", "--data-dir=" + base);
        });
  }

  /** Directories that root removes, and that turn into links. */
  @Test
  void postgresThatRacesForAnUnfinishedCluster_leadsRootNowhere() throws Exception {
    Path base = directory.resolve("data");
    createKey(base);
    Path unfinished = base.resolve("main/cluster.new");
    race(
        "an unfinished cluster is removed",
        () -> {
          run("rm", "-rf", base.resolve("main/cluster").toString(), unfinished.toString());
          Files.createDirectory(unfinished);
          for (int i = 0; i < DIRECTORIES; i++) {
            Files.createDirectory(unfinished.resolve("d" + i));
          }
          run("chown", "-R", "" + POSTGRES, unfinished.toString());
          Process attacker =
              attack(
                  POSTGRES,
                  """
                  while :; do
                    mkdir $2/base $2/base/1; mv $2/base $2/old; ln -s $1/base $2/base
                    rm $2/base; mv $2/old $2/base
                  done""",
                  outside,
                  unfinished);
          try {
            return fail("keys", "list", "--organization=acme", "--data-dir=" + base);
          } finally {
            attacker.destroyForcibly().waitFor();
          }
        });
  }

  private interface Start {
    int exitCode() throws Exception;
  }

  private void race(String what, Start start) throws Exception {
    List<Integer> codes = new ArrayList<>();
    for (int i = 0; i < STARTS; i++) {
      codes.add(start.exitCode());
      assertThat(state(outside)).as("what is outside").isEqualTo(before);
    }
    report("race while " + what, "nothing outside touched, exit codes " + codes);
  }

  /** Another user opens what connections it can, while the server and commands work. */
  @Test
  void connectionsOfAnotherUser_takeNoneAway() throws Exception {
    Path base = directory.resolve("data");
    try (Program server =
        Program.start("try ", "serve", "--data-dir=" + base, "--rest-port=0", "--grpc-port=0")) {
      server.readWords(line -> {});
      Path socket = base.resolve("main/socket/.s.PGSQL.5432");
      assertThat(Files.exists(socket)).isTrue();
      Process attacker =
          attack(
              STRANGER,
              """
              exec perl -MSocket -e '
                my ($open, @kept) = 0;
                for (1..300) {
                  socket(my $s, PF_UNIX, SOCK_STREAM, 0);
                  if (connect($s, sockaddr_un($ARGV[1]))) { $open++; push @kept, $s; }
                }
                $| = 1; print "$open $!\n"; sleep 60' $1 $2""",
              outside,
              socket);
      String opened = attacker.inputReader(StandardCharsets.UTF_8).readLine();
      List<Long> times = new ArrayList<>();
      for (int i = 0; i < STARTS; i++) {
        long begin = System.nanoTime();
        createKey(base);
        times.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
      }

      report(
          "another user opens 300 connections",
          "opened " + opened + "; keys create beside it took " + times + " ms");
      assertThat(opened).isEqualTo("0 Permission denied");
      assertThat(listeningOnTcp(base)).as("sockets of TCP on which PostgreSQL listens").isEmpty();
    }
  }

  private static void createKey(Path base) throws Exception {
    Program.run(
        "keys", "create", "--organization=acme", "--create-organization", "--data-dir=" + base);
  }

  private static Set<String> listeningOnTcp(Path base) throws IOException {
    String pid = Files.readAllLines(base.resolve("main/cluster/postmaster.pid")).get(0);
    Set<String> own;
    try (Stream<Path> descriptors = Files.list(Path.of("/proc", pid, "fd"))) {
      own =
          descriptors
              .map(MachineExperiment::target)
              .filter(target -> target.startsWith("socket:"))
              .collect(Collectors.toSet());
    }
    Set<String> listening = new TreeSet<>();
    for (String table : List.of("tcp", "tcp6")) {
      for (String line : Files.readAllLines(Path.of("/proc/net", table))) {
        String[] fields = line.strip().split(" +");
        if (fields[3].equals("0A")) {
          listening.add("socket:[" + fields[9] + "]");
        }
      }
    }
    listening.retainAll(own);
    return listening;
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException closed) {
      return "";
    }
  }

  private void assertRefused(Path base, boolean demo) throws Exception {
    List<String> said = new ArrayList<>();
    List<String> command =
        new ArrayList<>(List.of("keys", "list", "--organization=acme", "--data-dir=" + base));
    if (demo) {
      command.add("--demo");
    }
    int code = Program.fail(said, command.toArray(String[]::new));
    assertThat(code).as("exit code of %s", said).isEqualTo(REFUSED);
    assertThat(said.get(0)).doesNotContain(SECRET);
    assertThat(state(outside)).as("what is outside").isEqualTo(before);
  }

  private static int fail(String... command) throws Exception {
    List<String> said = new ArrayList<>();
    int code = Program.fail(said, command);
    assertThat(said.get(0)).doesNotContain(SECRET);
    return code;
  }

  /** A shell of another user; its arguments are these paths. */
  private Process attack(int uid, String script, Path... arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    Stream.of(arguments).map(Path::toString).forEach(words::add);
    Process attacker =
        new ProcessBuilder(as(uid, words.toArray(String[]::new)))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    attackers.add(attacker);
    return attacker;
  }

  private static String[] as(int uid, String... words) {
    return Stream.concat(
            Stream.of("setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups"),
            Stream.of(words))
        .toArray(String[]::new);
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  /** Owner, mode and content of everything. */
  private static Map<String, String> state(Path directory) throws IOException {
    Map<String, String> state = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : (Iterable<Path>) tree::iterator) {
        Map<String, Object> attributes =
            Files.readAttributes(
                path, "unix:uid,gid,mode,nlink,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
        String content = Files.isRegularFile(path) ? Files.readString(path) : "";
        state.put(path.toString(), new TreeMap<>(attributes) + content);
      }
    }
    return state;
  }

  private static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }
}
