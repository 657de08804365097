package dev.workflowsteps.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows between the packages. One that is missing here is missing on purpose. */
@AnalyzeClasses(
    packages = ArchitectureTest.ROOT,
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  static final String ROOT = "dev.workflowsteps.server";

  private static final String[] DATABASE = {
    "java.sql..", "javax.sql..", "org.postgresql..", "com.zaxxer.hikari..", "org.flywaydb.."
  };

  @ArchTest
  static final ArchRule packages_useOnlyTheirNeighbours =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .withOptionalLayers(true)
          .layer("root")
          .definedBy(ROOT)
          .layer("text")
          .definedBy(ROOT + ".text..")
          .layer("encoding")
          .definedBy(ROOT + ".encoding..")
          .layer("steps")
          .definedBy(ROOT + ".steps..")
          .layer("artifacts")
          .definedBy(ROOT + ".artifacts..")
          .layer("document")
          .definedBy(ROOT + ".document..")
          .layer("grpc")
          .definedBy(ROOT + ".grpc..")
          .layer("auth")
          .definedBy(ROOT + ".auth..")
          .layer("postgres")
          .definedBy(ROOT + ".postgres..")
          .layer("embedded")
          .definedBy(ROOT + ".embedded..")
          .layer("ops")
          .definedBy(ROOT + ".ops..")
          .layer("config")
          .definedBy(ROOT + ".config..")
          .layer("cli")
          .definedBy(ROOT + ".cli..")
          .whereLayer("text")
          .mayNotAccessAnyLayer()
          .whereLayer("encoding")
          .mayOnlyAccessLayers("text")
          .whereLayer("steps")
          .mayOnlyAccessLayers("text", "encoding")
          .whereLayer("config")
          .mayOnlyAccessLayers("steps")
          .whereLayer("auth")
          .mayOnlyAccessLayers("steps")
          .whereLayer("artifacts")
          .mayOnlyAccessLayers("text", "steps")
          .whereLayer("document")
          .mayOnlyAccessLayers("text", "encoding", "steps", "artifacts")
          .whereLayer("postgres")
          .mayOnlyAccessLayers("text", "encoding", "steps", "artifacts", "auth", "config")
          .whereLayer("embedded")
          .mayOnlyAccessLayers("config")
          .whereLayer("ops")
          .mayOnlyAccessLayers("config")
          .whereLayer("grpc")
          .mayOnlyAccessLayers(
              "encoding", "steps", "artifacts", "document", "auth", "ops", "config")
          .whereLayer("cli")
          .mayOnlyAccessLayers("steps", "artifacts", "auth", "document", "config");

  @ArchTest
  static final ArchRule config_knowsOfTheDomainOnlySuggestions =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".config..")
          .should()
          .dependOnClassesThat(
              resideInAPackage(ROOT + ".steps..").and(notNamed(ROOT + ".steps.Suggestion")));

  @ArchTest
  static final ArchRule steps_knowsNeitherWireNorDatabase =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".steps..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("io.grpc..", "io.netty..").or(resideInAnyPackage(DATABASE)));

  @ArchTest
  static final ArchRule grpc_aloneSeesGrpc =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT, ROOT + ".grpc..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.grpc..");

  @ArchTest
  static final ArchRule postgres_aloneSeesTheDatabase =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".postgres..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(DATABASE);

  @ArchTest
  static final ArchRule server_knowsNothingOfRest =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.linecorp.armeria..", "dev.workflowsteps.adapter..");

  @ArchTest
  static final ArchRule packages_haveNoCycles =
      slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

  @Test
  void packages_sayWhatLivesInThem() throws IOException {
    Set<Path> silent;
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      silent =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .map(Path::getParent)
              .filter(folder -> Files.notExists(folder.resolve("package-info.java")))
              .collect(Collectors.toSet());
    }

    assertThat(silent).isEmpty();
  }

  private static DescribedPredicate<JavaClass> notNamed(String name) {
    return DescribedPredicate.describe("not " + name, type -> !type.getName().equals(name));
  }
}
