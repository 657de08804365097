package dev.workflowsteps.server.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.workflowsteps.server.admission.MemoryBudget.Charge;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {

  private static final long MEGABYTE = 1 << 20;

  private final MemoryBudget budget = new MemoryBudget(100);

  @Test
  void charge_growsUntilTheBudgetIsFull() {
    Charge first = budget.charge("a");
    Charge second = budget.charge("b");

    assertThat(first.grow(50)).isTrue();
    assertThat(second.grow(49)).isTrue();
    assertThat(second.grow(2)).isFalse();
    assertThat(budget.held()).isEqualTo(99);
    assertThat(second.grow(1)).isTrue();
    assertThat(budget.held()).isEqualTo(100);
  }

  @Test
  void oneOrganization_holdsAtMostThreeQuarters_overAllItsCharges() {
    Charge first = budget.charge("a");
    Charge second = budget.charge("a");

    assertThat(first.grow(30)).isTrue();
    assertThat(second.grow(46)).isFalse();
    assertThat(second.grow(45)).isTrue();
    assertThat(budget.charge("b").grow(25)).isTrue();
  }

  @Test
  void refusal_changesNothing() {
    Charge charge = budget.charge("a");
    charge.grow(10);

    assertThat(charge.grow(Long.MAX_VALUE)).isFalse();

    assertThat(charge.held()).isEqualTo(10);
    assertThat(budget.held()).isEqualTo(10);
    assertThat(charge.grow(40)).isTrue();
  }

  @Test
  void bytesThatNeverFit_areToldFromThoseThatMayFitLater() {
    budget.charge("a").grow(70);
    Charge charge = budget.charge("a");
    charge.grow(5);

    assertThat(charge.grow(1)).isFalse();
    assertThat(charge.couldGrow(70)).isTrue();
    assertThat(charge.couldGrow(71)).isFalse();
    assertThat(charge.couldGrow(Long.MAX_VALUE)).isFalse();
  }

  @Test
  void correction_isNeverRefused_andNothingElseFitsUntilItIsGivenBack() {
    Charge charge = budget.charge("a");
    charge.grow(10);

    charge.set(130);

    assertThat(budget.held()).isEqualTo(130);
    assertThat(budget.charge("b").grow(1)).isFalse();
    assertThat(budget.charge("b").grow(0)).isTrue();
    charge.set(20);
    assertThat(budget.charge("b").grow(50)).isTrue();
  }

  @Test
  void closing_givesAllBack_once() {
    Charge charge = budget.charge("a");
    charge.grow(30);
    budget.charge("a").grow(5);

    charge.close();
    charge.close();

    assertThat(budget.held()).isEqualTo(5);
    assertThat(charge.held()).isZero();
  }

  @Test
  void closedCharge_holdsNothingAnyMore() {
    Charge charge = budget.charge("a");
    charge.close();

    assertThat(charge.grow(1)).isFalse();
    charge.set(7);

    assertThat(charge.held()).isZero();
    assertThat(budget.held()).isZero();
  }

  @Test
  void organizations_thatHoldNothing_takeNoMemory() {
    for (int i = 0; i < 1_000; i++) {
      try (Charge charge = budget.charge("organization " + i)) {
        charge.grow(i % 3);
        charge.set(0);
        charge.grow(i % 2);
      }
      budget.charge("never grown " + i);
      budget.charge("refused " + i).grow(1_000);
    }

    assertThat(budget.organizations()).isZero();
  }

  @Test
  void negativeBytes_areAMistake() {
    Charge charge = budget.charge("a");

    assertThatIllegalArgumentException().isThrownBy(() -> charge.grow(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> charge.set(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> new MemoryBudget(0));
  }

  @Test
  void quarterOfTheSmallerMemory_isTheBudget() {
    assertThat(MemoryBudget.ofMemory(1024 * MEGABYTE, 1024 * MEGABYTE).limit())
        .isEqualTo(256 * MEGABYTE);
    assertThat(MemoryBudget.ofMemory(1024 * MEGABYTE, 64 * MEGABYTE).limit())
        .isEqualTo(16 * MEGABYTE);
    assertThat(MemoryBudget.ofMemory(256 * MEGABYTE, 256 * MEGABYTE).organizationLimit())
        .isEqualTo(48 * MEGABYTE);
  }

  @Test
  void manyThreads_neverHoldMore_andLeaveNothing() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Callable<Boolean>> work = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int seed = i;
      work.add(() -> churn(new Random(seed), "organization " + seed % 3));
    }

    List<Future<Boolean>> within = threads.invokeAll(work);
    threads.shutdown();

    assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    for (Future<Boolean> one : within) {
      assertThat(one.get()).isTrue();
    }
    assertThat(budget.held()).isZero();
    assertThat(budget.organizations()).isZero();
  }

  private boolean churn(Random random, String organization) {
    boolean within = true;
    for (int i = 0; i < 20_000; i++) {
      try (Charge charge = budget.charge(organization)) {
        charge.grow(random.nextInt(40));
        charge.grow(random.nextInt(40));
        within &= budget.held() <= budget.limit();
        charge.set(charge.held() / 2);
      }
    }
    return within;
  }
}
