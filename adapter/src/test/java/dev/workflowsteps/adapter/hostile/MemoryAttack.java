package dev.workflowsteps.adapter.hostile;

import static dev.workflowsteps.adapter.hostile.Experiments.assertHeapIsBack;
import static dev.workflowsteps.adapter.hostile.Experiments.assertProbed;
import static dev.workflowsteps.adapter.hostile.Experiments.assertServed;
import static dev.workflowsteps.adapter.hostile.Experiments.report;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;

/**
 * A server with a heap of 256 MiB, and callers who would have it hold far more, while another
 * organization is to be served.
 */
final class MemoryAttack implements AutoCloseable {

  /** As much as requests may take of it; more would be missing next time. */
  private static final int MOST_BUFFERS_MEGABYTES = 256 / 4;

  /** As by default, so that answers are held as long. */
  private static final int DEADLINE_MILLIS = 10_000;

  /**
   * A caller that the server ended.
   *
   * @param millis after the attack began
   */
  record Ended(int millis, String outcome) {

    private static Ended of(String line) {
      String[] parts = line.split(" ");
      return new Ended(Integer.parseInt(parts[1]), parts[2]);
    }
  }

  /** What must be true of this attack. */
  interface Check {
    void check(SoftAssertions softly, List<Ended> ended);
  }

  private final Data data = new Data();
  private final String hostileKey;
  private final Server server;
  private final Load quiet;
  private final Answers alone;

  /** The live heap before the first attack; after each it is to be as small. */
  private final long before;

  MemoryAttack() throws Exception {
    String quietKey = data.organization("quiet", 20, 500);
    hostileKey = data.organization("hostile", 40, 100_000);
    server = Server.startSmall(data, "--request-timeout=" + DEADLINE_MILLIS + "ms");
    quiet = Load.quiet("http1", quietKey, server).deadline(DEADLINE_MILLIS);
    alone = quiet.seconds(2).run();
    before = server.liveHeap();
  }

  /**
   * Attacks the server, prints figures, and checks what must be true whatever the attack.
   *
   * @param attack as {@link Attacker} names it
   * @param count of the attackers
   */
  void run(String experiment, String attack, int count, Check check) throws Exception {
    int said = server.words().size();
    server.probes();
    List<Sent> beside = new ArrayList<>();
    List<Ended> ended = Collections.synchronizedList(new ArrayList<>());
    long peak = 0;
    try (ClientProcess attacker =
        ClientProcess.start(
            Attacker.class,
            List.of(attack, server.rest(), server.grpc(), hostileKey, "" + count))) {
      attacker.linesUntil(Attacker.BEGUN);
      Thread reader = reader(attacker, ended);
      do {
        Answers answers = quiet.seconds(1).run();
        beside.addAll(answers.sent());
        peak = Math.max(peak, server.usedHeap());
      } while (reader.isAlive() && server.isAlive());
      reader.join(TimeUnit.SECONDS.toMillis(1));
    }
    Answers besideIt = new Answers(beside, Math.max(1, beside.size() / Load.QUIET_RATE));
    boolean alive = server.isAlive();
    long after = alive ? server.liveHeap() : 0;
    long buffersAfter = alive ? server.buffers() : 0;
    long outOfMemory =
        server.words().stream()
            .skip(said)
            .filter(line -> line.contains("OutOfMemoryError"))
            .count();
    report(
        experiment,
        "%d of %d ended after %d ms at most %s; live heap %d MiB, then %d; %d seen at most; buffers %d MiB afterwards; out of memory %d times; %s"
            .formatted(
                ended.size(),
                count,
                ended.stream().mapToInt(Ended::millis).max().orElse(0),
                outcomes(ended),
                before,
                after,
                peak,
                buffersAfter,
                outOfMemory,
                alive ? "alive" : "DEAD"));
    report(experiment, "the quiet one alone: " + alone);
    report(experiment, "the quiet one beside it: " + besideIt);
    SoftAssertions.assertSoftly(
        softly -> {
          softly.assertThat(alive).as("the server lives").isTrue();
          softly.assertThat(outOfMemory).as("times that memory was out").isZero();
          softly.assertThat(ended.size()).as("callers that were ended").isEqualTo(count);
          check.check(softly, ended);
          assertHeapIsBack(softly, before, after);
          softly
              .assertThat(buffersAfter)
              .as("MiB of buffers afterwards")
              .isLessThanOrEqualTo(MOST_BUFFERS_MEGABYTES);
          assertServed(softly, besideIt);
          if (alive) {
            assertProbed(softly, experiment, server);
          }
        });
  }

  /** The server's counts of connections that it ended, by reason. */
  List<String> connectionsEnded() throws IOException, InterruptedException {
    return server.metric("workflow_steps_connections_ended");
  }

  @Override
  public void close() throws SQLException {
    quiet.close();
    server.close();
    data.close();
  }

  private static Thread reader(ClientProcess attacker, List<Ended> ended) {
    Thread reader =
        new Thread(
            () ->
                attacker.eachLine(
                    line -> {
                      if (line.startsWith(Attacker.ENDED)) {
                        ended.add(Ended.of(line));
                      }
                    }));
    reader.start();
    return reader;
  }

  private static Map<String, Long> outcomes(List<Ended> ended) {
    return ended.stream()
        .collect(Collectors.groupingBy(Ended::outcome, TreeMap::new, Collectors.counting()));
  }
}
