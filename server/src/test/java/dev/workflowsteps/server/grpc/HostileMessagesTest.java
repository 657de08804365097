package dev.workflowsteps.server.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.workflowsteps.contract.Limits;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.Violations;
import dev.workflowsteps.server.Allocations;
import dev.workflowsteps.server.admission.MemoryBudget;
import dev.workflowsteps.server.admission.MemoryBudget.Charge;
import dev.workflowsteps.server.auth.Authenticated;
import dev.workflowsteps.server.auth.OrganizationLimits;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.grpc.MessageCost.Estimate;
import dev.workflowsteps.server.grpc.UnreadMessageException.Reason;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Messages that are small on the way and large in memory, in a process with 256 MB of heap. */
class HostileMessagesTest {

  private static final long MEGABYTE = 1 << 20;
  private static final int MESSAGES = 40;

  private static final MessageCost COST =
      MessageCost.of(RecordWorkflowStepsRequest.getDescriptor());

  private final MemoryBudget budget = MemoryBudget.ofMemory(256 * MEGABYTE, 256 * MEGABYTE);

  @Test
  void emptySteps_areTooMany_beforeOneIsBuilt() throws Exception {
    byte[] message = Wire.filled(Limits.MAX_REQUEST_BYTES, Wire.hex("0a00"));

    Estimate[] estimate = new Estimate[1];
    long allocated = Allocations.of(() -> estimate[0] = COST.estimate(message));
    StatusRuntimeException refusal =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                RecordResults.checkCount(
                    new Caller(
                        new Authenticated("acme", "key", Scope.ALL, OrganizationLimits.DEFAULT),
                        Violations.getDefaultInstance()),
                    RecordWorkflowStepsRequest.getDescriptor().findFieldByName("steps"),
                    estimate[0].documents()));

    assertThat(allocated).isLessThan(1_000);
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refusal.getStatus().getDescription())
        .isEqualTo("steps: 8388608 steps (expected: at most 1000)");
  }

  @Test
  void mapEntries_neverFit() throws Exception {
    refuse(
        Wire.field(
            1,
            Wire.filled(
                Limits.MAX_REQUEST_BYTES - 10,
                i -> Wire.field(10, Wire.field(1, Integer.toString(i, 36).getBytes(UTF_8))))));
  }

  @Test
  void unknownFields_neverFit() throws Exception {
    refuse(Wire.filled(Limits.MAX_REQUEST_BYTES, Wire.hex("f80101")));
    refuse(Wire.field(1, Wire.filled(Limits.MAX_REQUEST_BYTES - 10, Wire.hex("f80101"))));
  }

  /** Each is merged into a copy of those before: parsing 16 KB takes seconds, 1 MB hours. */
  @Test
  void valuesOfOneEntry_neverFit_howeverLargeTheHeapIs() throws Exception {
    for (int bytes : new int[] {4_000, 16_000, Limits.MAX_REQUEST_BYTES - 20}) {
      byte[] message = Wire.field(1, Wire.field(10, Wire.filled(bytes, Wire.hex("1203 f80101"))));
      refuse(message);
      assertThat(new MemoryBudget(1L << 50).charge("acme").grow(COST.estimate(message).heapBytes()))
          .isFalse();
    }
  }

  @Test
  void gzipBombs_areBrokenOff_andManyAtOnceStayInTheBudget() throws Exception {
    byte[] bomb = gigabyteOfZeros();
    List<Charge> charges = new ArrayList<>();
    List<Reason> reasons = new ArrayList<>();

    long allocated =
        Allocations.ofFirst(
            () -> {
              for (int i = 0; i < MESSAGES; i++) {
                Charge charge = budget.charge("organization " + i % 3);
                charges.add(charge);
                reasons.add(
                    catchThrowableOfType(
                            UnreadMessageException.class,
                            () ->
                                MessageBytes.read(
                                    inflating(bomb), charge, Limits.MAX_REQUEST_BYTES))
                        .reason());
                assertThat(budget.held()).isLessThanOrEqualTo(budget.limit());
              }
              return null;
            });

    assertThat(reasons).hasSize(MESSAGES).contains(Reason.TOO_LARGE, Reason.NO_MEMORY);
    assertThat(allocated).isLessThan(budget.limit() + MESSAGES * MEGABYTE);
    charges.forEach(Charge::close);
    assertThat(budget.held()).isZero();
    assertThat(
            catchThrowableOfType(
                    UnreadMessageException.class,
                    () ->
                        MessageBytes.read(
                            inflating(bomb), budget.charge("acme"), Limits.MAX_REQUEST_BYTES))
                .reason())
        .isEqualTo(Reason.TOO_LARGE);
  }

  private void refuse(byte[] message) throws Exception {
    try (Charge charge = budget.charge("acme")) {
      charge.grow(message.length);
      boolean[] granted = new boolean[1];
      long cost = COST.estimate(message).heapBytes();
      long allocated = Allocations.of(() -> granted[0] = charge.grow(cost));

      assertThat(granted[0]).isFalse();
      assertThat(charge.couldGrow(cost)).isFalse();
      assertThat(Allocations.of(() -> COST.estimate(message)) + allocated).isLessThan(2_000);
    }
  }

  private static InputStream inflating(byte[] gzip) throws IOException {
    return new GZIPInputStream(new ByteArrayInputStream(gzip));
  }

  /** The same member again and again, which inflates to their sum. */
  private static byte[] gigabyteOfZeros() throws IOException {
    ByteArrayOutputStream member = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(member)) {
      byte[] zeros = new byte[(int) MEGABYTE];
      for (int i = 0; i < 32; i++) {
        out.write(zeros);
      }
    }
    return Wire.joined(Collections.nCopies(32, member.toByteArray()).toArray(new byte[0][]));
  }
}
