package io.djinn;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.djinn.memory.NativeMemory;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Imports run one way, and what is dangerous is called in one place. */
class ArchitectureTest {
  private static final String ROOT = "io.djinn.";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.djinn");

  /** What each package may import beside itself, names below {@code io.djinn}. */
  private static final Map<String, Set<String>> ARROWS = new LinkedHashMap<>();

  static {
    arrow("error");
    arrow("memory", "error");
    arrow("file", "error", "memory");
    arrow("page", "error", "memory", "file");
    arrow("buffer", "error", "memory", "file", "page");
    arrow("wal", "error", "memory", "file", "page", "buffer");
    arrow("metrics");
    arrow("batch", "error", "memory", "file", "page", "buffer", "wal", "metrics");
    arrow("space", "error", "memory", "file", "page", "buffer", "wal", "batch");
    arrow(
        "recovery",
        "error",
        "memory",
        "file",
        "page",
        "buffer",
        "wal",
        "batch",
        "space",
        "metrics");
    arrow("opclass", "error");
    arrow("opclass.builtin", "error", "opclass");
    arrow("opclass.builtin.scalar.type", "opclass.builtin");
    arrow(
        "opclass.builtin.scalar",
        "error",
        "opclass",
        "opclass.builtin",
        "opclass.builtin.scalar.type");
    arrow("opclass.builtin.hstore", "error", "opclass", "opclass.builtin");
    arrow("opclass.builtin.text.parser");
    arrow("opclass.builtin.text.english");
    arrow(
        "opclass.builtin.text",
        "error",
        "opclass",
        "opclass.builtin",
        "opclass.builtin.text.parser",
        "opclass.builtin.text.english");
    arrow("opclass.builtin.json.value", "error");
    arrow("opclass.builtin.json.datetime", "error", "opclass.builtin");
    arrow(
        "opclass.builtin.json.path",
        "error",
        "opclass.builtin.json.value",
        "opclass.builtin.json.datetime",
        "opclass.builtin.regex");
    arrow(
        "opclass.builtin.json",
        "error",
        "opclass",
        "opclass.builtin.json.value",
        "opclass.builtin.json.path");
    arrow("opclass.builtin.regex", "error", "opclass.builtin");
    arrow(
        "opclass.builtin.trigram", "error", "opclass", "opclass.builtin", "opclass.builtin.regex");
    arrow("source", "error", "memory", "opclass");
    arrow("sort", "error", "memory", "file");
    String[] belowGin = {
      "error", "memory", "file", "page", "buffer", "wal", "batch", "space", "opclass"
    };
    arrow("gin.posting", belowGin);
    arrow("gin.entry", and(belowGin, "gin.posting"));
    arrow("gin.pending", and(belowGin, "gin.posting", "gin.entry"));
    arrow("gin.scan", and(belowGin, "gin.posting", "gin.entry", "gin.pending"));
    arrow("gin.vacuum", and(belowGin, "gin.posting", "gin.entry"));
    arrow("gin.load", and(belowGin, "gin.posting", "gin.entry"));
    String[] partsOfGin = {"gin.posting", "gin.entry", "gin.pending", "gin.scan", "gin.load"};
    arrow("gin", and(belowGin, partsOfGin));
    String[] belowVerify = and(and(belowGin, "gin"), partsOfGin);
    arrow("verify", and(belowVerify, "source"));
    arrow("api", and(belowVerify, "verify", "recovery", "source", "metrics", "gin.vacuum"));
  }

  private static void arrow(String from, String... to) {
    ARROWS.put(from, Set.of(to));
  }

  private static String[] and(String[] packages, String... more) {
    return Stream.concat(Stream.of(packages), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void everyPackageHasItsArrows() {
    Set<String> packages =
        CLASSES.stream()
            .map(JavaClass::getPackageName)
            .map(name -> name.substring(ROOT.length()))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(new TreeSet<>(ARROWS.keySet()), packages);
  }

  @TestFactory
  Stream<DynamicTest> importsRunOneWay() {
    return ARROWS.entrySet().stream()
        .map(
            arrow ->
                DynamicTest.dynamicTest(
                    arrow.getKey(), () -> checkArrow(arrow.getKey(), arrow.getValue())));
  }

  private static void checkArrow(String from, Set<String> to) {
    String[] allowed =
        Stream.concat(Stream.of(from), to.stream()).map(ROOT::concat).toArray(String[]::new);
    check(
        noClasses()
            .that(resideInAPackage(ROOT + from))
            .should()
            .dependOnClassesThat(
                resideInAPackage("io.djinn..").and(not(resideInAnyPackage(allowed)))));
  }

  @Test
  void noPackagesImportEachOtherInACycle() {
    check(slices().matching("io.djinn.(**)").should().beFreeOfCycles());
  }

  @Test
  void rawMemoryIsTouchedInOnePlace() {
    check(
        noClasses()
            .that(not(belongToAnyOf(NativeMemory.class)))
            .should()
            .dependOnClassesThat(
                resideInAnyPackage("sun.misc", "jdk.internal..")
                    .or(
                        JavaClass.Predicates.simpleName("UnsafeApi")
                            .and(resideInAPackage("org.agrona..")))));
  }

  @Test
  void filesAreOpenedBelowTheSeamOnly() {
    check(
        noClasses()
            .that(not(resideInAnyPackage(ROOT + "file", ROOT + "source")))
            .should()
            .dependOnClassesThat(
                resideInAnyPackage("java.nio.channels", "net.openhft.chronicle..")
                    .or(JavaClass.Predicates.type(java.nio.file.Files.class))
                    .or(JavaClass.Predicates.type(java.io.File.class))
                    .or(JavaClass.Predicates.type(java.io.FileInputStream.class))
                    .or(JavaClass.Predicates.type(java.io.FileOutputStream.class))
                    .or(JavaClass.Predicates.type(java.io.RandomAccessFile.class))));
  }

  @Test
  void rowSourcesNeverSeeAFileChannel() {
    // An interrupt would close it; sources run on the threads of callers too.
    check(
        noClasses()
            .that(resideInAPackage(ROOT + "source"))
            .should()
            .dependOnClassesThat(JavaClass.Predicates.assignableTo(FileChannel.class)));
  }

  @Test
  void nobodyEndsTheJvm() {
    check(
        noClasses()
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class));
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
            .callConstructor(String.class, byte[].class, int.class, int.class)
            .orShould()
            .callConstructor(InputStreamReader.class, InputStream.class)
            .orShould()
            .callConstructor(OutputStreamWriter.class, OutputStream.class)
            .orShould()
            .callConstructor(PrintStream.class, OutputStream.class)
            .orShould()
            .dependOnClassesThat(JavaClass.Predicates.type(java.io.FileReader.class))
            .orShould()
            .dependOnClassesThat(JavaClass.Predicates.type(java.io.FileWriter.class)));
  }

  @Test
  void sortingHasNoThreads() {
    check(
        noClasses()
            .that(resideInAPackage(ROOT + "sort"))
            .should()
            .dependOnClassesThat(
                resideInAPackage("java.util.concurrent..")
                    .or(JavaClass.Predicates.assignableTo(Thread.class))));
  }

  @Test
  void threadsAreStartedBelowTheSeamOnly() {
    // And where a source counts its rows, of which the store knows nothing.
    check(
        noClasses()
            .that(not(resideInAnyPackage(ROOT + "file", ROOT + "source")))
            .should()
            .callMethod(Thread.class, "start")
            .orShould()
            .dependOnClassesThat(
                JavaClass.Predicates.assignableTo(java.util.concurrent.Executor.class)));
  }

  @Test
  void namesSayWhatAClassIs() {
    check(
        classes()
            .that(alwaysTrue())
            .should()
            .haveNameNotMatching(".*(Utils?|Helper|Manager|Internal|Impl|Base)"));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(false).check(CLASSES);
  }
}
