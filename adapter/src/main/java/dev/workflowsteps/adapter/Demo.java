package dev.workflowsteps.adapter;

import dev.workflowsteps.server.StoredData;
import dev.workflowsteps.server.artifacts.ArtifactRecorder;
import dev.workflowsteps.server.auth.Authenticator;
import dev.workflowsteps.server.auth.KeyService;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.HostPort;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.document.ArtifactReader;
import dev.workflowsteps.server.document.ImportCounts;
import dev.workflowsteps.server.document.ImportFailedException;
import dev.workflowsteps.server.document.ImportListener;
import dev.workflowsteps.server.document.Importer;
import dev.workflowsteps.server.document.StepReader;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StepRecorder;
import dev.workflowsteps.server.steps.StoredStep;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A small real sample in an organization of its own, and a key to it in a file that only its owner
 * can read. A second start finds both and changes nothing.
 */
final class Demo {

  static final String ORGANIZATION = "demo";

  private static final String STEPS = "demo.ndjson";
  private static final String ARTIFACTS = "demo-artifacts.ndjson";
  private static final String SAMPLE_RUN = "run_abc123xyz";
  private static final Call LOADING = Call.within(Duration.ofMinutes(1));

  /** With more steps the data are no longer the sample, and counting them would slow the start. */
  private static final int MOST_COUNTED = 1_000;

  private final Path keyFile;
  private final String summary;

  private Demo(Path keyFile, String summary) {
    this.keyFile = keyFile;
    this.summary = summary;
  }

  static Demo load(StoredData data, ProgressListener progress) {
    progress.begin("loading the demo's data");
    Clock clock = Clock.systemUTC();
    KeyService keys = KeyService.ofDemo(data.stores().keyStore(), clock);
    Path keyFile = data.postgres().orElseThrow().directory().path().resolve("key");
    if (!isValid(keyFile, new Authenticator(data.stores().keyStore(), clock))) {
      // The key comes last: without it, an earlier start may have been cut off.
      keys.ensureOrganization(ORGANIZATION, true);
      importSample(data);
      write(keyFile, keys.create(ORGANIZATION, Set.of(Scope.READ), Optional.empty()).text());
    }
    return new Demo(keyFile, summary(data));
  }

  /** For example {@code organization demo: 64 steps, 8 runs}. */
  String summary() {
    return summary;
  }

  /** The command that lists a run of the sample. */
  String list(HostPort rest, Optional<Path> certificate) {
    return ExampleCommands.list(keyFile, rest, certificate, SAMPLE_RUN);
  }

  static void importSample(StoredData data) {
    importLines(
        STEPS,
        new Importer<>(StepReader::new, new StepRecorder(data.stores().stepWriter())::record));
    importLines(
        ARTIFACTS,
        new Importer<>(
            ArtifactReader::new, new ArtifactRecorder(data.stores().artifactWriter())::record));
  }

  private static void importLines(String file, Importer<?> importer) {
    try (InputStream lines = StoredData.class.getResourceAsStream("demo/" + file)) {
      importer.run(ORGANIZATION, lines, new Strict(file));
    } catch (IOException | ImportFailedException e) {
      throw new StartupException(
          ExitCode.DATABASE, "the demo's data can't be loaded: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException(ExitCode.FAILURE, "interrupted while loading the demo's data", e);
    }
  }

  private static String summary(StoredData data) {
    Scan<StepFilter, StepPosition> scan =
        new Scan<>(
            StepFilter.all(ORGANIZATION),
            Direction.ASCENDING,
            Optional.empty(),
            MOST_COUNTED + 1,
            Long.MAX_VALUE);
    List<StoredStep> steps = data.stores().stepStore().scan(scan, LOADING);
    if (steps.size() > MOST_COUNTED) {
      return "organization " + ORGANIZATION + ": over " + MOST_COUNTED + " steps";
    }
    Set<String> runs = new HashSet<>();
    steps.forEach(step -> runs.add(step.position().runId()));
    return "organization %s: %d steps, %d runs".formatted(ORGANIZATION, steps.size(), runs.size());
  }

  private static boolean isValid(Path keyFile, Authenticator authenticator) {
    if (!Files.exists(keyFile)) {
      return false;
    }
    try {
      String key = Files.readString(keyFile).strip();
      return authenticator.authenticate(List.of(key), List.of()).isPresent();
    } catch (IOException e) {
      throw unusable(keyFile, e);
    }
  }

  /** Never readable by others, not even for a moment. */
  private static void write(Path keyFile, String key) {
    try {
      Files.deleteIfExists(keyFile);
      Files.createFile(
          keyFile,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(keyFile, key + "\n", StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw unusable(keyFile, e);
    }
  }

  private static StartupException unusable(Path keyFile, IOException e) {
    return new StartupException(
        ExitCode.CONFIGURATION,
        "the demo's key file "
            + keyFile
            + " can't be used ("
            + e.getMessage()
            + "); delete it, or give another directory with --data-dir",
        e);
  }

  /** The sample is part of the program: a rejected line is a programming error. */
  private record Strict(String file) implements ImportListener {

    @Override
    public void rejected(long line, Rejection rejection) {
      throw new IllegalStateException(file + ":" + line + ": " + rejection.sentence());
    }

    @Override
    public void progress(ImportCounts counts, long bytes) {}
  }
}
