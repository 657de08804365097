package dev.workflowsteps.server.grpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.server.admission.Work;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.call.Call;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import java.util.function.Function;

/**
 * A method that takes one message and gives one that is already encoded, or fails by an error of
 * the table.
 */
final class UnaryMethod<T extends Message> {

  /** What is written is encoded, batched and copied to the database: so often its size. */
  private static final long WRITE_FACTOR = 3;

  private final MethodDescriptor<T, ?> generated;
  private final T empty;
  private final MessageCost cost;
  private final Function<T, Work> work;
  private final int answerBytes;
  private final Handler<T> handler;

  /** What holds documents to be written. */
  private final Optional<FieldDescriptor> documents;

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

  /**
   * @param generated its descriptor
   * @param empty an empty request
   * @param work which places a request needs
   * @param answerBytes the most that an answer has, unless the call reserves more
   * @param handler answers it
   */
  UnaryMethod(
      MethodDescriptor<T, ?> generated,
      T empty,
      Function<T, Work> work,
      int answerBytes,
      Handler<T> handler) {
    this.generated = generated;
    this.empty = empty;
    this.cost = MessageCost.of(empty.getDescriptorForType());
    this.work = work;
    this.answerBytes = answerBytes;
    this.handler = handler;
    this.documents =
        work.apply(empty) == Work.WRITE
            ? empty.getDescriptorForType().getFields().stream()
                .filter(FieldDescriptor::isRepeated)
                .findFirst()
            : Optional.empty();
  }

  MethodDescriptor<T, ?> generated() {
    return generated;
  }

  String name() {
    return generated.getFullMethodName();
  }

  int answerBytes() {
    return answerBytes;
  }

  Handler<T> handler() {
    return handler;
  }

  /** Which places a request needs. */
  Work work(T request) {
    return work.apply(request);
  }

  /** Which places a request needs that is not read yet. */
  Work work() {
    return work.apply(empty);
  }

  /** What a caller's key must allow. */
  Scope scope() {
    return work() == Work.WRITE ? Scope.WRITE : Scope.READ;
  }

  /**
   * The most that a request takes beside its message, in bytes of heap: to be parsed, and to be
   * written.
   *
   * @throws StatusRuntimeException if it need not be parsed: {@code malformed_request}, too many
   *     documents, or {@code unimplemented} for a field that a newer client sets, since it would be
   *     a filter that is not heeded
   */
  long cost(Caller caller, byte[] message) {
    MessageCost.Estimate estimate = cost.estimate(message);
    if (!estimate.readable()) {
      throw malformed();
    }
    if (estimate.unknownField().isPresent()) {
      throw Errors.of(
          ErrorReason.ERROR_REASON_UNIMPLEMENTED,
          "field "
              + estimate.unknownField().getAsInt()
              + ": unknown to this version (expected: a field of "
              + empty.getDescriptorForType().getFullName()
              + ")");
    }
    documents.ifPresent(field -> RecordResults.checkCount(caller, field, estimate.documents()));
    return documents.isEmpty()
        ? estimate.heapBytes()
        : estimate.heapBytes() + WRITE_FACTOR * message.length;
  }

  /**
   * Reads a request.
   *
   * @param message not to be changed any more
   * @throws StatusRuntimeException {@code malformed_request}
   */
  @SuppressWarnings("unchecked") // the parser of a message gives messages of its type
  T parse(byte[] message) {
    try {
      return MessageBytes.parse(message, (Parser<T>) empty.getParserForType());
    } catch (InvalidProtocolBufferException e) {
      throw malformed();
    }
  }

  static StatusRuntimeException malformed() {
    return Errors.of(
        ErrorReason.ERROR_REASON_MALFORMED_REQUEST,
        "The request message is no protobuf of the method's request type.");
  }
}
