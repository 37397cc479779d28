package io.djinn.build;

import java.util.function.BiConsumer;

/** Something a thread of a build has done; {@code build-parallel/README.md} has them as lines. */
public sealed interface BuildEvent {
  /** The participant of the thread that runs the build. */
  int CALLER = -1;

  /** Its name in a trace. */
  String name();

  /** Number of the participant whose thread it was, or {@link #CALLER}. */
  int participant();

  /** What that thread had used by then. */
  ThreadTimes times();

  /** Hands over what is particular to it, as name and value. */
  void figures(BiConsumer<String, Object> taker);

  /**
   * It was decided how many workers to ask for.
   *
   * @param reason what decided it
   */
  record Planned(int workers, String reason, ThreadTimes times) implements BuildEvent {
    @Override
    public String name() {
      return "plan";
    }

    @Override
    public int participant() {
      return CALLER;
    }

    @Override
    public void figures(BiConsumer<String, Object> taker) {
      taker.accept("workers", workers);
      taker.accept("reason", reason);
    }
  }

  /**
   * Participants' threads were started, and the budget divided among those that were.
   *
   * @param asked participants asked for
   * @param started participants there are
   * @param reason why they are fewer; "" where they are not
   */
  record Started(int asked, int started, String reason, ThreadTimes times) implements BuildEvent {
    @Override
    public String name() {
      return "start";
    }

    @Override
    public int participant() {
      return CALLER;
    }

    @Override
    public void figures(BiConsumer<String, Object> taker) {
      taker.accept("asked", asked);
      taker.accept("started", started);
      taker.accept("reason", reason);
    }
  }

  /** A participant began to work. */
  record Begun(int participant, long arenaBytes, int blockBytes, int ringBytes, ThreadTimes times)
      implements BuildEvent {
    @Override
    public String name() {
      return "begin";
    }

    @Override
    public void figures(BiConsumer<String, Object> taker) {
      taker.accept("arenaBytes", arenaBytes);
      taker.accept("blockBytes", blockBytes);
      taker.accept("ringBytes", ringBytes);
    }
  }

  /** The leader has made a phase ready. */
  record PhaseBegun(int participant, BuildPhase phase, ThreadTimes times) implements BuildEvent {
    @Override
    public String name() {
      return "phase";
    }

    @Override
    public void figures(BiConsumer<String, Object> taker) {
      taker.accept("phase", phase);
    }
  }

  /**
   * The keys of a full table were sorted.
   *
   * @param bytes of keys and lists
   */
  record Sorted(int participant, int run, long keys, long bytes, ThreadTimes times)
      implements BuildEvent {
    @Override
    public String name() {
      return "run-sorted";
    }

    @Override
    public void figures(BiConsumer<String, Object> taker) {
      taker.accept("run", run);
      taker.accept("keys", keys);
      taker.accept("bytes", bytes);
    }
  }

  /** A run was written, into memory or into a temporary file. */
  record Written(
      int participant,
      int run,
      long keys,
      long tids,
      long rawBytes,
      long storedBytes,
      boolean isInMemory,
      ThreadTimes times)
      implements BuildEvent {
    @Override
    public String name() {
      return "run-written";
    }

    @Override
    public void figures(BiConsumer<String, Object> taker) {
      taker.accept("run", run);
      taker.accept("keys", keys);
      taker.accept("tids", tids);
      taker.accept("rawBytes", rawBytes);
      taker.accept("storedBytes", storedBytes);
      taker.accept("place", isInMemory ? "memory" : "file");
    }
  }

  /**
   * A run's handle was put into the participant's ring.
   *
   * @param stalls how often the ring was found full so far
   */
  record HandedOver(int participant, int run, long stalls, ThreadTimes times)
      implements BuildEvent {
    @Override
    public String name() {
      return "hand-over";
    }

    @Override
    public void figures(BiConsumer<String, Object> taker) {
      taker.accept("run", run);
      taker.accept("stalls", stalls);
    }
  }

  /**
   * The leader has cut the work of a phase of merging into tasks.
   *
   * @param runs there are
   * @param runsInFiles of them
   * @param tasks groups of runs, or ranges of keys
   * @param threads that merge
   * @param fanIn runs in files one thread can merge at once
   */
  record MergePlanned(
      int participant,
      int runs,
      int runsInFiles,
      int tasks,
      int threads,
      int fanIn,
      ThreadTimes times)
      implements BuildEvent {
    @Override
    public String name() {
      return "merge-plan";
    }

    @Override
    public void figures(BiConsumer<String, Object> taker) {
      taker.accept("runs", runs);
      taker.accept("runsInFiles", runsInFiles);
      taker.accept("tasks", tasks);
      taker.accept("threads", threads);
      taker.accept("fanIn", fanIn);
    }
  }

  /**
   * Runs, or one range of them, were merged.
   *
   * @param phase {@link BuildPhase#COMBINE} or {@link BuildPhase#LOAD}
   * @param task number of the group, or of the range in key order
   * @param ways runs there were to merge, also those without a key of the range
   * @param bytes of their records, for a range as sampled
   */
  record MergeStep(
      int participant,
      BuildPhase phase,
      int task,
      int ways,
      long bytes,
      long keys,
      long tids,
      ThreadTimes times)
      implements BuildEvent {
    @Override
    public String name() {
      return "merge-step";
    }

    @Override
    public void figures(BiConsumer<String, Object> taker) {
      taker.accept("phase", phase);
      taker.accept("task", task);
      taker.accept("ways", ways);
      taker.accept("bytes", bytes);
      taker.accept("keys", keys);
      taker.accept("tids", tids);
    }
  }

  /** A range of keys is in pages. */
  record Loaded(int participant, int range, long pages, ThreadTimes times) implements BuildEvent {
    @Override
    public String name() {
      return "range-loaded";
    }

    @Override
    public void figures(BiConsumer<String, Object> taker) {
      taker.accept("range", range);
      taker.accept("pages", pages);
    }
  }

  /** A participant has nothing to do any more. */
  record Ended(
      int participant, long rows, long keys, long tids, long runs, long pages, ThreadTimes times)
      implements BuildEvent {
    @Override
    public String name() {
      return "end";
    }

    @Override
    public void figures(BiConsumer<String, Object> taker) {
      taker.accept("rows", rows);
      taker.accept("keys", keys);
      taker.accept("tids", tids);
      taker.accept("runs", runs);
      taker.accept("pages", pages);
    }
  }

  /**
   * A temporary file could not be deleted after the index was built.
   *
   * @param reason as the system gives it
   */
  record Left(String reason, ThreadTimes times) implements BuildEvent {
    @Override
    public String name() {
      return "left";
    }

    @Override
    public int participant() {
      return CALLER;
    }

    @Override
    public void figures(BiConsumer<String, Object> taker) {
      taker.accept("reason", reason);
    }
  }
}
