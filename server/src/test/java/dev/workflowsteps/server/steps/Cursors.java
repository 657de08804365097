package dev.workflowsteps.server.steps;

import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.encoding.EncodedStep;
import dev.workflowsteps.server.listing.Anchor;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.PageQuery;
import dev.workflowsteps.server.listing.PageToken;
import dev.workflowsteps.server.listing.Scan;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The cursors of lists of steps, as tests make and read them. */
final class Cursors {

  record Token(PageToken token, StepPosition position) {

    boolean isOf(StepFilter filter) {
      return token.isOf(filter.organizationId());
    }

    boolean isOf(StepFilter filter, Direction order) {
      return token.isOf(filter.tokenScope(order));
    }
  }

  static String token(StepPosition position, StepFilter filter, Direction order) {
    return PageToken.write(
        filter.organizationId(), filter.tokenScope(order), position.sortTime(), position.ids());
  }

  static Optional<Token> read(String text) {
    return PageToken.read(text, 2)
        .map(
            token ->
                new Token(
                    token,
                    new StepPosition(token.sortTime(), token.ids().get(0), token.ids().get(1))));
  }

  /** The cursor that a page gives of its last row. */
  static String of(StepPosition position, StepFilter filter, Direction order) {
    StepPosition next = new StepPosition(position.sortTime(), position.stepId(), "next");
    InMemoryStepStore twoRows =
        new InMemoryStepStore() {
          @Override
          public List<StoredStep> scan(Scan<StepFilter, StepPosition> scan, Call call) {
            return List.of(row(position), row(next));
          }
        };
    return new StepLister(twoRows, (organization, keys, call) -> Map.of(), Long.MAX_VALUE / 2)
        .list(
            new PageQuery<>(filter, order, Optional.<Anchor>empty(), 1),
            Call.within(Duration.ofSeconds(10)))
        .after()
        .orElseThrow();
  }

  private static StoredStep row(StepPosition position) {
    EncodedStep encoded =
        StepRecord.of(AStep.named(position.stepId()).run(position.runId()).build()).encoded();
    return new StoredStep(position, 0, encoded);
  }

  private Cursors() {}
}
