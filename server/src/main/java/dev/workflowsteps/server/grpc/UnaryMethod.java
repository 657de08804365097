package dev.workflowsteps.server.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.server.admission.Work;
import dev.workflowsteps.server.call.Call;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.util.function.Function;

/**
 * A method that takes one message and gives one that is already encoded, or fails by an error of
 * the table.
 *
 * @param generated its descriptor
 * @param request an empty request
 * @param work which places a request needs
 * @param handler answers it
 */
record UnaryMethod<T extends Message>(
    MethodDescriptor<T, ?> generated, T request, Function<T, Work> work, Handler<T> handler) {

  /** What answers requests, on a thread that may wait. */
  @FunctionalInterface
  interface Handler<T> {
    /**
     * Answers one.
     *
     * @throws StatusRuntimeException of {@link Errors}
     * @throws dev.workflowsteps.server.call.FailedCallException if the domain fails
     */
    EncodedMessage answer(Caller caller, T request, Call call);
  }

  String name() {
    return generated.getFullMethodName();
  }

  /**
   * Reads a request.
   *
   * @throws StatusRuntimeException {@code malformed_request}, or {@code unimplemented} for a field
   *     that a newer client sets: it would be a filter that is not heeded
   */
  T parse(byte[] message) {
    T parsed;
    try {
      parsed = parsed(message);
    } catch (InvalidProtocolBufferException e) {
      throw malformed();
    }
    for (int field : parsed.getUnknownFields().asMap().keySet()) {
      throw Errors.of(
          ErrorReason.ERROR_REASON_UNIMPLEMENTED,
          "field "
              + field
              + ": unknown to this version (expected: a field of "
              + parsed.getDescriptorForType().getFullName()
              + ")");
    }
    return parsed;
  }

  static StatusRuntimeException malformed() {
    return Errors.of(
        ErrorReason.ERROR_REASON_MALFORMED_REQUEST,
        "The request message is no protobuf of the method's request type.");
  }

  @SuppressWarnings("unchecked") // the parser of a message gives messages of its type
  private T parsed(byte[] message) throws InvalidProtocolBufferException {
    return (T) request.getParserForType().parseFrom(message);
  }
}
