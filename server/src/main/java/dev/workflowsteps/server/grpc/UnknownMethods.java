package dev.workflowsteps.server.grpc;

import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.contract.RequestId;
import dev.workflowsteps.proto.v1.ErrorReason;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.StatusRuntimeException;

/** Answers calls of methods that there are not, by a row of the error table like all others. */
final class UnknownMethods extends HandlerRegistry {

  @Override
  public ServerMethodDefinition<?, ?> lookupMethod(String methodName, String authority) {
    MethodDescriptor<EncodedMessage, EncodedMessage> descriptor =
        MethodDescriptor.<EncodedMessage, EncodedMessage>newBuilder()
            .setType(MethodDescriptor.MethodType.UNKNOWN)
            .setFullMethodName(methodName)
            .setRequestMarshaller(EncodedMessage.MARSHALLER)
            .setResponseMarshaller(EncodedMessage.MARSHALLER)
            .build();
    return ServerMethodDefinition.create(descriptor, UnknownMethods::refuse);
  }

  private static ServerCall.Listener<EncodedMessage> refuse(
      ServerCall<EncodedMessage, EncodedMessage> call, Metadata headers) {
    StatusRuntimeException refusal =
        Errors.of(
            ErrorReason.ERROR_REASON_UNIMPLEMENTED,
            "This version of the service has no such RPC; reflection lists those that there are.");
    Metadata trailers = refusal.getTrailers();
    trailers.put(CallHeaders.REQUEST_ID, RequestId.of(headers.get(CallHeaders.REQUEST_ID)));
    call.close(refusal.getStatus(), trailers);
    return new ServerCall.Listener<>() {};
  }
}
