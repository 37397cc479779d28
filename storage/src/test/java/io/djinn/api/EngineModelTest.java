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
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whatever is done to an index, it answers like a map, and redo makes the pages again. */
class EngineModelTest {
  private static final String ONLY_SHAPE = System.getProperty("djinn.model.shape", "");
  private static final int LEVELS = 4;
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

  /** Operations of a full proof: the first shape needs that many rows for its levels. */
  private static final Map<ModelShape, Long> OPERATIONS = new LinkedHashMap<>();

  static {
    OPERATIONS.put(ModelShape.FAR, 300_000L);
    OPERATIONS.put(ModelShape.DENSE, 550_000L);
    OPERATIONS.put(ModelShape.LONG_KEYS, 400_000L);
    OPERATIONS.put(ModelShape.CLUSTERS, 600_000L);
  }

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
                for (ModelShape shape : ModelShape.values()) {
                  if (ONLY_SHAPE.isEmpty() || ONLY_SHAPE.equals(shape.name())) {
                    run(shape, seed, operations, queries, pages, parts);
                  }
                }
              });
      if (ONLY_SHAPE.isEmpty()) {
        requireCounts(operations, queries, pages, parts);
      }
    } finally {
      parts.values().forEach(ProofPart::close);
    }
  }

  private static void run(
      ModelShape shape,
      long seed,
      ProofPart operations,
      ProofPart queries,
      ProofPart pages,
      Map<Family, ProofPart> events)
      throws Exception {
    Tier tier = Tier.current();
    try (ModelRun run = new ModelRun(shape, seed)) {
      try {
        if (shape == ModelShape.FAR) {
          run.fillDownwards();
        }
        run.run(tier.atLeast(OPERATIONS.get(shape)), tier.atLeast(51_000), tier.count(260));
        run.deleteEverything();
        requireEveryEditRedone(run, shape);
        assertTrue(
            shape != ModelShape.FAR || run.postingLevels() >= LEVELS, "posting tree: " + run);
        assertTrue(
            shape != ModelShape.LONG_KEYS || run.entryLevels() >= LEVELS, "entry tree: " + run);
      } catch (Throwable t) {
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

  /** An op code, a record or a kind of page that redo was never compared for is a gap. */
  private static void requireEveryEditRedone(ModelRun run, ModelShape shape) {
    List<String> never = new ArrayList<>();
    for (int opCode : RedoCheck.knownOpCodes(Djinn.editTable())) {
      if (run.redo().edits(opCode) == 0) {
        never.add("op code " + opCode);
      }
    }
    EnumSet<PageKind> kinds = EnumSet.allOf(PageKind.class);
    kinds.removeAll(run.redo().imageKinds());
    kinds.forEach(kind -> never.add("image of " + kind));
    assertEquals(List.of(), never, shape + " never redid");
    assertEquals(0, run.redo().unseen(), "records whose pages were not compared");
  }
}
