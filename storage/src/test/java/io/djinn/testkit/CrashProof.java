package io.djinn.testkit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What the crashes of one test add to the proof: its images, its power cuts during recovery, and
 * the events its workloads went through.
 *
 * <p>A run of one selected case adds nothing.
 */
public final class CrashProof implements AutoCloseable {
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

  private final String name;
  private final Map<Family, ProofPart> parts = new EnumMap<>(Family.class);

  /**
   * @param name of the parts
   * @param only what is tried of it all
   */
  public CrashProof(String name, CrashCase only) {
    this.name = name;
    if (only.isAll()) {
      List<Family> families = new ArrayList<>(EVENTS);
      families.add(Family.POWER_CUT);
      families.add(Family.RECOVERY_CUT);
      families.forEach(family -> parts.put(family, new ProofPart(family, "crash-" + name)));
    }
  }

  /**
   * Adds a finished round, and throws where a case failed or, in a whole round, a way to crash was
   * not reached.
   */
  public void check(PowerCuts crashes) {
    System.out.println("crashes of " + name + ": " + crashes.summary());
    List<String> failures = crashes.failures();
    if (!parts.isEmpty()) {
      parts.get(Family.POWER_CUT).add(crashes.images(), crashes.distinctImages());
      parts.get(Family.POWER_CUT).failed(failures.size());
      parts
          .get(Family.RECOVERY_CUT)
          .add(crashes.cutsOfRecovery(), crashes.distinctCutsOfRecovery());
      EventCounts events = crashes.events();
      EVENTS.forEach(event -> parts.get(event).add(events.of(event)));
    }
    require(failures.isEmpty(), String.join("\n", failures));
    if (!parts.isEmpty()) {
      for (CrashMode mode : CrashMode.values()) {
        require(crashes.imagesOf(mode) > 0, "no image of its own was left by " + mode);
      }
      for (int depth = 1; depth <= PowerCuts.DEEPEST; depth++) {
        require(crashes.cutsAtDepth(depth) > 0, "no power cut in recovery number " + depth);
      }
      require(crashes.shortened() > 0, "no image without a commit that was permitted");
    }
  }

  private static void require(boolean isTrue, String otherwise) {
    if (!isTrue) {
      throw new AssertionError(otherwise);
    }
  }

  @Override
  public void close() {
    parts.values().forEach(ProofPart::close);
  }
}
