package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.page.PageKind;
import io.djinn.testkit.Family;
import io.djinn.testkit.ProofPart;
import io.djinn.testkit.RedoCheck;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Whatever is done to an index, it answers like a map, and redo makes the pages again. */
class EngineModelTest {
  private static final String ONLY_SHAPE = System.getProperty("djinn.model.shape", "");
  private static final int LEVELS = 4;
  private static final int THREADS = 2;
  private static final List<Family> EVENTS =
      List.of(
          Family.LEAF_SPLIT,
          Family.INNER_SPLIT,
          Family.ROOT_SPLIT,
          Family.LIST_TO_TREE,
          Family.PAGE_FREE,
          Family.PAGE_REUSE,
          Family.CHECKPOINT,
          Family.SEGMENT_SWITCH,
          Family.BUILD);

  private static final int QUERIES_PER_CYCLE = 5_000;

  /** A quick run has a larger part of the cycles than of the queries. */
  private static final int QUERIES_PER_QUICK_CYCLE = 3_500;

  private static final int BUILDS_PER_CYCLE = 26;

  /**
   * How much is done with a shape.
   *
   * @param operations of a cycle, beside filling and emptying the index
   * @param cycles of a full proof, each from an empty index to an empty one; a quick run has one
   */
  private record Work(int operations, int cycles) {
    int cycles(Tier tier) {
      return tier == Tier.QUICK ? 1 : cycles;
    }

    int queries(Tier tier) {
      return tier == Tier.QUICK ? QUERIES_PER_QUICK_CYCLE : QUERIES_PER_CYCLE;
    }
  }

  private static final Map<ModelShape, Work> WORK =
      Map.of(
          ModelShape.FAR, new Work(10_000, 3),
          ModelShape.DENSE, new Work(24_000, 8),
          ModelShape.LONG_KEYS, new Work(34_000, 14),
          ModelShape.CLUSTERS, new Work(22_000, 10),
          ModelShape.TEXTS, new Work(18_000, 3),
          ModelShape.PLACED_TEXTS, new Work(18_000, 3));

  @Test
  void anIndexAnswersLikeAMapWhateverIsDoneToIt() throws Exception {
    long first = TestSeed.forTest("EngineModelTest");
    Map<Family, ProofPart> parts = new LinkedHashMap<>();
    for (Family family : EVENTS) {
      parts.put(family, new ProofPart(family, "model"));
    }
    try (ProofPart operations = new ProofPart(Family.MODEL_OPERATIONS, "model");
        ProofPart queries = new ProofPart(Family.MODEL_QUERIES, "model");
        ProofPart pages = new ProofPart(Family.REDO_EQUALS_DO, "model")) {
      Tier.current()
          .rounds(
              first,
              seed -> {
                Set<String> redone = new TreeSet<>();
                runShapes(shape -> run(shape, seed, operations, queries, pages, parts, redone));
                if (ONLY_SHAPE.isEmpty()) {
                  requireEveryEditRedone(redone);
                }
              });
      if (ONLY_SHAPE.isEmpty()) {
        requireCounts(operations, queries, pages, parts);
      }
    } finally {
      parts.values().forEach(ProofPart::close);
    }
  }

  /** What is done with each shape. */
  private interface ShapeWork {
    void run(ModelShape shape) throws Exception;
  }

  /** Runs are on one thread each and share nothing, so that two may go on side by side. */
  private static void runShapes(ShapeWork work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Void>> runs = new ArrayList<>();
      for (ModelShape shape : ModelShape.values()) {
        if (ONLY_SHAPE.isEmpty() || ONLY_SHAPE.equals(shape.name())) {
          runs.add(
              threads.submit(
                  () -> {
                    work.run(shape);
                    return null;
                  }));
        }
      }
      for (Future<Void> run : runs) {
        run.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void run(
      ModelShape shape,
      long seed,
      ProofPart operations,
      ProofPart queries,
      ProofPart pages,
      Map<Family, ProofPart> events,
      Set<String> redone)
      throws Exception {
    Tier tier = Tier.current();
    try (ModelRun run = new ModelRun(shape, seed)) {
      try {
        Work work = WORK.get(shape);
        for (int cycle = 0; cycle < work.cycles(tier); cycle++) {
          if (shape == ModelShape.FAR) {
            run.fillDownwards();
          }
          run.run(work.operations(), work.queries(tier), BUILDS_PER_CYCLE);
          if (shape.hasDocuments()) {
            run.vacuum();
          }
          run.deleteEverything();
        }
        assertEquals(0, run.redo().unseen(), "records whose pages were not compared");
        assertTrue(
            shape != ModelShape.FAR || run.postingLevels() >= LEVELS, "posting tree: " + run);
        assertTrue(
            shape != ModelShape.LONG_KEYS || run.entryLevels() >= LEVELS, "entry tree: " + run);
      } catch (Throwable t) {
        run.failed();
        operations.failed(1);
        throw new AssertionError(
            shape
                + " failed in step "
                + run.step()
                + ": "
                + t
                + "\n  mvn -B -ntp -pl storage test -Dtest=EngineModelTest -Ddjinn.tier="
                + tier.name().toLowerCase(java.util.Locale.ROOT)
                + " -Ddjinn.seed="
                + seed
                + " -Ddjinn.model.shape="
                + shape
                + "\n  "
                + run,
            t);
      }
      System.out.println(run);
      noteRedone(run.redo(), redone);
      operations.add(run.operations());
      queries.add(run.queries());
      pages.add(run.redo().compared());
      events.forEach((event, part) -> part.add(run.events().count(event)));
    }
  }

  private static void requireCounts(
      ProofPart operations, ProofPart queries, ProofPart pages, Map<Family, ProofPart> events) {
    Tier tier = Tier.current();
    List<String> missing = new ArrayList<>();
    Map<Family, ProofPart> all = new LinkedHashMap<>(events);
    all.put(Family.MODEL_OPERATIONS, operations);
    all.put(Family.MODEL_QUERIES, queries);
    all.put(Family.REDO_EQUALS_DO, pages);
    all.forEach(
        (family, part) -> {
          if (part.cases() < family.atLeast(tier)) {
            missing.add(family + " " + part.cases() + " of " + family.atLeast(tier));
          }
        });
    assertEquals(List.of(), missing);
  }

  private static void noteRedone(RedoCheck redo, Set<String> redone) {
    synchronized (redone) {
      for (int opCode : RedoCheck.knownOpCodes(Djinn.editTable())) {
        if (redo.edits(opCode) > 0) {
          redone.add(ofEdit(opCode));
        }
      }
      redo.imageKinds().forEach(kind -> redone.add(ofImage(kind)));
    }
  }

  private static String ofEdit(int opCode) {
    return "edit with op code " + opCode;
  }

  private static String ofImage(PageKind kind) {
    return "image of " + kind;
  }

  /** An edit or a kind of page for which redo was never compared is a gap. */
  private static void requireEveryEditRedone(Set<String> redone) {
    Set<String> never = new TreeSet<>();
    RedoCheck.knownOpCodes(Djinn.editTable()).forEach(opCode -> never.add(ofEdit(opCode)));
    for (PageKind kind : PageKind.values()) {
      never.add(ofImage(kind));
    }
    assertTrue(never.size() > PageKind.values().length, "the table knows edits");
    never.removeAll(redone);
    assertEquals(Set.of(), never, "never redone and compared");
  }
}
