package io.djinn.build;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.channels.FileChannel;
import org.junit.jupiter.api.Test;

/** What the build sees of the storage engine, and the order of its own packages. */
class BuildArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.djinn.build");

  @Test
  void onlyThePublicContractsOfTheEngineAreSeen() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat(
                resideInAPackage("io.djinn..")
                    .and(
                        not(
                            resideInAnyPackage(
                                "io.djinn.build..",
                                "io.djinn.api",
                                "io.djinn.error",
                                "io.djinn.opclass",
                                "io.djinn.opclass.builtin.regex",
                                "io.djinn.opclass.builtin.trigram",
                                "io.djinn.source",
                                "io.djinn.memory",
                                "io.djinn.file",
                                "io.djinn.sort",
                                "io.djinn.gin.load")))
                    // The counts the bulk load gives and the sink it writes to.
                    .and(not(type(io.djinn.gin.entry.GinCounts.class)))
                    .and(not(type(io.djinn.page.PageSink.class)))));
  }

  @Test
  void theBuildItselfKnowsNoIndex() {
    check(
        noClasses()
            .that(
                resideInAnyPackage(
                    "io.djinn.build.plan",
                    "io.djinn.build.scan",
                    "io.djinn.build.accumulate",
                    "io.djinn.build.run",
                    "io.djinn.build.ring",
                    "io.djinn.build.merge",
                    "io.djinn.build.work"))
            .should()
            .dependOnClassesThat(
                resideInAnyPackage("io.djinn.api", "io.djinn.gin..")
                    // A word of an option.
                    .and(not(type(io.djinn.api.BuildLogging.class)))));
  }

  @Test
  void nothingButTheCommandKnowsTheCommand() {
    check(
        noClasses()
            .that(not(resideInAPackage("io.djinn.build.cli..")))
            .should()
            .dependOnClassesThat(
                resideInAnyPackage("io.djinn.build.cli..", "picocli..", "me.tongfei..")));
  }

  @Test
  void packagesBelowTheBuildAreFreeOfCycles() {
    check(slices().matching("io.djinn.build.(*)").should().beFreeOfCycles());
  }

  @Test
  void nothingButTheCommandEndsTheJvm() {
    check(
        noClasses()
            .that(not(resideInAPackage("io.djinn.build.cli..")))
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class));
  }

  @Test
  void rawMemoryAndFileChannelsAreLeftToTheEngine() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat(
                resideInAnyPackage("sun.misc", "jdk.internal..", "net.openhft..")
                    .or(JavaClass.Predicates.simpleName("UnsafeApi"))
                    .or(JavaClass.Predicates.assignableTo(FileChannel.class))));
  }

  @Test
  void theDefaultCharsetIsNeverUsed() {
    check(
        noClasses()
            .should()
            .callMethod(String.class, "getBytes")
            .orShould()
            .callConstructor(String.class, byte[].class)
            .orShould()
            .callConstructor(String.class, byte[].class, int.class, int.class));
  }

  private static void check(ArchRule rule) {
    rule.check(CLASSES);
  }
}
