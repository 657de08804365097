package dev.workflowsteps.server.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.proto.v1.Violations;
import dev.workflowsteps.server.auth.Authenticated;
import dev.workflowsteps.server.auth.Authenticator;
import dev.workflowsteps.server.call.FailedCallException;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets nobody further without a valid key, and tells whose it is. */
final class Authentication implements ServerInterceptor {

  private static final Logger LOG = LoggerFactory.getLogger(Authentication.class);

  private final Authenticator authenticator;

  Authentication(Authenticator authenticator) {
    this.authenticator = authenticator;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Caller caller;
    try {
      caller = caller(headers);
    } catch (StatusRuntimeException e) {
      return refused(call, e);
    } catch (FailedCallException e) {
      LOG.warn("keys cannot be looked up: {}", e.getMessage());
      return refused(call, Errors.of(e));
    } catch (RuntimeException e) {
      LOG.error("a key could not be looked up by an error of the program", e);
      return refused(call, Errors.internal());
    }
    Context context = Context.current().withValue(Caller.KEY, caller);
    return Contexts.interceptCall(context, call, headers, next);
  }

  private Caller caller(Metadata headers) {
    Optional<String> organization =
        authenticator
            .authenticate(
                all(headers, CallHeaders.API_KEY), all(headers, CallHeaders.AUTHORIZATION))
            .map(Authenticated::organizationId);
    if (organization.isEmpty()) {
      throw Errors.unauthenticated();
    }
    return new Caller(organization.get(), violations(headers.get(CallHeaders.VIOLATIONS)));
  }

  private static Violations violations(byte[] encoded) {
    if (encoded == null) {
      return Violations.getDefaultInstance();
    }
    try {
      return Violations.parseFrom(encoded);
    } catch (InvalidProtocolBufferException e) {
      throw Errors.of(
          ErrorReason.ERROR_REASON_MALFORMED_REQUEST,
          CallHeaders.VIOLATIONS.name() + ": not a workflows.v1.Violations message");
    }
  }

  private static List<String> all(Metadata headers, Metadata.Key<String> key) {
    Iterable<String> values = headers.getAll(key);
    List<String> all = new ArrayList<>();
    if (values != null) {
      values.forEach(all::add);
    }
    return all;
  }

  private static <Q, A> ServerCall.Listener<Q> refused(
      ServerCall<Q, A> call, StatusRuntimeException e) {
    Metadata trailers = e.getTrailers();
    call.close(e.getStatus(), trailers == null ? new Metadata() : trailers);
    return new ServerCall.Listener<>() {};
  }
}
