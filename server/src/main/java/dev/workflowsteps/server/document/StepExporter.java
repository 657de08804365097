package dev.workflowsteps.server.document;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.workflowsteps.contract.Quote;
import dev.workflowsteps.proto.v1.PayloadUnavailable;
import dev.workflowsteps.proto.v1.StepHandle;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.encoding.Handles;
import dev.workflowsteps.server.listing.Anchor;
import dev.workflowsteps.server.listing.Anchor.Side;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Page;
import dev.workflowsteps.server.listing.PageQuery;
import dev.workflowsteps.server.steps.PayloadStore;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepLister;
import dev.workflowsteps.server.steps.StepStore;
import dev.workflowsteps.server.steps.StoredStep;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The use case of export: writes steps as lines that {@link Importer} reads back to the same bytes,
 * in list order. What is written meanwhile may be among them or not.
 */
public final class StepExporter {

  private static final int ROWS = 1_000;
  private static final long PAGE_BYTES = 8 << 20;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final StepLister pages;
  private final StepLister whole;
  private final DocumentWriter writer;

  public StepExporter(StepStore store, PayloadStore payloads, DocumentWriter writer) {
    this.pages = new StepLister(store, payloads, PAGE_BYTES);
    this.whole = new StepLister(store, payloads, Integer.MAX_VALUE);
    this.writer = writer;
  }

  /**
   * Writes every step of a filter; returns once all are flushed.
   *
   * @param after the cursor behind which to begin
   * @throws ExportFailedException if the storage can't be read, the output can't be written, or the
   *     thread is interrupted
   */
  public void run(
      StepFilter filter, Optional<String> after, OutputStream out, ExportListener listener)
      throws ExportFailedException {
    new ExportRun(out, listener)
        .run("steps", after, (cursor, lines) -> page(filter, cursor, lines, listener));
  }

  private ExportRun.Place page(
      StepFilter filter, Optional<String> cursor, LineOutput lines, ExportListener listener)
      throws IOException {
    Optional<Anchor> anchor = cursor.map(text -> new Anchor(Side.AFTER, text));
    Page<StoredStep> page =
        pages.list(
            new PageQuery<>(filter, Direction.ASCENDING, anchor, ROWS), Call.within(TIMEOUT));
    for (StoredStep step : page.rows()) {
      write(filter, step, lines, listener);
    }
    return new ExportRun.Place(page.after().or(() -> cursor), page.after().isPresent());
  }

  private void write(StepFilter filter, StoredStep step, LineOutput lines, ExportListener listener)
      throws IOException {
    String name =
        "step "
            + Quote.bare(step.position().stepId())
            + " of run "
            + Quote.bare(step.position().runId());
    byte[] encoded = step.encoded().bytes();
    WorkflowStep message = message(encoded);
    if (unavailable(message).anyMatch(lost -> lost.getReason().equals(Handles.TOO_LARGE))) {
      encoded = alone(filter, step).encoded().bytes();
      message = message(encoded);
    }
    padded(message)
        .forEach(
            path ->
                listener.altered(
                    name, path + ": the white space around its JSON is lost when it is read"));
    boolean complete = unavailable(message).findAny().isEmpty();
    writer.write(complete ? encoded : without(message, name, listener).toByteArray(), lines);
    if (lines.end()) {
      listener.altered(name, "line breaks between the tokens of its JSON are written as spaces");
    }
  }

  /** A step that is larger than a page, with all of its payloads. */
  private StoredStep alone(StepFilter filter, StoredStep step) {
    StepFilter one =
        StepFilter.run(filter.organizationId(), step.position().runId())
            .withStepId(Optional.of(step.position().stepId()));
    Page<StoredStep> page =
        whole.list(
            new PageQuery<>(one, Direction.ASCENDING, Optional.empty(), 1), Call.within(TIMEOUT));
    return page.rows().isEmpty() ? step : page.rows().get(0);
  }

  /** The payloads with white space at an end, where a line's reader takes it for the line's own. */
  private static List<String> padded(WorkflowStep message) {
    List<String> padded = new ArrayList<>();
    if (isPadded(message.getLifecycle().getDetails().getContext())) {
      padded.add("lifecycle.details.context");
    }
    addPadded(padded, "handle_outputs.", message.getHandleOutputsMap());
    addPadded(padded, "handle_inputs.", message.getHandleInputsMap());
    return padded;
  }

  private static void addPadded(List<String> padded, String path, Map<String, StepHandle> handles) {
    handles.forEach(
        (name, handle) -> {
          if (isPadded(handle.getData())) {
            padded.add(path + Quote.bare(name));
          }
        });
  }

  private static boolean isPadded(ByteString json) {
    return !json.isEmpty()
        && (isWhiteSpace(json.byteAt(0)) || isWhiteSpace(json.byteAt(json.size() - 1)));
  }

  /** JSON has no other byte up to the space; those of UTF-8 beyond ASCII are negative here. */
  private static boolean isWhiteSpace(byte b) {
    return b >= 0 && b <= ' ';
  }

  private static Stream<PayloadUnavailable> unavailable(WorkflowStep message) {
    return Stream.of(message.getHandleOutputsMap(), message.getHandleInputsMap())
        .flatMap(handles -> handles.values().stream())
        .filter(StepHandle::hasUnavailable)
        .map(StepHandle::getUnavailable);
  }

  /** The step without the handles whose payloads can't be had. */
  private static WorkflowStep without(WorkflowStep message, String name, ExportListener listener) {
    return message.toBuilder()
        .clearHandleOutputs()
        .clearHandleInputs()
        .putAllHandleOutputs(
            there(message.getHandleOutputsMap(), name, "handle_outputs.", listener))
        .putAllHandleInputs(there(message.getHandleInputsMap(), name, "handle_inputs.", listener))
        .build();
  }

  private static Map<String, StepHandle> there(
      Map<String, StepHandle> handles, String name, String path, ExportListener listener) {
    Map<String, StepHandle> there = new LinkedHashMap<>(handles);
    handles.forEach(
        (handle, value) -> {
          if (value.hasUnavailable()) {
            there.remove(handle);
            listener.altered(
                name,
                path
                    + Quote.bare(handle)
                    + " is left out: its payload is "
                    + value.getUnavailable().getReason());
          }
        });
    return there;
  }

  private static WorkflowStep message(byte[] encoded) {
    try {
      return WorkflowStep.parseFrom(encoded);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a step that was seen to be readable", e);
    }
  }
}
