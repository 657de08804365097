package dev.workflowsteps.server.grpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.CountWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.GetWorkflowStepRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.server.admission.Work;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.listing.Page;
import dev.workflowsteps.server.listing.PageQuery;
import dev.workflowsteps.server.ops.DataMeters;
import dev.workflowsteps.server.ops.Meters;
import dev.workflowsteps.server.steps.PayloadKey;
import dev.workflowsteps.server.steps.PayloadStore;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepLister;
import dev.workflowsteps.server.steps.StepRecorder;
import dev.workflowsteps.server.steps.StoredStep;
import dev.workflowsteps.server.steps.WriteResult;
import dev.workflowsteps.server.stores.Stores;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@code workflows.v1.WorkflowStepsService}: decode, ask the use case, encode. */
final class StepsService {

  /** A page of more rows than this is a large one; it reads as much as many small ones. */
  private static final int LARGE_PAGE = 200;

  private static final FieldDescriptor SORT_BY =
      ListWorkflowStepsRequest.getDescriptor().findFieldByName("sort_by");

  private static final Optional<String> ENDED_AT = Optional.of("ended_at");

  /** Of counts there is one for each state, with less than 100 bytes. */
  private static final int COUNTS_BYTES = 4 << 10;

  private final StepLister lister;
  private final StepRecorder recorder;
  private final int pageBytes;
  private final DataMeters meters;
  private final CursorCounters cursors;
  private final DocumentCounters documents;

  StepsService(Settings settings, Stores stores, Meters meters) {
    this.pageBytes = settings.get(Setting.PAGE_BYTES);
    this.meters = meters.data();
    this.cursors = new CursorCounters(meters.data());
    this.documents = new DocumentCounters(meters.data(), "step");
    this.lister = new StepLister(stores.stepStore(), measured(stores.payloadStore()), pageBytes);
    this.recorder = new StepRecorder(stores.stepWriter());
  }

  private PayloadStore measured(PayloadStore payloads) {
    return (organizationId, keys, call) -> {
      long start = System.nanoTime();
      Map<PayloadKey, byte[]> fetched = payloads.fetch(organizationId, keys, call);
      meters.payloadFetches().record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
      fetched.values().forEach(payload -> meters.payloadBytes().record(payload.length));
      return fetched;
    };
  }

  List<UnaryMethod<?>> methods() {
    return List.of(
        new UnaryMethod<>(
            WorkflowStepsServiceGrpc.getListWorkflowStepsMethod(),
            ListWorkflowStepsRequest.getDefaultInstance(),
            StepsService::work,
            pageBytes,
            this::list),
        new UnaryMethod<>(
            WorkflowStepsServiceGrpc.getGetWorkflowStepMethod(),
            GetWorkflowStepRequest.getDefaultInstance(),
            request -> Work.READ,
            pageBytes,
            this::get),
        new UnaryMethod<>(
            WorkflowStepsServiceGrpc.getCountWorkflowStepsMethod(),
            CountWorkflowStepsRequest.getDefaultInstance(),
            StepsService::work,
            COUNTS_BYTES,
            this::count),
        new UnaryMethod<>(
            WorkflowStepsServiceGrpc.getRecordWorkflowStepsMethod(),
            RecordWorkflowStepsRequest.getDefaultInstance(),
            request -> Work.WRITE,
            RecordResults.MAX_BYTES,
            this::record));
  }

  static Work work(ListWorkflowStepsRequest request) {
    return request.getLimit() > LARGE_PAGE || walks(request) ? Work.LARGE_READ : Work.READ;
  }

  /**
   * Whether no index has the order of a list outside of a run. Then another one is read until the
   * page is full, which may be as much as a large page; adapter/README.md has what it costs.
   */
  private static boolean walks(ListWorkflowStepsRequest request) {
    if (request.hasRunId()) {
      return false;
    }
    long filters =
        Stream.of(
                request.hasWorkflowId(),
                request.hasBlockId(),
                request.hasStepId(),
                request.getBlockTypeCount() > 0)
            .filter(given -> given)
            .count();
    boolean byEnd =
        request.hasSortBy() && Words.of(SORT_BY).read(request.getSortBy()).equals(ENDED_AT);
    return filters > 1 || (filters == 1 && byEnd && (!request.hasWorkflowId() || hasTail(request)));
  }

  /** Whether steps that have not ended may stand behind the ended ones. */
  private static boolean hasTail(ListWorkflowStepsRequest request) {
    boolean bounded = request.hasFromDate() || request.hasToDate();
    boolean ofEnded =
        request.getStatusCount() > 0
            && request.getStatusList().stream().allMatch(Words.STATUS::isTerminal);
    return !bounded && !ofEnded;
  }

  /** What is counted outside of a run reads as much as a large page. */
  private static Work work(CountWorkflowStepsRequest request) {
    return request.hasRunId() ? Work.READ : Work.LARGE_READ;
  }

  private EncodedMessage list(Caller caller, ListWorkflowStepsRequest request, Call call) {
    PageQuery<StepFilter> query = StepQueryDecoder.list(caller, request);
    cursors.count(query);
    Page<StoredStep> page = lister.list(query, call);
    EncodedMessage answer = StepEncoder.page(page);
    meters.pageRows().record(page.rows().size());
    meters.pageBytes().record((double) answer.size());
    return answer;
  }

  private EncodedMessage get(Caller caller, GetWorkflowStepRequest request, Call call) {
    StepQueryDecoder.StepName name = StepQueryDecoder.step(caller, request);
    return StepEncoder.step(
        lister.get(caller.organizationId(), name.stepId(), name.runId(), name.view(), call));
  }

  private EncodedMessage count(Caller caller, CountWorkflowStepsRequest request, Call call) {
    return StepEncoder.counts(lister.count(StepQueryDecoder.count(caller, request), call));
  }

  private EncodedMessage record(Caller caller, RecordWorkflowStepsRequest request, Call call) {
    List<WriteResult> recorded =
        recorder.record(caller.organizationId(), request.getStepsList(), call);
    documents.count(recorded);
    return EncodedMessage.of(
        RecordWorkflowStepsResponse.newBuilder().addAllResults(RecordResults.of(recorded)).build(),
        recorded.size());
  }
}
