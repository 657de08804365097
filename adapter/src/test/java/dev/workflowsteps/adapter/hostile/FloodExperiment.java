package dev.workflowsteps.adapter.hostile;

import static dev.workflowsteps.adapter.hostile.Experiments.assertHeapIsBack;
import static dev.workflowsteps.adapter.hostile.Experiments.assertLogIsShort;
import static dev.workflowsteps.adapter.hostile.Experiments.assertProbed;
import static dev.workflowsteps.adapter.hostile.Experiments.assertServed;
import static dev.workflowsteps.adapter.hostile.Experiments.report;

import dev.workflowsteps.server.network.FrameFlood;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** Connections that flood either port with frames of HTTP/2. */
class FloodExperiment {

  /** Longer than a flood and the second after it. */
  private static final int QUIET_SECONDS = 4;

  /** Before the floods, to compile what requests run on: a flood of a cold server measures that. */
  private static final int WARM_UP_RATE = 200;

  private static final int WARM_UP_SECONDS = 5;

  /** Of the server in the second after a flood, beyond what it needs without one. */
  private static final long MOST_CPU_MILLIS = 200;

  /**
   * What became of a flood.
   *
   * @param ended how many of the connections
   * @param resets streams that the server reset
   * @param cpuMillis of the server in the second after it
   */
  private record Flood(
      String port, FrameFlood kind, int ended, int of, int resets, long cpuMillis) {

    boolean isAnswered() {
      return ended == of || (kind == FrameFlood.STREAMS_BEFORE_ACKNOWLEDGEMENT && resets > 0);
    }
  }

  @Test
  void floods_endTheirConnections_andDisturbNobody() throws Exception {
    String experiment = "floods of frames";
    try (Data data = new Data()) {
      String quietKey = data.organization("quiet", 20, 500);
      String hostileKey = data.organization("hostile", 20, 500);
      try (Server server = Server.startSmall(data, "--trusted-addresses=127.0.0.1");
          Load quiet = Load.quiet("http1", quietKey, server).seconds(QUIET_SECONDS);
          ClientProcess flooder = ClientProcess.start(Flooder.class, List.of())) {
        warmUp(server, quietKey);
        quiet.start();
        TimeUnit.SECONDS.sleep(1);
        long usual = cpuMillis(server);
        report(experiment, "alone: " + quiet.answers());
        long before = server.liveHeap();
        server.probes();
        List<Flood> floods = new ArrayList<>();
        List<Sent> beside = new ArrayList<>();
        for (String port : List.of(Flooder.REST, "grpc")) {
          for (FrameFlood kind : FrameFlood.values()) {
            quiet.start();
            Flood flood = flood(server, flooder, port, kind, hostileKey);
            Answers answers = quiet.answers();
            report(experiment, flood + "; beside it: " + answers);
            floods.add(flood);
            beside.addAll(answers.sent());
          }
        }
        long after = server.liveHeap();
        Answers besideIt = new Answers(beside, floods.size() * QUIET_SECONDS);
        report(experiment, "live heap %d MiB, then %d".formatted(before, after));
        report(experiment, "CPU without floods " + usual + " ms");
        report(experiment, "beside them: " + besideIt);
        SoftAssertions.assertSoftly(
            softly -> {
              softly.assertThat(floods).as("floods that were answered").allMatch(Flood::isAnswered);
              softly
                  .assertThat(floods)
                  .as("CPU in the second after a flood")
                  .allMatch(flood -> flood.cpuMillis() <= usual + MOST_CPU_MILLIS);
              assertLogIsShort(softly, server.words());
              assertHeapIsBack(softly, before, after);
              assertServed(softly, besideIt);
              assertProbed(softly, experiment, server);
            });
      }
    }
  }

  private static void warmUp(Server server, String key) throws Exception {
    for (String protocol : List.of("http2", "grpc")) {
      try (Load load = Load.over(protocol, key, server)) {
        load.rate(WARM_UP_RATE).seconds(WARM_UP_SECONDS).start().answers();
      }
    }
  }

  private static Flood flood(
      Server server, ClientProcess flooder, String port, FrameFlood kind, String key)
      throws Exception {
    String place = port.equals(Flooder.REST) ? server.rest() : server.grpc();
    flooder.write(String.join(" ", kind.name(), port, place, key));
    String[] numbers = flooder.linesUntil(Flooder.DONE).get(0).split(" ");
    return new Flood(
        port,
        kind,
        Integer.parseInt(numbers[0]),
        Integer.parseInt(numbers[1]),
        Integer.parseInt(numbers[2]),
        cpuMillis(server));
  }

  private static long cpuMillis(Server server) throws Exception {
    Duration before = server.cpu();
    TimeUnit.SECONDS.sleep(1);
    return server.cpu().minus(before).toMillis();
  }
}
