package dev.workflowsteps.server.steps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.contract.Words;
import dev.workflowsteps.server.InMemoryStores;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.stores.Stores;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The oracle obeys the contract that it judges others by. */
class InMemoryStepStoreTest extends StepStoreContract {

  private final Stores stores = new InMemoryStores().all();

  @Override
  protected Stores stores() {
    return stores;
  }

  /** It stores any state. */
  @Override
  protected void addStatus(String status) {}

  /** As PostgreSQL's is, see CountStepsIT. */
  @Test
  @Rule("counts")
  void count_ofALongRun_isThatOfItsFirstSteps_andThereMayBeMoreInEachState() {
    Call call = Call.within(Duration.ofMinutes(1));
    stores
        .stepWriter()
        .write(
            "acme",
            Stream.concat(
                    IntStream.range(0, StepStore.MOST_COUNTED)
                        .mapToObj(i -> AStep.named("a" + i).run("run").status("queued")),
                    Stream.of(AStep.named("b").run("run").status("error")))
                .map(step -> StepRecord.of(step.build()))
                .toList(),
            call);
    StepFilter run = StepFilter.run("acme", "run");

    StepCounts counts = StepCounts.of(stores.stepStore().count(run, call));

    assertThat(counts.statuses()).extracting(StatusCount::status).isEqualTo(Words.STATUS.all());
    assertThat(counts.statuses()).noneMatch(StatusCount::exact);
    assertThat(counts.total()).isEqualTo(StepStore.MOST_COUNTED);
    StepFilter errors = run.withStatuses(List.of("error"));
    assertThat(StepCounts.of(stores.stepStore().count(errors, call)).statuses())
        .containsExactly(new StatusCount("error", 0, false));
    StepFilter oneStep = errors.withStepId(Optional.of("b"));
    assertThat(StepCounts.of(stores.stepStore().count(oneStep, call)).statuses())
        .containsExactly(new StatusCount("error", 1, true));
  }
}
