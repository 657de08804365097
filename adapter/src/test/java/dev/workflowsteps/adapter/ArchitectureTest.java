package dev.workflowsteps.adapter;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The adapter runs against a remote server too, so its layers know the contract and no server. */
@AnalyzeClasses(
    packages = ArchitectureTest.ROOT,
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  static final String ROOT = "dev.workflowsteps.adapter";

  private static final String SERVER = "dev.workflowsteps.server";

  private static final Path SOURCES = Path.of("src/main/java/dev/workflowsteps/adapter");

  private static final List<String> LAYERS = List.of("http", "json", "openapi", "rest", "upstream");

  @ArchTest
  static void layers_dontKnowTheServer(JavaClasses classes) {
    for (String layer : LAYERS) {
      noClasses()
          .that()
          .resideInAPackage(ROOT + '.' + layer + "..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(SERVER + "..")
          .check(classes);
    }
  }

  /** The compiler leaves no trace of a constant of another class but the import. */
  @Test
  void layers_importNothingOfTheServer() throws IOException {
    for (String layer : LAYERS) {
      try (Stream<Path> files = Files.walk(SOURCES.resolve(layer))) {
        for (Path file : files.filter(name -> name.toString().endsWith(".java")).toList()) {
          assertThat(Files.readString(file).lines())
              .as(file.toString())
              .noneMatch(line -> line.matches("import (static )?" + SERVER + ".*"));
        }
      }
    }
  }

  @ArchTest
  static void packages_areAllLayers(JavaClasses classes) {
    assertThat(
            classes.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.equals(ROOT))
                .map(name -> name.substring(ROOT.length() + 1).split("\\.")[0]))
        .hasSameElementsAs(LAYERS);
  }

  /** What a request says is never an address to ask. */
  @ArchTest
  static final ArchRule nothing_isFetched =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("java.net.http..", "com.linecorp.armeria.client..")
                  .or(assignableTo(URLConnection.class)));

  @ArchTest
  static final ArchRule packages_haveNoCycles =
      slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();
}
