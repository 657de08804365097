package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import dev.workflowsteps.contract.ErrorTable;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.server.Rule;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What may leave, and what becomes of all else. */
@Rule("error-table")
class ErrorConformanceTest {

  private static final StatusRuntimeException INTERNAL = Errors.internal();

  @Test
  void everyRowOfTheTable_leavesAsItIs() {
    Arrays.stream(ErrorReason.values())
        .filter(reason -> reason != ErrorReason.UNRECOGNIZED)
        .filter(reason -> reason != ErrorReason.ERROR_REASON_UNSPECIFIED)
        .map(reason -> Errors.of(reason, "a sentence"))
        .forEach(
            error ->
                assertThat(left(error.getStatus(), error.getTrailers()))
                    .isEqualTo(error.getStatus()));
  }

  @Test
  void success_leavesAsItIs() {
    assertThat(left(Status.OK, new Metadata())).isEqualTo(Status.OK);
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
  void exceptionOfAListener_becomesInternal() {
    Call call = new Call();
    ServerCall.Listener<String> listener =
        new ErrorConformance()
            .interceptCall(
                call,
                new Metadata(),
                (next, headers) ->
                    new ServerCall.Listener<>() {
                      @Override
                      public void onHalfClose() {
                        throw new IllegalStateException("column secret");
                      }
                    });

    listener.onHalfClose();

    assertThat(call.ends).singleElement().satisfies(ErrorConformanceTest::isInternal);
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
    Call call = new Call();
    var unused =
        new ErrorConformance()
            .interceptCall(
                call,
                new Metadata(),
                (next, headers) -> {
                  next.close(status, trailers);
                  return new ServerCall.Listener<>() {};
                });
    return call.ends.get(0);
  }

  private static final class Call extends ServerCall<String, String> {

    private final List<Status> ends = new ArrayList<>();

    @Override
    public void close(Status status, Metadata trailers) {
      ends.add(status);
    }

    @Override
    public void request(int count) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(String message) {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<String, String> getMethodDescriptor() {
      return MethodDescriptor.<String, String>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("a.B/C")
          .setRequestMarshaller(new Texts())
          .setResponseMarshaller(new Texts())
          .build();
    }
  }

  private static final class Texts implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String text) {
      throw new AssertionError("nothing is sent here");
    }

    @Override
    public String parse(InputStream stream) {
      throw new AssertionError("nothing is read here");
    }
  }
}
