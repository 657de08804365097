package dev.workflowsteps.server.steps;

import java.util.List;

/** The words that tell where a step failed and whether trying again may help. */
public final class ErrorWords {

  /** The words of {@code lifecycle.stage}. */
  public static final List<String> STAGES =
      List.of(
          "input_collection",
          "registry_lookup",
          "document_fetch",
          "execution",
          "output_storage",
          "routing",
          "history_payload");

  /** The words of {@code lifecycle.category}. */
  public static final List<String> CATEGORIES = List.of("transient", "permanent", "quota");

  private ErrorWords() {}
}
