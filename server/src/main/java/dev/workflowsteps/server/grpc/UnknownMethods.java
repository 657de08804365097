package dev.workflowsteps.server.grpc;

import dev.workflowsteps.proto.v1.ErrorReason;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.StatusRuntimeException;

/** Answers calls of methods that there are not, by a row of the error table like all others. */
final class UnknownMethods extends HandlerRegistry {

  private final RequestIds requestIds = new RequestIds();

  @Override
  public ServerMethodDefinition<?, ?> lookupMethod(String methodName, String authority) {
    MethodDescriptor<EncodedMessage, EncodedMessage> descriptor =
        MethodDescriptor.<EncodedMessage, EncodedMessage>newBuilder()
            .setType(MethodDescriptor.MethodType.UNKNOWN)
            .setFullMethodName(methodName)
            .setRequestMarshaller(EncodedMessage.MARSHALLER)
            .setResponseMarshaller(EncodedMessage.MARSHALLER)
            .build();
    ServerCallHandler<EncodedMessage, EncodedMessage> refusing = UnknownMethods::refuse;
    return ServerMethodDefinition.create(
        descriptor, (call, headers) -> requestIds.interceptCall(call, headers, refusing));
  }

  private static ServerCall.Listener<EncodedMessage> refuse(
      ServerCall<EncodedMessage, EncodedMessage> call, Metadata headers) {
    StatusRuntimeException refusal =
        Errors.of(
            ErrorReason.ERROR_REASON_UNIMPLEMENTED,
            "This version of the service has no such RPC; reflection lists those that there are.");
    call.close(refusal.getStatus(), refusal.getTrailers());
    return new ServerCall.Listener<>() {};
  }
}
