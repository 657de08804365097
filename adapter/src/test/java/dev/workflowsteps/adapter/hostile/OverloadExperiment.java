package dev.workflowsteps.adapter.hostile;

import static dev.workflowsteps.adapter.hostile.Experiments.CAPACITY;
import static dev.workflowsteps.adapter.hostile.Experiments.DELAY;
import static dev.workflowsteps.adapter.hostile.Experiments.SECONDS;
import static dev.workflowsteps.adapter.hostile.Experiments.assertProbed;
import static dev.workflowsteps.adapter.hostile.Experiments.assertServed;
import static dev.workflowsteps.adapter.hostile.Experiments.report;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One organization asks for more than the server can answer, which its database's delay sets. */
class OverloadExperiment {

  private static final double MODERATE = 0.7;
  private static final double MOST = 10;

  /** Until so many, the code that refuses is compiled only in part. */
  private static final int WARM_UP_REFUSALS = 30_000;

  /** With two processors not so fast that refusals are held back. */
  private static final double WARM_UP = 20;

  /** In less time, three requests would decide what the slowest of a hundred takes. */
  private static final int MEASURED_SECONDS = Math.max(SECONDS, 10);

  /** Of the capacity; {@code -Dwfs.test.hostile.multiples=1,2,5,10} is the long form. */
  private static final String MULTIPLES = System.getProperty("wfs.test.hostile.multiples", "10");

  /**
   * A load's answers.
   *
   * @param cpu of the server meanwhile
   * @param database the CPU of PostgreSQL meanwhile
   */
  private record Offered(Answers answers, int seconds, Duration cpu, Duration database) {

    /** In a second, without the first, in which the queues fill. */
    double goodput() {
      return answers.good().ended(1, seconds).perSecond();
    }

    double took99() {
      return answers.good().took(99);
    }
  }

  /** By protocol. */
  private static final Map<String, Load> LOADS = new HashMap<>();

  @AutoClose private static BusyServer busy;

  @BeforeAll
  static void start() throws Exception {
    busy = BusyServer.start(DELAY);
  }

  @AfterAll
  static void stop() {
    LOADS.values().forEach(Load::close);
  }

  @ParameterizedTest
  @MethodSource(Experiments.PROTOCOLS)
  void moreThanTheCapacity_isRefusedCheaply_andGoodputStays(String protocol) throws Exception {
    String experiment = "overload over " + protocol;
    Map<Double, Offered> offered = new TreeMap<>();
    Load load = warm(protocol);
    busy.server().probes();
    for (String text : (MODERATE + "," + MULTIPLES).split(",")) {
      double multiple = Double.parseDouble(text);
      Offered one = offer(load, multiple * CAPACITY, MEASURED_SECONDS);
      offered.put(multiple, one);
      report(experiment, "%.1f× capacity: %s".formatted(multiple, one.answers()));
    }
    SoftAssertions.assertSoftly(
        softly -> {
          assertGoodput(softly, experiment, offered);
          assertRefusals(softly, offered.get(MOST).answers());
          assertCpuOfARefusal(softly, experiment, offered);
          assertProbed(softly, experiment, busy.server());
        });
  }

  @ParameterizedTest
  @MethodSource(Experiments.PROTOCOLS)
  void organizationAtTenTimesTheCapacity_leavesAQuietOneAlone(String protocol) throws Exception {
    String experiment = "noisy neighbour over " + protocol;
    String quietKey = busy.data().delayed("quiet-" + protocol, DELAY);
    Load noisy = warm(protocol).rate(10 * CAPACITY);
    try (Load quiet = Load.quiet(protocol, quietKey, busy.server())) {
      Answers alone = quiet.run();
      busy.server().probes();
      noisy.seconds(SECONDS + 2).start();
      Answers beside = quiet.run();
      Answers noise = noisy.answers();
      report(experiment, "the noisy one: " + noise);
      SoftAssertions.assertSoftly(
          softly -> {
            softly.assertThat(noise.refused().count()).as("refused").isPositive();
            assertServed(softly, experiment, alone, beside);
            assertProbed(softly, experiment, busy.server());
          });
    }
  }

  /** A load whose code has been compiled, both what answers it and what refuses it. */
  private static Load warm(String protocol) throws Exception {
    Load load = LOADS.get(protocol);
    if (load == null) {
      load = busy.load(protocol);
      LOADS.put(protocol, load);
      offer(load, WARM_UP * CAPACITY, (int) (WARM_UP_REFUSALS / (WARM_UP * CAPACITY)) + 1);
      // Works off what has piled up.
      offer(load, MODERATE * CAPACITY, SECONDS);
    }
    return load;
  }

  /**
   * @param rate requests a second
   */
  private static Offered offer(Load load, double rate, int seconds) throws Exception {
    load.rate((int) Math.round(rate)).seconds(seconds).start();
    Duration before = busy.server().cpu();
    Duration databaseBefore = busy.data().cpu();
    Answers answers = load.answers();
    return new Offered(
        answers,
        seconds,
        busy.server().cpu().minus(before),
        busy.data().cpu().minus(databaseBefore));
  }

  private static void assertGoodput(
      SoftAssertions softly, String experiment, Map<Double, Offered> offered) {
    Offered most = offered.get(MOST);
    report(
        experiment,
        "goodput at 10×: %.1f of %d/s; accepted p99 %.2f of that at 0.7×"
            .formatted(most.goodput(), CAPACITY, most.took99() / offered.get(MODERATE).took99()));
    softly
        .assertThat(most.goodput())
        .as("goodput at 10×, of which no load could have more than the capacity")
        .isGreaterThanOrEqualTo(0.95 * CAPACITY);
    softly
        .assertThat(most.took99())
        .as("p99 of accepted at 10×")
        .isLessThanOrEqualTo(2 * offered.get(MODERATE).took99());
    assertEnded(softly, List.copyOf(offered.values()));
  }

  private static void assertEnded(SoftAssertions softly, List<Offered> offered) {
    for (Offered one : offered) {
      softly
          .assertThat(late(one.answers()).outcomes())
          .as("answers later than 250 ms after the deadline")
          .isEmpty();
      softly
          .assertThat(one.answers().failed().outcomes())
          .as("neither answered nor refused")
          .isEmpty();
    }
  }

  private static Answers late(Answers answers) {
    return answers.only(one -> one.took() > (Load.DEADLINE_MILLIS + 250) * 1_000L);
  }

  /** At most one in twenty waits before it is refused; of the others, 99 in 100 take 20 ms. */
  private static void assertRefusals(SoftAssertions softly, Answers most) {
    Answers refused = most.refused();
    softly.assertThat(refused.count()).as("refused at 10×").isPositive();
    softly
        .assertThat(refused.took(95 * 0.99))
        .as("milliseconds of a refusal on arrival, p99 (the client's own lag: %s)", most.lag(99))
        .isLessThanOrEqualTo(20);
    softly
        .assertThat(refused.took(99.9))
        .as("milliseconds of a refusal after waiting (the client's own lag: %s)", most.lag(99.9))
        .isLessThanOrEqualTo(250);
  }

  /** An answer takes CPU of PostgreSQL, too; a refusal doesn't get so far. */
  private static void assertCpuOfARefusal(
      SoftAssertions softly, String experiment, Map<Double, Offered> offered) {
    Offered moderate = offered.get(MODERATE);
    Offered most = offered.get(MOST);
    double answer = micros(moderate.cpu()) / moderate.answers().ok().count();
    double database = micros(moderate.database()) / moderate.answers().ok().count();
    double refusal =
        (micros(most.cpu()) - answer * most.answers().ok().count())
            / most.answers().refused().count();
    double part = refusal / (answer + database);
    report(
        experiment,
        "CPU of an answer %.0f µs and %.0f of PostgreSQL, of a refusal %.0f: %.3f"
            .formatted(answer, database, refusal, part));
    softly.assertThat(part).as("CPU of a refusal by that of an answer").isLessThan(0.1);
  }

  private static double micros(Duration cpu) {
    return cpu.toNanos() / 1e3;
  }
}
