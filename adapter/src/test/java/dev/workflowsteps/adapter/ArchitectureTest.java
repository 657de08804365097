package dev.workflowsteps.adapter;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The adapter runs against a remote server too, so its layers know the contract and no server. */
@AnalyzeClasses(
    packages = ArchitectureTest.ROOT,
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  static final String ROOT = "dev.workflowsteps.adapter";

  private static final String SERVER = "dev.workflowsteps.server";

  @ArchTest
  static final ArchRule restAndHttp_knowOfTheServerOnlyHowAStartFails =
      noClasses()
          .that()
          .resideInAnyPackage(ROOT + ".rest..", ROOT + ".http..", ROOT + ".openapi..")
          .should()
          .dependOnClassesThat(resideInAPackage(SERVER + "..").and(otherThanAFailedStart()))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule packages_haveNoCycles =
      slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().allowEmptyShould(true);

  /** The exception carries its exit code. */
  private static DescribedPredicate<JavaClass> otherThanAFailedStart() {
    return DescribedPredicate.describe(
        "other than StartupException",
        type ->
            !type.getName().equals(SERVER + ".config.StartupException")
                && !type.getName().equals(SERVER + ".config.ExitCode"));
  }
}
