package dev.workflowsteps.server.grpc;

import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.contract.RequestId;
import dev.workflowsteps.contract.Traceparent;
import dev.workflowsteps.proto.v1.ErrorReason;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.StatusRuntimeException;
import java.util.Optional;

/** Answers calls of methods that there are not, by a row of the error table like all others. */
final class UnknownMethods extends HandlerRegistry {

  private final AccessLog accessLog;

  UnknownMethods(AccessLog accessLog) {
    this.accessLog = accessLog;
  }

  @Override
  public ServerMethodDefinition<?, ?> lookupMethod(String methodName, String authority) {
    MethodDescriptor<EncodedMessage, EncodedMessage> descriptor =
        MethodDescriptor.<EncodedMessage, EncodedMessage>newBuilder()
            .setType(MethodDescriptor.MethodType.UNKNOWN)
            .setFullMethodName(methodName)
            .setRequestMarshaller(EncodedMessage.MARSHALLER)
            .setResponseMarshaller(EncodedMessage.MARSHALLER)
            .build();
    return ServerMethodDefinition.create(descriptor, this::refuse);
  }

  private ServerCall.Listener<EncodedMessage> refuse(
      ServerCall<EncodedMessage, EncodedMessage> call, Metadata headers) {
    StatusRuntimeException refusal =
        Errors.of(
            ErrorReason.ERROR_REASON_UNIMPLEMENTED,
            "This version of the service has no such RPC; reflection lists those that there are.");
    Metadata trailers = refusal.getTrailers();
    String id = RequestId.of(headers.get(CallHeaders.REQUEST_ID));
    trailers.put(CallHeaders.REQUEST_ID, id);
    call.close(refusal.getStatus(), trailers);
    if (accessLog.takes(true, 0)) {
      // The name that was called may be anything.
      String traceId = Traceparent.traceId(headers.get(CallHeaders.TRACEPARENT));
      accessLog.add(
          CallEntries.of(
              new AccessLog.Request(id, traceId, "", "other"),
              new AccessLog.Outcome(refusal.getStatus().getCode().name(), -1, -1, 0),
              Optional.empty(),
              NetworkCalls.address(call),
              headers,
              false));
    }
    return new ServerCall.Listener<>() {};
  }
}
