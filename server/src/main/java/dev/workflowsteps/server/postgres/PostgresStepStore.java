package dev.workflowsteps.server.postgres;

import dev.workflowsteps.contract.Quote;
import dev.workflowsteps.contract.Words;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.DescribedStep;
import dev.workflowsteps.server.steps.SortBy;
import dev.workflowsteps.server.steps.StatusCount;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepKey;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StepStore;
import dev.workflowsteps.server.steps.StoredStep;
import dev.workflowsteps.server.steps.View;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads steps from PostgreSQL, as the role that may do nothing else. */
final class PostgresStepStore implements StepStore {

  private static final String FIND =
      """
      SELECT %s
      FROM step
      WHERE organization_id = ?""";

  /**
   * With {@code step_id = ?}, PostgreSQL might read all steps of that id, by the index step_of_id,
   * however many runs have one. For a range it takes the key, where a run's steps are together.
   * Joins by the key say it in the same way.
   */
  private static final String IN_RUN = " AND run_id = ? AND step_id BETWEEN ? AND ?";

  /** With the columns of a view. */
  static final String DESCRIBE =
      """
      SELECT %s, ended_at, workflow_id, block_id, block_type, status, retry_count
      FROM unnest(?, ?) AS k (run, id)
      JOIN step ON run_id = k.run AND step_id BETWEEN k.id AND k.id
      WHERE organization_id = ?""";

  static final String STATUSES = "SELECT status FROM step_status";

  static final String COUNT_STATUSES = "SELECT count(*) FROM step_status";

  /** 1 if {@code ended_at} of any step is missing or was that of an earlier state, else 0. */
  static final String ANY_TO_FILL =
      "SELECT EXISTS (SELECT FROM step WHERE organization_id = ? AND form_version = 1)::int";

  private static final Rows<Optional<List<StoredStep>>> READ = SelectStepPage::read;

  private static final Logger LOG = LoggerFactory.getLogger(PostgresStepStore.class);

  private final ReaderSession session;

  /** Organizations whose lists by {@code ended_at} fail; the log has one line for each. */
  private final Set<String> withStepsToFill = ConcurrentHashMap.newKeySet();

  /** A copy of the table of states, which only ever grows. */
  private volatile List<String> statuses = Words.STATUS.all();

  PostgresStepStore(ReaderSession session) {
    this.session = session;
  }

  @Override
  public List<StoredStep> scan(Scan<StepFilter, StepPosition> scan, Call call) {
    List<String> known = statuses;
    SelectStepPage page = new SelectStepPage(scan, known);
    return scan(scan, page, known.size(), call)
        .orElseGet(() -> scan(scan, page.ofAnySize(), known.size(), call).orElseThrow());
  }

  /** Empty if a row is too large for the page's statements. */
  private Optional<List<StoredStep>> scan(
      Scan<StepFilter, StepPosition> scan, SelectStepPage page, int knownStatuses, Call call) {
    List<Sql> countStatuses =
        page.isOfKnownStatuses() ? List.of(Sql.of(COUNT_STATUSES)) : List.of();
    ReaderSession.Counted<Optional<List<StoredStep>>> counted =
        session.askCounting(
            organization(scan),
            filled(organization(scan), scan.filter().sortBy()),
            page.statements(),
            READ,
            countStatuses,
            call);
    if (countStatuses.isEmpty() || counted.numbers().get(0) == knownStatuses) {
      return merged(scan, counted.results());
    }
    // A newer server has added a state meanwhile; without its range the list would miss rows.
    Rows<List<String>> texts = Rows.each(row -> row.getString(1));
    statuses = List.copyOf(session.ask(organization(scan), Sql.of(STATUSES), texts, call));
    return Optional.of(scan(scan, call));
  }

  /** Before the steps are read: one that is filled in between would be read without its time. */
  private List<ReaderSession.Check> filled(String organizationId, SortBy sortBy) {
    return sortBy == SortBy.ENDED_AT
        ? List.of(
            new ReaderSession.Check(
                Sql.of(ANY_TO_FILL, organizationId),
                anyToFill -> requireFilled(organizationId, anyToFill == 0)))
        : List.of();
  }

  /**
   * @throws FailedCallException with {@code NOT_MIGRATED} if steps have no time to be sorted by
   */
  private void requireFilled(String organizationId, boolean filled) {
    if (filled) {
      withStepsToFill.remove(organizationId);
      return;
    }
    String problem =
        "lists of organization "
            + Quote.text(organizationId)
            + " can't be sorted by ended_at, because a server of an earlier version wrote some of its"
            + " steps; run workflow-steps migrate once the last such server has stopped";
    if (withStepsToFill.add(organizationId)) {
      LOG.warn("{}", problem);
    }
    throw new FailedCallException(FailedCallException.Reason.NOT_MIGRATED, problem);
  }

  @Override
  public List<StatusCount> count(StepFilter filter, Call call) {
    return session.count(
        filter.organizationId(),
        CountSteps.statement(filter),
        Rows.each(CountSteps::statusCount),
        call);
  }

  @Override
  public List<StoredStep> find(
      String organizationId,
      String stepId,
      Optional<String> runId,
      int most,
      View view,
      Call call) {
    Sql find = find(SelectStepPage.columns(view), organizationId, stepId, runId, most);
    return session.ask(organizationId, find, Rows.each(SelectStepPage::row), call);
  }

  @Override
  public List<StepPosition> positions(
      String organizationId,
      String stepId,
      Optional<String> runId,
      SortBy sortBy,
      int most,
      Call call) {
    Sql place = place(sortBy, organizationId, stepId, runId, most);
    return session
        .askCounting(
            organizationId,
            filled(organizationId, sortBy),
            List.of(place),
            Rows.each(PostgresStepStore::position),
            List.of(),
            call)
        .results()
        .get(0);
  }

  @Override
  public List<DescribedStep> describe(
      String organizationId, Collection<StepKey> keys, View view, Call call) {
    Sql describe =
        Sql.of(
            DESCRIBE.formatted(SelectStepPage.columns(view)),
            Sql.texts(keys, StepKey::runId),
            Sql.texts(keys, StepKey::stepId),
            organizationId);
    return session.ask(organizationId, describe, Rows.each(PostgresStepStore::described), call);
  }

  /** The columns that {@link #position} reads. */
  static String positionColumns(SortBy sortBy) {
    return (sortBy == SortBy.ENDED_AT ? "ended_at" : "sort_time") + ", step_id, run_id";
  }

  /** Finds the positions of steps by their id, in a run if one is given. */
  static Sql place(
      SortBy sortBy, String organizationId, String stepId, Optional<String> runId, int most) {
    return find(positionColumns(sortBy), organizationId, stepId, runId, most);
  }

  /** Finds steps by their id, in a run if one is given. */
  static Sql find(
      String columns, String organizationId, String stepId, Optional<String> runId, int most) {
    Sql find = Sql.of(FIND.formatted(columns), organizationId);
    runId.ifPresentOrElse(
        run -> find.add(IN_RUN, run, stepId, stepId), () -> find.add(" AND step_id = ?", stepId));
    return find.add("\nLIMIT ?", most);
  }

  /** The first rows of several statements' rows; empty if one gave none. */
  private static Optional<List<StoredStep>> merged(
      Scan<StepFilter, StepPosition> scan, List<Optional<List<StoredStep>>> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    if (parts.contains(Optional.<List<StoredStep>>empty())) {
      return Optional.empty();
    }
    return Optional.of(
        parts.stream()
            .flatMap(part -> part.orElseThrow().stream())
            .sorted(Comparator.comparing(StoredStep::position, scan.direction().comparator()))
            .limit(scan.rows())
            .toList());
  }

  private static String organization(Scan<StepFilter, StepPosition> scan) {
    return scan.filter().organizationId();
  }

  /**
   * The position of the columns at the beginning of a row.
   *
   * @throws FailedCallException with {@code UNAVAILABLE} if {@code ended_at}, the only one of them
   *     that can be null, is: a server of an earlier version wrote the row since {@link #filled}
   *     looked
   */
  static StepPosition position(ResultSet row) throws SQLException {
    long time = row.getLong(1);
    if (row.wasNull()) {
      throw new FailedCallException(
          FailedCallException.Reason.UNAVAILABLE,
          "a server of an earlier version wrote a step while a list by ended_at was read; run"
              + " workflow-steps migrate once the last such server has stopped");
    }
    return new StepPosition(time, row.getString(2), row.getString(3));
  }

  private static DescribedStep described(ResultSet row) throws SQLException {
    return new DescribedStep(
        SelectStepPage.row(row),
        row.getLong(8),
        Optional.ofNullable(row.getString(9)),
        row.getString(10),
        row.getString(11),
        row.getString(12),
        row.getInt(13));
  }
}
