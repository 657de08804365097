package dev.workflowsteps.adapter;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

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
  static final ArchRule onlyTheRootPackage_knowsTheServer =
      noClasses()
          .that()
          .resideInAnyPackage(ROOT + ".*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(SERVER + "..");

  @ArchTest
  static final ArchRule packages_haveNoCycles =
      slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();
}
