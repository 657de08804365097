package dev.workflowsteps.server.grpc;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import java.io.InputStream;
import java.util.Optional;

/**
 * Reads requests. One that cannot be read becomes an empty one, and not an exception: grpc-java
 * answers an exception here with UNKNOWN and logs it with its stack.
 */
final class RequestMarshaller<T extends Message> implements Marshaller<Optional<T>> {

  private final Marshaller<T> messages;

  RequestMarshaller(T defaultInstance) {
    this.messages = ProtoUtils.marshaller(defaultInstance);
  }

  @Override
  public InputStream stream(Optional<T> request) {
    return messages.stream(request.orElseThrow());
  }

  @Override
  public Optional<T> parse(InputStream stream) {
    try {
      return Optional.of(messages.parse(stream));
    } catch (StatusRuntimeException malformed) {
      return Optional.empty();
    }
  }
}
