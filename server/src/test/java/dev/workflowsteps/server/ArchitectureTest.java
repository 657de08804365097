package dev.workflowsteps.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture.LayerDependencySpecification;
import java.io.IOException;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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

  private static final String CONTRACT = "dev.workflowsteps.contract";

  private static final String[] DATABASE = {
    "java.sql..", "javax.sql..", "org.postgresql..", "com.zaxxer.hikari..", "org.flywaydb.."
  };

  /** Which packages a package may use, beside the contract's; the root may use all. */
  private static final Map<String, Set<String>> ARROWS =
      Map.ofEntries(
          Map.entry("admission", Set.of()),
          Map.entry("artifacts", Set.of("call", "listing", "steps", "text")),
          Map.entry("auth", Set.of("call")),
          Map.entry("call", Set.of()),
          Map.entry(
              "cli",
              Set.of("artifacts", "auth", "call", "config", "document", "steps", "stores", "text")),
          Map.entry("config", Set.of()),
          Map.entry(
              "document", Set.of("artifacts", "call", "encoding", "listing", "steps", "text")),
          Map.entry("embedded", Set.of("config")),
          Map.entry("encoding", Set.of()),
          Map.entry(
              "grpc",
              Set.of(
                  "admission",
                  "artifacts",
                  "auth",
                  "call",
                  "config",
                  "document",
                  "encoding",
                  "listing",
                  "network",
                  "ops",
                  "steps",
                  "stores",
                  "text")),
          Map.entry("listing", Set.of("call")),
          Map.entry("network", Set.of("config", "ops")),
          Map.entry("ops", Set.of("config", "text")),
          Map.entry(
              "postgres",
              Set.of(
                  "artifacts",
                  "auth",
                  "call",
                  "config",
                  "encoding",
                  "listing",
                  "steps",
                  "stores",
                  "text")),
          Map.entry("steps", Set.of("call", "encoding", "listing", "text")),
          Map.entry("stores", Set.of("artifacts", "auth", "steps")),
          Map.entry("text", Set.of()),
          Map.entry("tls", Set.of("config")));

  /** A layer without a class fails it. */
  @ArchTest static final ArchRule packages_useOnlyTheirNeighbours = layers();

  private static ArchRule layers() {
    LayeredArchitecture layers =
        layeredArchitecture().consideringOnlyDependenciesInLayers().layer("root").definedBy(ROOT);
    for (String name : ARROWS.keySet()) {
      layers = layers.layer(name).definedBy(ROOT + '.' + name + "..");
    }
    for (Map.Entry<String, Set<String>> arrows : ARROWS.entrySet()) {
      LayerDependencySpecification layer = layers.whereLayer(arrows.getKey());
      layers =
          arrows.getValue().isEmpty()
              ? layer.mayNotAccessAnyLayer()
              : layer.mayOnlyAccessLayers(arrows.getValue().toArray(new String[0]));
    }
    return layers;
  }

  @ArchTest
  static void packages_areAllInTheTable(JavaClasses classes) {
    assertThat(
            classes.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.equals(ROOT))
                .map(name -> name.substring(ROOT.length() + 1).split("\\.")[0]))
        .hasSameElementsAs(ARROWS.keySet());
  }

  /** What the rules below forbid is there, so that they can't match nothing. */
  @ArchTest
  static void forbiddenLibraries_areUsedWhereTheyMayBe(JavaClasses classes) {
    for (String library : DATABASE) {
      assertThat(used(classes, ".postgres..")).as(library).anyMatch(resideInAPackage(library));
    }
    assertThat(used(classes, ".grpc..")).anyMatch(resideInAPackage("io.grpc.."));
  }

  private static Stream<JavaClass> used(JavaClasses classes, String by) {
    return classes.stream()
        .filter(resideInAPackage(ROOT + by))
        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
        .map(Dependency::getTargetClass);
  }

  @Test
  void contract_isALeaf() {
    classes()
        .that()
        .resideInAPackage(CONTRACT + "..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "com.google.protobuf..",
            "com.google.rpc..",
            "io.grpc..",
            "dev.workflowsteps.proto..",
            CONTRACT + "..")
        .check(new ClassFileImporter().importPackages(CONTRACT));
  }

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
}
