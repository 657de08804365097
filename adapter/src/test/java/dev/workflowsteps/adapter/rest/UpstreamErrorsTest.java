package dev.workflowsteps.adapter.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpStatus;
import dev.workflowsteps.contract.ErrorTable;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.server.Rule;
import io.grpc.protobuf.StatusProto;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamErrorsTest {

  /** A client that came earlier would be refused again. */
  @ParameterizedTest
  @CsvSource({"0, 0, 1", "0, 1, 1", "1, 0, 1", "1, 1, 2", "2, 510000000, 3", "42, 0, 42"})
  @Rule("rate-limit")
  void retryInfo_becomesRetryAfter_roundedUpToWholeSeconds(
      long seconds, int nanos, long retryAfter) {
    ErrorReason reason = ErrorReason.ERROR_REASON_RATE_LIMITED;
    Duration delay = Duration.newBuilder().setSeconds(seconds).setNanos(nanos).build();
    Status status =
        Status.newBuilder()
            .setCode(ErrorTable.row(reason).getCodeValue())
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setReason(ErrorTable.name(reason))
                        .setDomain(ErrorTable.DOMAIN)
                        .build()))
            .addDetails(Any.pack(RetryInfo.newBuilder().setRetryDelay(delay).build()))
            .build();

    AggregatedHttpResponse response =
        UpstreamErrors.answer(StatusProto.toStatusRuntimeException(status)).aggregated("req_1");

    assertThat(response.status()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
    assertThat(response.headers().getLong(HttpHeaderNames.RETRY_AFTER)).isEqualTo(retryAfter);
  }
}
