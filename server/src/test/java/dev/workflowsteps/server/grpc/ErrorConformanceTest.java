package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import dev.workflowsteps.contract.ErrorTable;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc.WorkflowStepsServiceBlockingStub;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.InMemoryStepStore;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StoredStep;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What may leave, and what becomes of all else. */
@Rule("error-table")
class ErrorConformanceTest {

  private static final StatusRuntimeException INTERNAL = Errors.internal();

  @Test
  void everyRowOfTheTable_leavesAsItIs() {
    ErrorTable.reasons().stream()
        .flatMap(reason -> Stream.of(Errors.of(reason), Errors.of(reason, "a sentence")))
        .forEach(
            error ->
                assertThat(left(error.getStatus(), error.getTrailers()))
                    .isEqualTo(error.getStatus()));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OK")
  void statusWithoutAReason_becomesInternal(Status.Code code) {
    assertInternal(code.toStatus().withDescription("column secret"), new Metadata());
  }

  @Test
  void reasonOfNoRow_orWithAnotherCode_orOfAnotherDomain_becomesInternal() {
    for (ErrorInfo info :
        List.of(
            info("NOTHING", ErrorTable.DOMAIN),
            info("UNSPECIFIED", ErrorTable.DOMAIN),
            info("STEP_NOT_FOUND", ErrorTable.DOMAIN),
            info("INVALID_REQUEST", "other.v1"))) {
      StatusRuntimeException error =
          StatusProto.toStatusRuntimeException(
              com.google.rpc.Status.newBuilder()
                  .setCode(Status.Code.INVALID_ARGUMENT.value())
                  .setMessage("column secret")
                  .addDetails(Any.pack(info))
                  .build());
      assertInternal(error.getStatus(), error.getTrailers());
    }
  }

  @Test
  void exceptionOfAHandler_becomesInternal() {
    InMemoryStepStore failing =
        new InMemoryStepStore() {
          @Override
          public List<StoredStep> scan(Scan<StepFilter, StepPosition> scan, Call call) {
            throw new IllegalStateException("column secret");
          }
        };
    try (Edge edge = new Edge(failing)) {
      WorkflowStepsServiceBlockingStub stub = edge.steps(Edge.headers(edge.key("acme")));

      StatusRuntimeException failure =
          Failed.call(() -> stub.listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance()));

      isInternal(failure.getStatus());
    }
  }

  private static void assertInternal(Status status, Metadata trailers) {
    assertThat(left(status, trailers)).satisfies(ErrorConformanceTest::isInternal);
  }

  private static void isInternal(Status status) {
    assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(status.getDescription()).isEqualTo(INTERNAL.getStatus().getDescription());
  }

  private static ErrorInfo info(String reason, String domain) {
    return ErrorInfo.newBuilder().setReason(reason).setDomain(domain).build();
  }

  /** What a call that ends so is seen to end with. */
  private static Status left(Status status, Metadata trailers) {
    return Errors.conforming("a.B/C", status.asRuntimeException(trailers)).getStatus();
  }
}
