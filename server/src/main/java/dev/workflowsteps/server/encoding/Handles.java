package dev.workflowsteps.server.encoding;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.workflowsteps.proto.v1.PayloadUnavailable;
import dev.workflowsteps.proto.v1.StepHandle;
import dev.workflowsteps.proto.v1.WorkflowStep;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A step with its handles taken apart, so that payloads can be moved out of it and back in. Reading
 * rarely needs it: only steps with a large payload do.
 *
 * <p>An external payload leaves {@code null} and a marker with its SHA-256 in the handle. So the
 * handle is a truthful answer as it is, if nobody restores the payload.
 */
public final class Handles {

  /** A payload with more bytes is external. */
  public static final int MAX_INLINE_BYTES = 64 << 10;

  /** If the payloads of a step have more bytes together, the largest are external. */
  static final int MAX_INLINE_BYTES_OF_STEP = 256 << 10;

  /** Why a payload is not given, in the words of {@code PayloadUnavailable.reason}. */
  public static final String MISSING = "missing";

  public static final String TOO_LARGE = "too_large";
  public static final String CORRUPT = "corrupt";

  /** The name of the handle that stands for all handles of a broken map. */
  public static final String UNREADABLE = "unreadable";

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final ByteString NULL = ByteString.copyFromUtf8("null");

  private final byte[] head;

  /** First the outputs, then the inputs. */
  private final List<HandleEntry> entries;

  private final int outputs;

  private Handles(byte[] head, List<HandleEntry> outputs, List<HandleEntry> inputs) {
    this.head = head;
    this.entries = new ArrayList<>(outputs);
    this.outputs = outputs.size();
    entries.addAll(inputs);
  }

  /** Takes a step apart. */
  public static Handles of(WorkflowStep step) {
    byte[] head = step.toBuilder().clearHandleOutputs().clearHandleInputs().build().toByteArray();
    return new Handles(
        head,
        HandleEntry.of(step.getHandleOutputsMap()),
        HandleEntry.of(step.getHandleInputsMap()));
  }

  /**
   * Takes a stored step apart.
   *
   * @param step readable, as {@link StoredForm} tells
   */
  public static Handles parse(EncodedStep step) {
    try {
      return new Handles(
          step.head(),
          HandleEntry.of(WorkflowStep.parseFrom(step.outputs()).getHandleOutputsMap()),
          HandleEntry.of(WorkflowStep.parseFrom(step.inputs()).getHandleInputsMap()));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the step was found readable", e);
    }
  }

  /**
   * The encoding of the step. The same step always gives the same bytes, so that a document that
   * arrives again is recognized as unchanged.
   */
  public EncodedStep encode() {
    return new EncodedStep(
        head,
        HandleEntry.encode(WorkflowStep.HANDLE_OUTPUTS_FIELD_NUMBER, entries.subList(0, outputs)),
        HandleEntry.encode(
            WorkflowStep.HANDLE_INPUTS_FIELD_NUMBER, entries.subList(outputs, entries.size())));
  }

  /** The stored form of outputs or inputs that are lost: one corrupt handle. */
  public static byte[] corrupt(int field) {
    StepHandle handle =
        StepHandle.newBuilder()
            .setType("json")
            .setData(NULL)
            .setUnavailable(PayloadUnavailable.newBuilder().setReason(CORRUPT))
            .build();
    return HandleEntry.encode(field, List.of(new HandleEntry(UNREADABLE, handle)));
  }

  /**
   * Makes external each payload of more than {@link #MAX_INLINE_BYTES}, and then the largest, until
   * the others have at most {@link #MAX_INLINE_BYTES_OF_STEP} together.
   */
  public List<ExternalPayload> externalize() {
    List<ExternalPayload> external = new ArrayList<>();
    long bytes = 0;
    int largest = 0;
    for (HandleEntry entry : entries) {
      bytes += inlineBytes(entry);
      largest = Math.max(largest, inlineBytes(entry));
    }
    if (largest <= MAX_INLINE_BYTES && bytes <= MAX_INLINE_BYTES_OF_STEP) {
      return external;
    }
    for (int i : largestFirst()) {
      HandleEntry entry = entries.get(i);
      int size = inlineBytes(entry);
      if (size > NULL.size() && (size > MAX_INLINE_BYTES || bytes > MAX_INLINE_BYTES_OF_STEP)) {
        ExternalPayload payload = ExternalPayload.of(entry.handle().getData().toByteArray());
        replace(i, marked(entry.handle(), MISSING, size, payload.sha256()));
        external.add(payload);
        bytes -= size;
      }
    }
    return external;
  }

  /**
   * Gives up the largest payloads, external or not, until the step has at most {@code most} bytes
   * once the others are restored, or none is left.
   *
   * @param size of the step once all its payloads are restored, in bytes
   */
  public void giveUpLargest(long size, long most) {
    long bytes = size;
    for (int i : largestFirst()) {
      StepHandle handle = entries.get(i).handle();
      int payload = payloadBytes(entries.get(i));
      if (bytes <= most || payload <= NULL.size()) {
        return;
      }
      StepHandle marked = marked(handle, TOO_LARGE, payload, sha256(handle));
      bytes -= restoredSize(entries.get(i));
      replace(i, marked);
      bytes += restoredSize(entries.get(i));
    }
  }

  /** The length of the handles' encodings once their payloads are restored, in bytes. */
  public long restoredSize() {
    return entries.stream().mapToLong(Handles::restoredSize).sum();
  }

  private static int restoredSize(HandleEntry entry) {
    StepHandle handle = entry.handle();
    int size = handle.getSerializedSize();
    if (isExternal(entry)) {
      int rest = handle.toBuilder().clearUnavailable().clearData().build().getSerializedSize();
      size = rest + framed(payloadBytes(entry));
    }
    return framed(
        CodedOutputStream.computeStringSize(HandleEntry.KEY_FIELD_NUMBER, entry.name())
            + framed(size));
  }

  /** With a tag of one byte and the length. */
  private static int framed(int length) {
    return 1 + CodedOutputStream.computeUInt32SizeNoTag(length) + length;
  }

  /** The length of the external payloads that are not given up, in bytes. */
  public long externalBytes() {
    return entries.stream().filter(Handles::isExternal).mapToLong(Handles::payloadBytes).sum();
  }

  /** The SHA-256 of each external payload that is not given up. */
  public List<String> external() {
    return entries.stream()
        .filter(Handles::isExternal)
        .map(entry -> entry.handle().getUnavailable().getSha256())
        .distinct()
        .toList();
  }

  /**
   * Restores external payloads.
   *
   * @param stored by SHA-256, as a store returned them. A payload that is null stays missing; one
   *     that differs from what was written is marked corrupt
   * @return whether some are missing
   */
  public boolean restore(Function<String, byte[]> stored) {
    boolean missing = false;
    for (int i = 0; i < entries.size(); i++) {
      HandleEntry entry = entries.get(i);
      if (isExternal(entry)) {
        PayloadUnavailable marker = entry.handle().getUnavailable();
        byte[] json = stored.apply(marker.getSha256());
        missing |= json == null;
        if (json != null) {
          replace(i, restored(entry.handle(), marker, json));
        }
      }
    }
    return missing;
  }

  private static StepHandle restored(StepHandle handle, PayloadUnavailable marker, byte[] json) {
    boolean whole =
        json.length == marker.getSizeBytes()
            && ExternalPayload.sha256(json).equals(marker.getSha256());
    return whole
        ? handle.toBuilder()
            .setData(UnsafeByteOperations.unsafeWrap(json))
            .clearUnavailable()
            .build()
        : marked(handle, CORRUPT, marker.getSizeBytes(), marker.getSha256());
  }

  private static StepHandle marked(StepHandle handle, String reason, int size, String sha256) {
    return handle.toBuilder()
        .setData(NULL)
        .setUnavailable(
            PayloadUnavailable.newBuilder().setReason(reason).setSizeBytes(size).setSha256(sha256))
        .build();
  }

  /** A marker whose SHA-256 is broken is answered as it is. */
  private static boolean isExternal(HandleEntry entry) {
    return entry.handle().hasUnavailable()
        && entry.handle().getUnavailable().getReason().equals(MISSING)
        && SHA256.matcher(entry.handle().getUnavailable().getSha256()).matches();
  }

  private static int inlineBytes(HandleEntry entry) {
    return entry.handle().hasUnavailable() ? 0 : entry.handle().getData().size();
  }

  private static int payloadBytes(HandleEntry entry) {
    return entry.handle().hasUnavailable()
        ? entry.handle().getUnavailable().getSizeBytes()
        : entry.handle().getData().size();
  }

  private static String sha256(StepHandle handle) {
    return handle.hasUnavailable()
        ? handle.getUnavailable().getSha256()
        : ExternalPayload.sha256(handle.getData().toByteArray());
  }

  private List<Integer> largestFirst() {
    return IntStream.range(0, entries.size())
        .boxed()
        .sorted(Comparator.comparingInt((Integer i) -> payloadBytes(entries.get(i))).reversed())
        .toList();
  }

  private void replace(int i, StepHandle handle) {
    entries.set(i, new HandleEntry(entries.get(i).name(), handle));
  }
}
