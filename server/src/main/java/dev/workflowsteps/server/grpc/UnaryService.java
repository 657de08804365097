package dev.workflowsteps.server.grpc;

import com.google.protobuf.Message;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.server.call.FailedCallException;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service whose methods take one message and give one that is already encoded, or fail by an
 * error of the table.
 */
final class UnaryService {

  private static final Logger LOG = LoggerFactory.getLogger(UnaryService.class);

  private final ServiceDescriptor generated;
  private final List<Method<?>> methods = new ArrayList<>();

  private record Method<T>(
      MethodDescriptor<Optional<T>, EncodedMessage> descriptor, Function<T, EncodedMessage> use) {

    void addTo(ServerServiceDefinition.Builder service) {
      service.addMethod(
          descriptor, ServerCalls.asyncUnaryCall((request, out) -> answer(request, out, use)));
    }
  }

  UnaryService(ServiceDescriptor generated) {
    this.generated = generated;
  }

  <T extends Message> UnaryService method(
      MethodDescriptor<T, ?> generatedMethod, T defaultInstance, Function<T, EncodedMessage> use) {
    MethodDescriptor<Optional<T>, EncodedMessage> descriptor =
        generatedMethod.toBuilder(
                new RequestMarshaller<>(defaultInstance), EncodedMessage.MARSHALLER)
            .build();
    methods.add(
        new Method<>(
            descriptor,
            request -> {
              requireKnown(request);
              return use.apply(request);
            }));
    return this;
  }

  ServerServiceDefinition definition() {
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(generated.getName())
            .setSchemaDescriptor(generated.getSchemaDescriptor());
    methods.forEach(method -> descriptor.addMethod(method.descriptor()));
    ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(method -> method.addTo(service));
    return service.build();
  }

  /** Answers once, whatever happens. */
  private static <T> void answer(
      Optional<T> request, StreamObserver<EncodedMessage> out, Function<T, EncodedMessage> use) {
    EncodedMessage answer;
    try {
      answer = use.apply(request.orElseThrow(UnaryService::malformed));
    } catch (FailedCallException e) {
      out.onError(logged(e));
      return;
    } catch (StatusRuntimeException e) {
      out.onError(e);
      return;
    } catch (RuntimeException e) {
      LOG.error("a call failed by an error of the program", e);
      out.onError(Errors.internal());
      return;
    }
    try {
      out.onNext(answer);
      out.onCompleted();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.CANCELLED) {
        throw e;
      }
      LOG.debug("the caller went away before the answer");
    }
  }

  /** A field that a newer client sets would be a filter that is not heeded. */
  private static void requireKnown(Message request) {
    for (int field : request.getUnknownFields().asMap().keySet()) {
      throw Errors.of(
          ErrorReason.ERROR_REASON_UNIMPLEMENTED,
          "field "
              + field
              + ": unknown to this version (expected: a field of "
              + request.getDescriptorForType().getFullName()
              + ")");
    }
  }

  private static StatusRuntimeException malformed() {
    return Errors.of(
        ErrorReason.ERROR_REASON_MALFORMED_REQUEST,
        "The request message is no protobuf of the method's request type.");
  }

  private static StatusRuntimeException logged(FailedCallException e) {
    if (e.reason() == FailedCallException.Reason.UNAVAILABLE) {
      LOG.warn("the storage is unavailable: {}", e.getMessage());
    }
    return Errors.of(e);
  }
}
