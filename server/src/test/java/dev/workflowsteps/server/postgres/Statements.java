package dev.workflowsteps.server.postgres;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.workflowsteps.contract.Words;
import dev.workflowsteps.server.artifacts.ArtifactFilter;
import dev.workflowsteps.server.artifacts.ArtifactPosition;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.AFilter;
import dev.workflowsteps.server.steps.SortBy;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.View;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Every statement of the package, found and not listed: a new one is among them by itself. */
final class Statements {

  private static final Pattern STATEMENT =
      Pattern.compile("^(SELECT|INSERT|UPDATE|DELETE|WITH|COPY|MERGE|CREATE|SET)\\b");

  /** The constants, by class and name. */
  static Map<String, String> constants() {
    Map<String, String> statements = new TreeMap<>();
    for (JavaClass type :
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(Statements.class.getPackageName())) {
      for (Field field : type.reflect().getDeclaredFields()) {
        text(field)
            .filter(text -> STATEMENT.matcher(text).find())
            .ifPresent(text -> statements.put(type.getSimpleName() + '.' + field.getName(), text));
      }
    }
    return statements;
  }

  /** Of pages, in every shape, each text once; named by their number. */
  private static Map<String, String> pages() {
    Set<String> texts = new LinkedHashSet<>();
    List<StepFilter> filters = new ArrayList<>(AFilter.shapes("o"));
    filters.addAll(AFilter.bounded("o", SortBy.STARTED_AT, 1));
    for (StepFilter filter : List.copyOf(filters)) {
      // Those of every type have the same texts, only longer ones.
      if (filter.blockTypes().size() <= 3) {
        filters.add(filter.withSortBy(SortBy.ENDED_AT));
      }
    }
    AFilter.shapes("o").forEach(filter -> filters.add(filter.withView(View.BASIC)));
    for (StepFilter filter : filters) {
      for (Direction direction : Direction.values()) {
        for (Optional<StepPosition> from :
            List.of(Optional.<StepPosition>empty(), Optional.of(new StepPosition(1, "s", "r")))) {
          for (int rows : List.of(2, 1_001)) {
            Scan<StepFilter, StepPosition> scan = new Scan<>(filter, direction, from, rows, 1);
            SelectStepPage page = new SelectStepPage(scan, Words.STATUS.all());
            for (SelectStepPage each : List.of(page, page.ofAnySize())) {
              each.statements().forEach(sql -> texts.add(sql.text()));
            }
          }
        }
      }
    }
    Map<String, String> pages = new TreeMap<>();
    texts.forEach(text -> pages.put("page " + pages.size(), text));
    return pages;
  }

  /** Of counts, in every shape; named by their number. */
  private static Map<String, String> counts() {
    Map<String, String> counts = new TreeMap<>();
    List<StepFilter> filters = new ArrayList<>(AFilter.shapes("o"));
    filters.addAll(AFilter.bounded("o", SortBy.STARTED_AT, 1));
    filters.forEach(
        filter -> counts.put("count " + counts.size(), CountSteps.statement(filter).text()));
    return counts;
  }

  /** Of lists of artifact records, in every shape; named by their number. */
  private static Map<String, String> artifactPages() {
    Map<String, String> pages = new TreeMap<>();
    List<Optional<String>> given = List.of(Optional.empty(), Optional.of("x"));
    ArtifactPosition place = ArtifactPosition.beforeAllOf(new StepPosition(1, "s", "r"));
    for (Optional<String> step : given) {
      for (Optional<String> operation : given) {
        for (Optional<String> block : given) {
          ArtifactFilter filter = new ArtifactFilter("o", Optional.of("r"), step, operation, block);
          for (Direction direction : Direction.values()) {
            for (Optional<ArtifactPosition> from :
                List.of(Optional.<ArtifactPosition>empty(), Optional.of(place))) {
              Sql page = PostgresArtifactStore.page(new Scan<>(filter, direction, from, 2, 1));
              pages.put("artifact page " + pages.size(), page.text());
            }
          }
        }
      }
    }
    given.forEach(
        after -> pages.put("by id " + after, PostgresArtifactStore.byId("o", after, 2, 1).text()));
    return pages;
  }

  /** All of them. */
  static Map<String, String> all() {
    Map<String, String> all = new TreeMap<>(constants());
    all.putAll(pages());
    all.putAll(counts());
    all.putAll(artifactPages());
    return all;
  }

  private static Optional<String> text(Field field) {
    if (!Modifier.isStatic(field.getModifiers()) || field.getType() != String.class) {
      return Optional.empty();
    }
    try {
      field.setAccessible(true);
      return Optional.ofNullable((String) field.get(null));
    } catch (IllegalAccessException e) {
      throw new AssertionError(field.toString(), e);
    }
  }

  private Statements() {}
}
