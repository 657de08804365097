package dev.workflowsteps.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.CapturedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BusiestOrganizationsTest {

  private final CapturedLog log = new CapturedLog();
  private final BusiestOrganizations busiest = new BusiestOrganizations();

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void tenOfAll_areNamed_theBusiestFirst() {
    for (int i = 1; i <= 12; i++) {
      add("org" + i, i);
    }

    busiest.log();

    assertThat(log.lines()).hasSize(1);
    assertThat(log.lines().get(0))
        .endsWith(
            ": calls in the last minute: 78 from 12 organizations; org12=12 org11=11 org10=10 org9=9"
                + " org8=8 org7=7 org6=6 org5=5 org4=4 org3=3");
  }

  @Test
  void minuteWithoutCalls_hasNoLine() {
    busiest.log();
    add("acme", 1);
    busiest.log();
    busiest.log();

    assertThat(log.lines()).hasSize(1);
  }

  @Test
  void memory_isBounded_andAllCallsAreCounted() {
    add("busy", 5);
    for (int i = 0; i < 20_000; i++) {
      add("org" + i, 1);
    }

    busiest.log();

    assertThat(log.lines().get(0))
        .contains("20005 from more than 10000 organizations; busy=5 org0=1 org1=1 ");
  }

  private void add(String organization, int calls) {
    for (int i = 0; i < calls; i++) {
      busiest.add(organization);
    }
  }
}
