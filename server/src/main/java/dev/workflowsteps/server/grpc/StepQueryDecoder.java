package dev.workflowsteps.server.grpc;

import dev.workflowsteps.proto.v1.GetWorkflowStepRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.server.steps.BlockType;
import dev.workflowsteps.server.steps.Direction;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepQuery;
import dev.workflowsteps.server.steps.StepQuery.Anchor;
import dev.workflowsteps.server.steps.StepQuery.Side;
import dev.workflowsteps.server.steps.StepStatus;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Decides whether a request is valid: all of it, or everything that is wrong with it at once. */
final class StepQueryDecoder {

  private static final int MOST_ID_BYTES = 256;
  private static final int MOST_CURSOR_BYTES = 4_096;
  private static final int MOST_WORDS = 50;
  private static final List<String> ORDERS = List.of("asc", "desc");

  /** The one step that a request asks for. */
  record StepName(String stepId, Optional<String> runId) {}

  static StepQuery list(Caller caller, ListWorkflowStepsRequest request) {
    Findings findings = new Findings(caller.findings());
    StepFilter filter =
        new StepFilter(
            caller.organizationId(),
            id("run_id", request.hasRunId(), request.getRunId(), findings),
            id("workflow_id", request.hasWorkflowId(), request.getWorkflowId(), findings),
            id("block_id", request.hasBlockId(), request.getBlockId(), findings),
            id("step_id", request.hasStepId(), request.getStepId(), findings),
            words("block_type", request.getBlockTypeList(), BlockType.ALL, findings),
            words("status", request.getStatusList(), StepStatus.ALL, findings));
    Optional<Anchor> anchor = anchor(request, findings);
    int limit = limit(request, findings);
    Direction order = order(request, findings);
    findings.check();
    return new StepQuery(filter, order, anchor, limit);
  }

  static StepName step(Caller caller, GetWorkflowStepRequest request) {
    Findings findings = new Findings(caller.findings());
    Optional<String> stepId = id("step_id", request.hasStepId(), request.getStepId(), findings);
    Optional<String> runId = id("run_id", request.hasRunId(), request.getRunId(), findings);
    if (!request.hasStepId()) {
      findings.missing("step_id");
    }
    findings.check();
    return new StepName(stepId.orElseThrow(), runId);
  }

  private static Optional<String> id(String field, boolean given, String value, Findings findings) {
    if (!given) {
      return Optional.empty();
    }
    if (value.isEmpty()) {
      findings.empty(field);
    } else if (utf8Length(value) > MOST_ID_BYTES) {
      findings.invalid(field, value, "at most " + MOST_ID_BYTES + " bytes", List.of());
    } else if (value.chars().anyMatch(Character::isISOControl)) {
      findings.invalid(field, value, "no control characters", List.of());
    }
    return Optional.of(value);
  }

  /** In one order and without repetitions, so that a cursor fits whichever way they are given. */
  private static List<String> words(
      String field, List<String> given, List<String> known, Findings findings) {
    List<String> distinct = given.stream().distinct().sorted().toList();
    if (distinct.size() > MOST_WORDS) {
      String count = distinct.size() + " values";
      findings.invalid(field, count, "at most " + MOST_WORDS, List.of());
      return distinct;
    }
    for (String word : distinct) {
      if (word.isEmpty()) {
        findings.empty(field);
      } else if (!known.contains(word)) {
        findings.unknownWord(field, word, known);
      }
    }
    return distinct;
  }

  private static Optional<Anchor> anchor(ListWorkflowStepsRequest request, Findings findings) {
    checkCursor("before", request.hasBefore(), request.getBefore(), findings);
    checkCursor("after", request.hasAfter(), request.getAfter(), findings);
    if (request.hasBefore() && request.hasAfter()) {
      findings.exclusive("before", "after");
    }
    if (request.hasBefore()) {
      return Optional.of(new Anchor(Side.BEFORE, request.getBefore()));
    }
    return request.hasAfter()
        ? Optional.of(new Anchor(Side.AFTER, request.getAfter()))
        : Optional.empty();
  }

  private static void checkCursor(String field, boolean given, String value, Findings findings) {
    if (given && value.isEmpty()) {
      findings.empty(field);
    } else if (utf8Length(value) > MOST_CURSOR_BYTES) {
      findings.invalid(field, value, "at most " + MOST_CURSOR_BYTES + " bytes", List.of());
    } else if (value.chars().anyMatch(Character::isISOControl)) {
      findings.invalid(field, value, "no control characters", List.of());
    }
  }

  private static int limit(ListWorkflowStepsRequest request, Findings findings) {
    if (!request.hasLimit()) {
      return StepQuery.DEFAULT_LIMIT;
    }
    int limit = request.getLimit();
    if (limit < 1 || limit > StepQuery.MAX_LIMIT) {
      String range = "1.." + StepQuery.MAX_LIMIT;
      findings.invalid("limit", Integer.toString(limit), range, List.of(range));
    }
    return limit;
  }

  private static Direction order(ListWorkflowStepsRequest request, Findings findings) {
    if (request.hasOrder() && request.getOrder().isEmpty()) {
      findings.empty("order");
    } else if (request.hasOrder() && !ORDERS.contains(request.getOrder())) {
      findings.unknownWord("order", request.getOrder(), ORDERS);
    }
    return request.getOrder().equals("desc") ? Direction.DESCENDING : Direction.ASCENDING;
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private StepQueryDecoder() {}
}
