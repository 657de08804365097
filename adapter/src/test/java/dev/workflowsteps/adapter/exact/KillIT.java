package dev.workflowsteps.adapter.exact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.adapter.DataDirs;
import dev.workflowsteps.adapter.Program;
import dev.workflowsteps.adapter.client.Client;
import dev.workflowsteps.adapter.client.RestClient;
import dev.workflowsteps.server.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The program killed while it writes, and started again on the same data: what it acknowledged is
 * there, byte for byte, and of the rest each batch wholly or not at all.
 *
 * <p>{@code -Dwfs.test.seed=N} kills after the same random lines and calls again, {@code
 * -Dwfs.test.kills=N} so many times, every other one while it imports.
 */
class KillIT {

  private static final int KILLS = Integer.getInteger("wfs.test.kills", 2);
  private static final long SEED = Long.getLong("wfs.test.seed", System.nanoTime());

  private final Random random = new Random(SEED);
  private Path dataDir;
  private Program program;
  private String key;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    System.out.println("random kills: -Dwfs.test.seed=" + SEED);
    dataDir = DataDirs.create();
    program = Program.serve(dataDir);
    key = program.command("keys create", "demo", "--scope=read,write").strip();
  }

  @AfterEach
  void stop() throws IOException, InterruptedException {
    program.close();
    DataDirs.delete(dataDir);
  }

  @Test
  @Rule("durable")
  void killedProgram_hasWhatItAcknowledged_andTearsNoBatch() throws Exception {
    List<RecordedRuns> recordings = new ArrayList<>();
    for (int kill = 0; kill < KILLS; kill++) {
      if (kill % 2 == 0) {
        killImport(ImportedLines.of("kill" + kill, random));
      } else {
        RecordedRuns runs = new RecordedRuns("kill" + kill, random.nextLong());
        killRecording(runs);
        recordings.add(runs);
      }
    }
    // Nor did a later kill take anything.
    for (RecordedRuns runs : recordings) {
      runs.assertPresent(program.grpcPort(), key);
    }
  }

  /** No other process serves meanwhile: the import has PostgreSQL to itself. */
  private void killImport(ImportedLines lines) throws Exception {
    program.close();
    int killedAt = random.nextInt(lines.count() * 5 / 4);
    Process process = Program.open(importing("-"));
    ImportedLines.Feed feed = lines.feed(process);
    feed.await(Math.min(killedAt, lines.count()));
    // Lines are taken between the writes: the longest wait is to outlast one.
    TimeUnit.MILLISECONDS.sleep(random.nextInt(killedAt < lines.count() ? 300 : 1_000));
    // Process.destroyForcibly would close what it may have said its counts on.
    process.toHandle().destroyForcibly();
    process.waitFor();
    int begun = feed.begun();
    boolean acknowledged = process.getInputStream().readAllBytes().length > 0;

    program = Program.serve(dataDir);

    int present = present(lines);
    assertThat(begun).isGreaterThanOrEqualTo(Math.min(killedAt, lines.count()));
    assertThat(present).isBetween(acknowledged ? lines.count() : 0, begun);
    Path file = Files.write(dataDir.resolve("lines"), lines.bytes());
    assertThat(Program.run(importing(file.toString())))
        .isEqualToIgnoringNewLines(
            "new %d, changed 0, unchanged %d, stale 0, rejected 0"
                .formatted(lines.count() - present, present));
    assertThat(present(lines)).isEqualTo(lines.count());
  }

  private void killRecording(RecordedRuns runs) throws Exception {
    try (RecordedRuns.Recording recording = runs.record(program.grpcPort(), key)) {
      recording.awaitCalls(random.nextInt(40));
      TimeUnit.MILLISECONDS.sleep(random.nextInt(50));
      recording.beforeTheKill();
      program.kill();
    }

    program = Program.serve(dataDir);
    runs.assertPresent(program.grpcPort(), key);
  }

  private int present(ImportedLines lines) throws IOException {
    try (Client rest = new RestClient(program.restUrl(), key)) {
      return lines.present(rest);
    }
  }

  private String[] importing(String file) {
    return new String[] {"import", "--demo", "--data-dir=" + dataDir, "--organization=demo", file};
  }
}
