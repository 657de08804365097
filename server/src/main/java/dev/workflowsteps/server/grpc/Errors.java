package dev.workflowsteps.server.grpc;

import com.google.common.collect.Maps;
import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.workflowsteps.contract.ErrorTable;
import dev.workflowsteps.contract.Quote;
import dev.workflowsteps.contract.ViolationList;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.proto.v1.Violation;
import dev.workflowsteps.proto.v1.Violations;
import dev.workflowsteps.server.auth.RateDecision;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.call.FailedCallException;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place that makes errors, each a row of the table that {@link ErrorReason} is. */
final class Errors {

  private static final Logger LOG = LoggerFactory.getLogger(Errors.class);

  /** How long a caller should wait before it tries an unavailable server again. */
  private static final java.time.Duration RETRY_DELAY = java.time.Duration.ofSeconds(1);

  /** Made once: whoever is refused by the thousand must cost little. */
  private static final Map<ErrorReason, Status> ROWS =
      ErrorTable.reasons().stream()
          .collect(
              Maps.toImmutableEnumMap(
                  reason -> reason, reason -> status(reason, ErrorTable.message(reason)).build()));

  /** An error that says what its row of the table says: what happened, and what to do. */
  static StatusRuntimeException of(ErrorReason reason) {
    return new CallError(reason, ROWS.get(reason));
  }

  /** An error with the sentence that its caller reads. */
  static StatusRuntimeException of(ErrorReason reason, String message) {
    return new CallError(reason, status(reason, message).build());
  }

  /** Everything that is wrong with a request, in one error. */
  static StatusRuntimeException of(Violations violations) {
    List<Violation> listed = violations.getViolationsList();
    boolean single = listed.size() == 1 && violations.getOmitted() == 0;
    ErrorReason reason =
        single
            ? ErrorTable.ofViolation(listed.get(0).getReason())
            : ErrorReason.ERROR_REASON_INVALID_REQUEST;
    BadRequest.Builder badRequest = BadRequest.newBuilder();
    for (Violation violation : listed) {
      badRequest.addFieldViolations(
          BadRequest.FieldViolation.newBuilder()
              .setField(violation.getField())
              .setDescription(violation.getDescription())
              .setReason(violation.getReason().toUpperCase(Locale.ROOT)));
    }
    return new CallError(
        reason,
        status(reason, sentence(violations))
            .addDetails(Any.pack(badRequest.build()))
            .addDetails(Any.pack(violations))
            .build());
  }

  /** Fails with everything that is wrong with a request, if anything is. */
  static void check(ViolationList violations) {
    if (!violations.isEmpty()) {
      throw of(violations.toMessage());
    }
  }

  /** The error that a failure of the domain leaves as. What is inside is for the log only. */
  static StatusRuntimeException of(FailedCallException failure) {
    return switch (failure.reason()) {
      case CURSOR_NOT_FOUND -> of(ErrorReason.ERROR_REASON_CURSOR_NOT_FOUND, failure);
      case CURSOR_AMBIGUOUS -> of(ErrorReason.ERROR_REASON_CURSOR_AMBIGUOUS, failure);
      case CURSOR_FILTER_MISMATCH -> of(ErrorReason.ERROR_REASON_CURSOR_FILTER_MISMATCH, failure);
      case STEP_NOT_FOUND -> of(ErrorReason.ERROR_REASON_STEP_NOT_FOUND, failure);
      case STEP_AMBIGUOUS -> of(ErrorReason.ERROR_REASON_STEP_AMBIGUOUS, failure);
      case ARTIFACT_NOT_FOUND -> of(ErrorReason.ERROR_REASON_ARTIFACT_NOT_FOUND, failure);
      // Its keys went before it.
      case ORGANIZATION_GONE -> unauthenticated();
      case ORGANIZATION_IN_USE, UNAVAILABLE, NO_MEMORY -> of(ErrorReason.ERROR_REASON_UNAVAILABLE);
      case NOT_MIGRATED ->
          of(
              ErrorReason.ERROR_REASON_UNAVAILABLE,
              "Lists sorted by ended_at are unavailable until the operator of the service has run"
                  + " workflow-steps migrate; all others work.");
      case DEADLINE_EXCEEDED -> of(ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED);
      case CANCELLED -> of(ErrorReason.ERROR_REASON_CANCELLED);
    };
  }

  /** With the field that it is about, if it is one. */
  private static StatusRuntimeException of(ErrorReason reason, FailedCallException failure) {
    return failure
        .about()
        .map(
            given ->
                of(
                    Violations.newBuilder()
                        .addViolations(violation(reason, given, failure.getMessage()))
                        .build()))
        .orElseGet(() -> of(reason, failure.getMessage()));
  }

  private static Violation violation(
      ErrorReason reason, FailedCallException.Given given, String sentence) {
    return Violation.newBuilder()
        .setField(given.field())
        .setValue(Quote.beginning(given.value()))
        .setReason(ErrorTable.word(reason))
        .setDescription(sentence)
        .build();
  }

  static StatusRuntimeException unauthenticated() {
    return of(ErrorReason.ERROR_REASON_UNAUTHENTICATED);
  }

  /** The error of a call whose key does not allow it. */
  static StatusRuntimeException permissionDenied(Scope needed) {
    ErrorReason reason = ErrorReason.ERROR_REASON_PERMISSION_DENIED;
    return of(
        reason,
        "The API key lacks the scope "
            + needed.word()
            + ", which this request needs. "
            + ErrorTable.row(reason).getAction());
  }

  /** The error of a call that a rate limit refuses. Clients retry it after its RetryInfo. */
  static StatusRuntimeException rateLimited(RateDecision refused) {
    QuotaFailure.Builder quotas = QuotaFailure.newBuilder();
    for (RateDecision.Quota quota : refused.exhausted()) {
      quotas.addViolations(
          QuotaFailure.Violation.newBuilder()
              .setSubject("organization")
              .setDescription(RateLimitHeaders.sentence(quota))
              .setQuotaId(RateLimitHeaders.name(quota))
              .setQuotaValue(quota.perSecond()));
    }
    ErrorReason reason = ErrorReason.ERROR_REASON_RATE_LIMITED;
    String message =
        "The organization has reached its rate limit: "
            + refused.exhausted().stream()
                .map(RateLimitHeaders::sentence)
                .collect(Collectors.joining(", "))
            + ". "
            + ErrorTable.row(reason).getAction();
    return new CallError(
        reason,
        status(reason, message)
            .addDetails(retryInfo(refused.retryAfter()))
            .addDetails(Any.pack(quotas.build()))
            .build());
  }

  /** The error of a call whose address is refused for so long. It does not say why. */
  static StatusRuntimeException rateLimited(java.time.Duration delay) {
    ErrorReason reason = ErrorReason.ERROR_REASON_RATE_LIMITED;
    return new CallError(
        reason, status(reason, ErrorTable.message(reason)).addDetails(retryInfo(delay)).build());
  }

  static StatusRuntimeException internal() {
    return of(ErrorReason.ERROR_REASON_INTERNAL);
  }

  /** Whether what a call ends with is a row of the table: its code, and the reason beside it. */
  static boolean isOfTheTable(io.grpc.Status status, Metadata trailers) {
    return row(status, trailers).isPresent();
  }

  /** Whether the call could not be read. */
  static boolean isMalformed(StatusRuntimeException error) {
    return error instanceof CallError made
        && made.reason == ErrorReason.ERROR_REASON_MALFORMED_REQUEST;
  }

  private static Optional<ErrorReason> row(io.grpc.Status status, Metadata trailers) {
    Status details = StatusProto.fromStatusAndTrailers(status, trailers);
    try {
      for (Any detail : details.getDetailsList()) {
        if (detail.isSameTypeAs(ErrorInfo.getDefaultInstance())) {
          ErrorInfo info = detail.unpackSameTypeAs(ErrorInfo.getDefaultInstance());
          return ErrorTable.byName(info.getReason())
              .filter(row -> info.getDomain().equals(ErrorTable.DOMAIN))
              .filter(row -> ErrorTable.row(row).getCodeValue() == status.getCode().value());
        }
      }
      return Optional.empty();
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }

  /**
   * The error itself if it is a row of the table, in its code and its reason. Any other is a
   * mistake in this program: it is logged, and its caller is told {@code internal} and nothing
   * else.
   *
   * @param method whose error it is
   */
  static StatusRuntimeException conforming(String method, StatusRuntimeException error) {
    if (error instanceof CallError || isOfTheTable(error.getStatus(), error.getTrailers())) {
      return error;
    }
    LOG.error(
        "{} was to answer {} ({}), which is no row of the error table",
        method,
        error.getStatus().getCode(),
        error.getStatus().getDescription(),
        error);
    return internal();
  }

  private static String sentence(Violations violations) {
    StringBuilder sentence = new StringBuilder();
    for (Violation violation : violations.getViolationsList()) {
      sentence.append(sentence.isEmpty() ? "" : "; ").append(violation.getDescription());
    }
    if (violations.getOmitted() > 0) {
      sentence.append("; and ").append(violations.getOmitted()).append(" more");
    }
    return sentence.toString();
  }

  private static Status.Builder status(ErrorReason reason, String message) {
    Status.Builder status =
        Status.newBuilder()
            .setCode(ErrorTable.row(reason).getCode().getNumber())
            .setMessage(message)
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setReason(ErrorTable.name(reason))
                        .setDomain(ErrorTable.DOMAIN)
                        .build()));
    if (reason == ErrorReason.ERROR_REASON_UNAVAILABLE) {
      status.addDetails(retryInfo(RETRY_DELAY));
    }
    return status;
  }

  private static Any retryInfo(java.time.Duration delay) {
    Duration.Builder time =
        Duration.newBuilder().setSeconds(delay.getSeconds()).setNanos(delay.getNano());
    return Any.pack(RetryInfo.newBuilder().setRetryDelay(time).build());
  }

  /** An answer, and no fault of the program: so it has no stack, which would cost the most. */
  private static final class CallError extends StatusRuntimeException {

    private static final long serialVersionUID = 1L;

    /** Where every language's gRPC looks for the details of an error. */
    private static final Metadata.Key<Status> DETAILS =
        Metadata.Key.of(
            "grpc-status-details-bin", ProtoUtils.metadataMarshaller(Status.getDefaultInstance()));

    private final ErrorReason reason;

    CallError(ErrorReason reason, Status error) {
      super(
          io.grpc.Status.fromCodeValue(error.getCode()).withDescription(error.getMessage()),
          trailers(error));
      this.reason = reason;
    }

    private static Metadata trailers(Status error) {
      Metadata trailers = new Metadata();
      trailers.put(DETAILS, error);
      return trailers;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }

  private Errors() {}
}
