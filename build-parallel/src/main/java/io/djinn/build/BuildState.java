package io.djinn.build;

import io.djinn.build.accumulate.KeyBatch;
import io.djinn.build.merge.KeyRanges;
import io.djinn.build.merge.KeyRanges.Range;
import io.djinn.build.merge.MergeWorker;
import io.djinn.build.plan.BuildOptions;
import io.djinn.build.plan.MemoryPlan;
import io.djinn.build.plan.MergePlan;
import io.djinn.build.ring.RunRing;
import io.djinn.build.run.RunStore;
import io.djinn.build.run.SpillFiles;
import io.djinn.build.scan.Stretches;
import io.djinn.error.BuildFailedException;
import io.djinn.file.Env;
import io.djinn.memory.MemoryAccount;
import io.djinn.sort.MemoryBlocks;
import io.djinn.sort.Run;
import io.djinn.sort.RunIndex;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What the participants of a build share: the phase, the runs, the tasks, and the first error.
 *
 * <p>A phase is over when all participants have finished it; the leader's thread then makes the
 * next one ready. Fields without synchronisation of their own are written by the leader between two
 * phases, before it stores the phase, and read by participants after they have loaded it.
 */
final class BuildState {
  /** Ranges of the key space a participant. */
  private static final int RANGES_A_PARTICIPANT = 6;

  /** Bytes of records below which a range is not worth a task. */
  private static final long LEAST_RANGE_BYTES = 256 << 10;

  final Env env;
  final BuildRequest request;
  final BuildListener listener;
  final int participants;
  final MemoryAccount account;
  final MemoryPlan memory;
  final MemoryBlocks blocks;
  final SpillFiles files;
  final Stretches stretches;
  final List<RunRing> rings = new ArrayList<>();
  final ActivityMeter activity;
  final AtomicInteger nextTask = new AtomicInteger();
  final AtomicLong mergedBytes = new AtomicLong();
  private final AtomicInteger finished = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final List<Run> runs = new ArrayList<>();
  private final List<Run> combined = new ArrayList<>();
  private volatile BuildPhase phase = BuildPhase.START;
  private volatile long scanEndNanos;
  private MergePlan mergePlan;
  private List<List<Run>> groups = List.of();
  private List<Range> ranges = List.of();
  private int passes;
  private int firstFileOfPass;

  BuildState(
      Env env,
      BuildRequest request,
      BuildListener listener,
      int participants,
      MemoryAccount account,
      MemoryPlan memory) {
    this.env = env;
    this.request = request;
    this.listener = listener;
    this.participants = participants;
    this.account = account;
    this.memory = memory;
    BuildOptions options = request.options();
    blocks = new MemoryBlocks(account, memory.blockBytes(), memory.reserveBytes());
    files = new SpillFiles(env.vfs(), request.name(), options.tempFileLimit());
    stretches = new Stretches(request.source().blockCount(), participants);
    activity = new ActivityMeter(env.nanoTime());
  }

  BuildPhase phase() {
    return phase;
  }

  void begin() {
    phase = BuildPhase.SCAN;
  }

  /** The first error wins; later ones are kept beside it. */
  void fail(Throwable cause) {
    if (!failure.compareAndSet(null, cause)
        && cause != failure.get()
        && !(cause instanceof BuildCancelledException)) {
      failure.get().addSuppressed(cause);
    }
  }

  /** Fails, if nothing else has failed. */
  void cancel() {
    failure.compareAndSet(null, new CancellationException("cancelled"));
  }

  Throwable failure() {
    return failure.get();
  }

  boolean isOver() {
    return phase == BuildPhase.ENDED || failure.get() != null;
  }

  /** Throws where the build has failed or was cancelled. */
  void check() {
    if (failure.get() != null) {
      throw new BuildCancelledException();
    }
  }

  /** A participant has no more work in the present phase. */
  void finishPhase() {
    finished.incrementAndGet();
  }

  boolean isPhaseFinished() {
    return finished.get() == participants;
  }

  /** Makes the next phase ready; called by the leader when the present one is finished. */
  void advance() {
    BuildPhase next;
    switch (phase) {
      case SCAN:
        scanEndNanos = env.nanoTime();
        for (RunRing ring : rings) {
          runs.addAll(ring.take());
          ring.close();
        }
        next = afterRuns();
        break;
      case COMBINE:
        replaceCombinedRuns();
        next = afterRuns();
        break;
      case LOAD:
        next = BuildPhase.COMPLETE;
        break;
      default:
        next = BuildPhase.ENDED;
        break;
    }
    finished.set(0);
    nextTask.set(0);
    listener.event("phase " + next);
    phase = next;
  }

  /** Combines runs first where there are too many to merge at once, else cuts the key space. */
  private BuildPhase afterRuns() {
    runs.sort(
        Comparator.comparingLong(Run::base)
            .thenComparingInt(Run::participant)
            .thenComparingInt(Run::number));
    List<Run> inFiles = new ArrayList<>(runs);
    inFiles.removeIf(Run::isInMemory);
    long forIndexes = (inFiles.size() + 1L) / 2 * memory.indexEntries() * RunIndex.ENTRY_BYTES;
    mergePlan =
        MergePlan.of(
            account.leftBytes() - forIndexes,
            participants,
            inFiles.size(),
            memory.blockBytes(),
            fixedMergeBytes());
    if (mergePlan == null) {
      throw new BuildFailedException(
          "maintenanceWorkMem of "
              + account.limitBytes()
              + " bytes is too small to merge the runs: "
              + account.leftBytes()
              + " bytes are left and one thread needs "
              + (fixedMergeBytes() + 2L * memory.blockBytes()));
    }
    listener.event(
        runs.size()
            + " runs, "
            + inFiles.size()
            + " in files; "
            + mergePlan.threads()
            + " threads merge up to "
            + mergePlan.fanIn()
            + " files each");
    if (inFiles.size() > mergePlan.fanIn()) {
      groups = groups(inFiles, mergePlan.groupSize(inFiles.size()));
      passes++;
      firstFileOfPass = files.fileCount();
      return BuildPhase.COMBINE;
    }
    ranges =
        KeyRanges.cut(
            runs,
            RANGES_A_PARTICIPANT * participants,
            participants == 1 ? Long.MAX_VALUE : LEAST_RANGE_BYTES,
            account);
    return BuildPhase.LOAD;
  }

  /** What a merging thread draws beside its inputs, in any of the phases. */
  private long fixedMergeBytes() {
    long load = request.loaders().workBytes();
    long combine = RunStore.workBytes(memory.blockBytes());
    return MergeWorker.fixedBytes(memory.blockBytes(), keyLimit()) + Math.max(load, combine);
  }

  int keyLimit() {
    return request.maxKeyBytes() + KeyBatch.PREFIX_BYTES;
  }

  private static List<List<Run>> groups(List<Run> neighbours, int size) {
    List<List<Run>> groups = new ArrayList<>();
    for (int from = 0; from < neighbours.size(); from += size) {
      groups.add(List.copyOf(neighbours.subList(from, Math.min(from + size, neighbours.size()))));
    }
    return groups;
  }

  /** Takes a run that a participant made of a group. */
  synchronized void addCombined(Run run) {
    combined.add(run);
  }

  private synchronized void replaceCombinedRuns() {
    runs.removeIf(run -> !run.isInMemory());
    runs.addAll(combined);
    combined.clear();
    groups = List.of();
    for (int i = 0; i < firstFileOfPass; i++) {
      files.delete(i);
    }
  }

  MergePlan mergePlan() {
    return mergePlan;
  }

  List<List<Run>> groups() {
    return groups;
  }

  List<Run> runs() {
    return runs;
  }

  /** Ranges in key order. */
  List<Range> ranges() {
    return ranges;
  }

  int passes() {
    return passes;
  }

  long scanEndNanos() {
    return scanEndNanos;
  }

  /** Work of the present phase that is done. */
  long doneWork() {
    return phase == BuildPhase.SCAN ? stretches.takenBlocks() : mergedBytes.get();
  }

  /** Work of the present phase. */
  long totalWork() {
    return phase == BuildPhase.SCAN
        ? request.source().blockCount()
        : ranges.stream().mapToLong(Range::weightBytes).sum();
  }

  /** Gives everything back and deletes all files; called when no participant runs any more. */
  void close() {
    rings.forEach(RunRing::close);
    blocks.close();
    files.deleteAll();
  }
}
