package dev.workflowsteps.server.steps;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.workflowsteps.proto.v1.PayloadUnavailable;
import dev.workflowsteps.proto.v1.StepHandle;
import dev.workflowsteps.proto.v1.WorkflowStep;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The handles of one step, taken apart so that payloads can be taken out and put back. Few steps
 * ever need it: those with a large payload.
 *
 * <p>A payload that is out leaves {@code null} and the marker that names it, so that the handle is
 * answered truthfully as it stands if nobody puts the payload back.
 */
final class Handles {

  /** Why a payload is out, in the words of {@code PayloadUnavailable.reason}. */
  static final String MISSING = "missing";

  static final String TOO_LARGE = "too_large";
  static final String CORRUPT = "corrupt";

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final ByteString NULL = ByteString.copyFromUtf8("null");

  /** First the outputs, then the inputs. */
  private final List<HandleEntry> entries;

  private final int outputs;

  Handles(List<HandleEntry> outputs, List<HandleEntry> inputs) {
    this.entries = new ArrayList<>(outputs);
    this.outputs = outputs.size();
    entries.addAll(inputs);
  }

  static Handles of(Step step) {
    return new Handles(HandleEntries.of(step.outputs()), HandleEntries.of(step.inputs()));
  }

  static Handles parse(StoredStep step) throws InvalidProtocolBufferException {
    return new Handles(
        HandleEntries.parse(WorkflowStep.HANDLE_OUTPUTS_FIELD_NUMBER, step.outputs()),
        HandleEntries.parse(WorkflowStep.HANDLE_INPUTS_FIELD_NUMBER, step.inputs()));
  }

  byte[] outputs() {
    return HandleEntries.encode(
        WorkflowStep.HANDLE_OUTPUTS_FIELD_NUMBER, entries.subList(0, outputs));
  }

  byte[] inputs() {
    return HandleEntries.encode(
        WorkflowStep.HANDLE_INPUTS_FIELD_NUMBER, entries.subList(outputs, entries.size()));
  }

  /**
   * Takes out each payload of more than {@code mostEach} bytes and then the largest, until those
   * that are left have at most {@code mostInAll} bytes.
   */
  List<Payload> takeOut(int mostEach, long mostInAll) {
    List<Payload> out = new ArrayList<>();
    long bytes = entries.stream().mapToLong(Handles::inlineBytes).sum();
    for (int i : largestFirst()) {
      HandleEntry entry = entries.get(i);
      int size = inlineBytes(entry);
      if (size > NULL.size() && (size > mostEach || bytes > mostInAll)) {
        Payload payload = Payload.of(entry.handle().getData().toByteArray());
        replace(i, marked(entry.handle(), MISSING, size, payload.sha256()));
        out.add(payload);
        bytes -= size;
      }
    }
    return out;
  }

  /**
   * Gives up the largest payloads, those that are out and those that are not, until the step's
   * encoding with the others put back has at most {@code most} bytes, or none is left.
   */
  void giveUpLargest(StoredStep step, long most) {
    long bytes = step.size();
    for (int i : largestFirst()) {
      StepHandle handle = entries.get(i).handle();
      int size = payloadBytes(entries.get(i));
      if (bytes <= most || size <= NULL.size()) {
        return;
      }
      StepHandle marked = marked(handle, TOO_LARGE, size, sha256(handle));
      long put = (long) handle.getSerializedSize() + (handle.hasUnavailable() ? size : 0);
      bytes -= put - marked.getSerializedSize();
      replace(i, marked);
    }
  }

  /** A handle of which nothing is known any more. */
  static StepHandle corrupt() {
    return StepHandle.newBuilder()
        .setType(HandleEntries.JSON)
        .setData(NULL)
        .setUnavailable(PayloadUnavailable.newBuilder().setReason(CORRUPT))
        .build();
  }

  /** The length of the payloads that are out and not given up, in bytes. */
  long outBytes() {
    return entries.stream().filter(Handles::isOut).mapToLong(Handles::payloadBytes).sum();
  }

  /** The SHA-256 of each payload that is out and not given up. */
  List<String> out() {
    return entries.stream()
        .filter(Handles::isOut)
        .map(entry -> entry.handle().getUnavailable().getSha256())
        .distinct()
        .toList();
  }

  /**
   * Puts payloads back.
   *
   * @param stored by SHA-256, as a store gave them; one that is not there stays missing, one that
   *     is not what was written is marked corrupt
   * @return whether some are missing
   */
  boolean putBack(Map<String, byte[]> stored) {
    boolean missing = false;
    for (int i = 0; i < entries.size(); i++) {
      HandleEntry entry = entries.get(i);
      if (isOut(entry)) {
        PayloadUnavailable marker = entry.handle().getUnavailable();
        byte[] json = stored.get(marker.getSha256());
        missing |= json == null;
        if (json != null) {
          replace(i, given(entry.handle(), marker, json));
        }
      }
    }
    return missing;
  }

  private static StepHandle given(StepHandle handle, PayloadUnavailable marker, byte[] json) {
    boolean whole =
        json.length == marker.getSizeBytes() && Payload.sha256(json).equals(marker.getSha256());
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

  /** A marker whose name of the payload is broken is answered as it stands. */
  private static boolean isOut(HandleEntry entry) {
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
        : Payload.sha256(handle.getData().toByteArray());
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
