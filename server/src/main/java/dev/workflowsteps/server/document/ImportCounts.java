package dev.workflowsteps.server.document;

import dev.workflowsteps.server.steps.Outcome;
import dev.workflowsteps.server.steps.WriteResult;

/**
 * What became of the lines of an import. Lines that are blank are not counted.
 *
 * @param added steps that were not there before
 * @param changed lines that replaced what was stored
 * @param unchanged lines that said what was stored already
 * @param stale lines that said less than what was stored
 * @param rejected lines that were not acceptable; nothing of them was written
 */
public record ImportCounts(long added, long changed, long unchanged, long stale, long rejected) {

  public static final ImportCounts NONE = new ImportCounts(0, 0, 0, 0, 0);

  /** All lines that were dealt with. */
  public long lines() {
    return added + changed + unchanged + stale + rejected;
  }

  /** Both together, as for several files. */
  public ImportCounts plus(ImportCounts that) {
    return new ImportCounts(
        added + that.added,
        changed + that.changed,
        unchanged + that.unchanged,
        stale + that.stale,
        rejected + that.rejected);
  }

  ImportCounts plus(WriteResult result) {
    if (result instanceof Outcome outcome) {
      return switch (outcome) {
        case NEW -> plus(new ImportCounts(1, 0, 0, 0, 0));
        case CHANGED -> plus(new ImportCounts(0, 1, 0, 0, 0));
        case UNCHANGED -> plus(new ImportCounts(0, 0, 1, 0, 0));
        case STALE -> plus(new ImportCounts(0, 0, 0, 1, 0));
      };
    }
    return plus(new ImportCounts(0, 0, 0, 0, 1));
  }
}
