package dev.workflowsteps.server.steps;

import java.util.List;
import java.util.Optional;

/** The cursors of lists of steps: {@link Tokens}, and plain step ids. */
final class Cursors {

  /** The step's and the run's. */
  private static final int IDS = 2;

  /** What a token says. */
  record Token(Tokens.Token token, StepPosition position) {

    boolean isOf(StepFilter filter) {
      return token.isOf(filter.organizationId());
    }

    boolean isOf(StepFilter filter, Direction order) {
      return token.isOf(list(filter, order));
    }
  }

  /**
   * The cursor of a row: its plain step id inside a run once the row has started, else a token. A
   * row that has not started moves when it does, so its step id would not keep the place.
   */
  static String of(StepPosition position, StepFilter filter, Direction order) {
    boolean plain =
        filter.runId().isPresent() && position.started() && read(position.stepId()).isEmpty();
    return plain ? position.stepId() : token(position, filter, order);
  }

  static String token(StepPosition position, StepFilter filter, Direction order) {
    return Tokens.write(
        filter.organizationId(),
        list(filter, order),
        position.sortTime(),
        List.of(position.stepId(), position.runId()));
  }

  /** The token that a text is; empty if it is none, and so a step id. */
  static Optional<Token> read(String text) {
    return Tokens.read(text, IDS)
        .map(
            token ->
                new Token(
                    token,
                    new StepPosition(token.sortTime(), token.ids().get(0), token.ids().get(1))));
  }

  private static List<List<String>> list(StepFilter filter, Direction order) {
    return List.of(
        List.of(order.name()),
        filter.runId().stream().toList(),
        filter.workflowId().stream().toList(),
        filter.blockId().stream().toList(),
        filter.stepId().stream().toList(),
        filter.blockTypes(),
        filter.statuses());
  }

  private Cursors() {}
}
