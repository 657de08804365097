package dev.workflowsteps.adapter.rest;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.workflowsteps.adapter.http.ErrorResponse;
import dev.workflowsteps.adapter.upstream.AddressException;
import dev.workflowsteps.contract.ErrorTable;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.proto.v1.Violations;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A call that failed, as an error of REST. */
final class UpstreamErrors {

  private static final Logger LOG = LoggerFactory.getLogger(UpstreamErrors.class);

  static ErrorResponse answer(Throwable cause) {
    if (cause instanceof CancellationException) {
      LOG.debug("a call was cancelled", cause);
      return ErrorResponse.of(ErrorReason.ERROR_REASON_CANCELLED);
    }
    if (cause instanceof AddressException refused) {
      ErrorReason reason = ErrorReason.ERROR_REASON_RATE_LIMITED;
      long seconds = wholeSeconds(refused.delay());
      return new ErrorResponse(
          reason, ErrorTable.message(reason), Violations.getDefaultInstance(), seconds);
    }
    if (!(cause instanceof StatusRuntimeException failure)) {
      LOG.error("a call failed by an error of the program", cause);
      return ErrorResponse.of(ErrorReason.ERROR_REASON_INTERNAL);
    }
    if (failure.getStatus().getCode() == Code.CANCELLED) {
      // The caller is still here: the call was broken off behind us, by a proxy for example.
      LOG.debug("the server broke a call off", failure);
      return ErrorResponse.of(ErrorReason.ERROR_REASON_UNAVAILABLE);
    }
    Status status = StatusProto.fromThrowable(failure);
    if (status == null || status.getDetailsCount() == 0) {
      return withoutDetails(failure);
    }
    try {
      return withDetails(status);
    } catch (InvalidProtocolBufferException e) {
      return withoutDetails(failure);
    }
  }

  private static ErrorResponse withDetails(Status status) throws InvalidProtocolBufferException {
    String name = "";
    Violations violations = Violations.getDefaultInstance();
    long retryAfter = 1;
    for (Any detail : status.getDetailsList()) {
      // By instances: a class would be asked by reflection for its own.
      if (detail.isSameTypeAs(ErrorInfo.getDefaultInstance())) {
        name = detail.unpackSameTypeAs(ErrorInfo.getDefaultInstance()).getReason();
      } else if (detail.isSameTypeAs(Violations.getDefaultInstance())) {
        violations = detail.unpackSameTypeAs(Violations.getDefaultInstance());
      } else if (detail.isSameTypeAs(RetryInfo.getDefaultInstance())) {
        Duration delay = detail.unpackSameTypeAs(RetryInfo.getDefaultInstance()).getRetryDelay();
        retryAfter =
            wholeSeconds(java.time.Duration.ofSeconds(delay.getSeconds(), delay.getNanos()));
      }
    }
    ErrorReason reason = ErrorTable.byName(name).orElse(ErrorTable.ofCode(status.getCode()));
    return new ErrorResponse(reason, status.getMessage(), violations, retryAfter);
  }

  /** Rounded up: who comes too early is refused again. */
  private static long wholeSeconds(java.time.Duration delay) {
    return delay.getSeconds() + (delay.getNano() > 0 ? 1 : 0);
  }

  /** From the transport and not from the server: its words are about the inside. */
  private static ErrorResponse withoutDetails(StatusRuntimeException failure) {
    ErrorReason reason = ErrorTable.ofCode(failure.getStatus().getCode().value());
    if (reason == ErrorReason.ERROR_REASON_INTERNAL) {
      LOG.error("a call failed", failure);
    } else {
      LOG.debug("a call failed", failure);
    }
    return ErrorResponse.of(reason);
  }

  private UpstreamErrors() {}
}
