package io.djinn.build;

import io.djinn.build.accumulate.KeyBatch;
import io.djinn.build.merge.KeyRanges;
import io.djinn.build.merge.KeySamples;
import io.djinn.build.merge.MergeWorker;
import io.djinn.build.merge.RangeQueue;
import io.djinn.build.plan.BuildOptions;
import io.djinn.build.plan.MemoryPlan;
import io.djinn.build.plan.MergePlan;
import io.djinn.build.ring.RunRing;
import io.djinn.build.run.RunStore;
import io.djinn.build.run.SpillFiles;
import io.djinn.build.scan.Stretches;
import io.djinn.error.BuildFailedException;
import io.djinn.file.Env;
import io.djinn.file.Vfs;
import io.djinn.memory.MemoryAccount;
import io.djinn.sort.MemoryBlocks;
import io.djinn.sort.Run;
import io.djinn.sort.RunIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

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

  /** Share of what merging takes that the indexes of runs have beside it, in the least budget. */
  private static final int INDEX_SHARE = 16;

  private static final int KIB = 1 << 10;

  /** In place of a failure: the index is being made visible. */
  private static final Throwable COMPLETING = new Throwable("completing", null, false, false) {};

  /** In place of a failure: the index is visible. */
  private static final Throwable COMPLETE = new Throwable("complete", null, false, false) {};

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

  /** Whose unit of work the calling thread is in. */
  final ThreadLocal<Participant> present = new ThreadLocal<>();

  final AtomicInteger nextTask = new AtomicInteger();
  private final long startNanos;
  private final AtomicInteger finished = new AtomicInteger();
  private final EnumMap<BuildPhase, Long> phaseNanos = new EnumMap<>(BuildPhase.class);
  private long phaseStartNanos;

  /** Numbers of the participants at work, the leader's first. */
  private volatile int[] members;

  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final List<Run> runs = new ArrayList<>();
  private final List<Run> combined = new ArrayList<>();
  private volatile Work work = new Work(BuildPhase.START, 0, new AtomicLong());
  private MergePlan mergePlan;
  private List<List<Run>> groups = List.of();
  private RangeQueue ranges;
  private int passes;
  private int firstFileOfPass;

  /**
   * The present phase.
   *
   * @param total of its work: blocks to scan, or bytes to merge
   * @param merged bytes so far
   */
  record Work(BuildPhase phase, long total, AtomicLong merged) {}

  BuildState(
      Env env,
      Vfs tempFiles,
      BuildRequest request,
      BuildListener listener,
      int participants,
      MemoryAccount account,
      MemoryPlan memory,
      long startNanos) {
    this.startNanos = startNanos;
    this.env = env;
    this.request = request;
    this.listener = listener;
    this.participants = participants;
    this.account = account;
    this.memory = memory;
    BuildOptions options = request.options();
    blocks =
        new MemoryBlocks(
            account,
            memory.blockBytes(),
            memory.reserveBytes(),
            leastMergeBytes(request, memory.blockBytes()),
            participants * memory.arenaBytes());
    files = new SpillFiles(tempFiles, request.name(), options.tempFileLimit());
    stretches = new Stretches(request.source().blockCount(), participants);
    activity = new ActivityMeter(startNanos);
    phaseStartNanos = startNanos;
    members = IntStream.range(0, participants).toArray();
  }

  BuildPhase phase() {
    return work.phase();
  }

  Work work() {
    return work;
  }

  /** How much of a phase's work is done. */
  long done(Work of) {
    return of.phase() == BuildPhase.SCAN ? stretches.takenBlocks() : of.merged().get();
  }

  /** Counts bytes that were merged in the present phase. */
  void merged(long bytes) {
    work.merged().addAndGet(bytes);
  }

  /** Since the build began. */
  long elapsedNanos() {
    return env.nanoTime() - startNanos;
  }

  void begin() {
    endPhase();
    work = new Work(BuildPhase.SCAN, request.source().blockCount(), new AtomicLong());
  }

  private void endPhase() {
    long now = env.nanoTime();
    phaseNanos.merge(phase(), now - phaseStartNanos, Long::sum);
    phaseStartNanos = now;
  }

  /** Time of each phase that has ended, by the clock. */
  Map<BuildPhase, Double> phaseSeconds() {
    Map<BuildPhase, Double> seconds = new EnumMap<>(BuildPhase.class);
    phaseNanos.forEach((ended, nanos) -> seconds.put(ended, nanos / 1e9));
    return seconds;
  }

  /** Number of the participant that makes each next phase ready. */
  int leader() {
    return members[0];
  }

  /** How many participants are at work. */
  int memberCount() {
    return members.length;
  }

  /** The place of a participant among those at work. */
  int rank(int participant) {
    return Arrays.binarySearch(members, participant);
  }

  /** Goes on without a participant that has done nothing and never will; one must be left. */
  void dismiss(int participant) {
    members = IntStream.of(members).filter(member -> member != participant).toArray();
  }

  /**
   * The first error wins; later ones are kept beside it. None counts any more once the index is
   * there.
   */
  void fail(Throwable cause) {
    request.loaders().stop();
    if (failure.compareAndSet(null, cause) || failure.compareAndSet(COMPLETING, cause)) {
      return;
    }
    if (failure.get() == COMPLETE) {
      work = new Work(BuildPhase.ENDED, 0, new AtomicLong());
    } else if (cause != failure.get() && !(cause instanceof BuildCancelledException)) {
      failure.get().addSuppressed(cause);
    }
  }

  /** Fails, if nothing else has failed; an index that is being made visible may become so. */
  void cancel() {
    failure.compareAndSet(null, new CancellationException("cancelled"));
    request.loaders().stop();
  }

  /**
   * Makes the index visible, or fails where that is stopped before.
   *
   * @return pages written above what was loaded
   */
  long complete() {
    if (!failure.compareAndSet(null, COMPLETING)) {
      throw new BuildCancelledException();
    }
    request.loaders().complete(ranges.inKeyOrder(), account);
    if (!failure.compareAndSet(COMPLETING, COMPLETE)) {
      // What failed meanwhile counts no more; the build is over from then on all the time.
      work = new Work(BuildPhase.ENDED, 0, new AtomicLong());
      failure.set(COMPLETE);
    }
    return request.loaders().upperPages();
  }

  /** Whether the index is visible: nothing that fails changes that. */
  boolean isComplete() {
    return failure.get() == COMPLETE;
  }

  Throwable failure() {
    Throwable found = failure.get();
    return found == COMPLETING || found == COMPLETE ? null : found;
  }

  boolean isOver() {
    return phase() == BuildPhase.ENDED || failure() != null;
  }

  /** Throws where the build has failed or was cancelled. */
  void check() {
    if (failure() != null) {
      throw new BuildCancelledException();
    }
  }

  /** A participant has no more work in the present phase. */
  void finishPhase() {
    finished.incrementAndGet();
  }

  boolean isPhaseFinished() {
    return finished.get() == members.length;
  }

  /** Makes the next phase ready; called by the leader when the present one is finished. */
  void advance() {
    BuildPhase next;
    switch (phase()) {
      case SCAN:
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
        ranges.close();
        next = BuildPhase.COMPLETE;
        break;
      default:
        next = BuildPhase.ENDED;
        break;
    }
    endPhase();
    finished.set(0);
    nextTask.set(0);
    listener.event(new BuildEvent.PhaseBegun(leader(), next, times()));
    work = new Work(next, totalWork(next), new AtomicLong());
  }

  private ThreadTimes times() {
    return present.get().times();
  }

  /** Combines runs first where there are too many to merge at once, else cuts the key space. */
  private BuildPhase afterRuns() {
    runs.sort(
        Comparator.comparingLong(Run::base)
            .thenComparingInt(Run::participant)
            .thenComparingInt(Run::number));
    List<Run> inFiles = new ArrayList<>(runs);
    inFiles.removeIf(Run::isInMemory);
    long fixedBytes =
        fixedMergeBytes(request.loaders().workBytes(), request, memory.blockBytes())
            + MergeWorker.keyBytes(runs.stream().filter(Run::isInMemory).toList());
    int inputBytes =
        memory.blockBytes() + inFiles.stream().mapToInt(Run::longestKey).max().orElse(0);
    long forIndexes = (inFiles.size() + 1L) / 2 * memory.indexEntries() * RunIndex.ENTRY_BYTES;
    mergePlan =
        MergePlan.of(
            account.leftBytes() - forIndexes - KeySamples.workBytes(runs),
            members.length,
            inFiles.size(),
            inputBytes,
            fixedBytes);
    if (mergePlan == null) {
      throw new BuildFailedException(
          "maintenanceWorkMem of "
              + account.limitBytes()
              + " bytes is too small to merge the runs: "
              + account.leftBytes()
              + " bytes are left and one thread needs "
              + (fixedBytes + (long) MergePlan.LEAST_FAN_IN * inputBytes));
    }
    if (inFiles.size() > mergePlan.fanIn()) {
      groups = groups(inFiles, mergePlan.groupSize(inFiles.size()));
      passes++;
      firstFileOfPass = files.fileCount();
      tellPlan(inFiles.size(), groups.size());
      return BuildPhase.COMBINE;
    }
    ranges =
        KeyRanges.cut(
            runs,
            RANGES_A_PARTICIPANT * members.length,
            members.length == 1 ? Long.MAX_VALUE : LEAST_RANGE_BYTES,
            account);
    tellPlan(inFiles.size(), ranges.tasks());
    return BuildPhase.LOAD;
  }

  private void tellPlan(int inFiles, int tasks) {
    listener.event(
        new BuildEvent.MergePlanned(
            leader(),
            runs.size(),
            inFiles,
            tasks,
            mergePlan.threads(),
            mergePlan.fanIn(),
            times()));
  }

  /** What a merging thread draws beside its inputs, in any of the phases. */
  private static long fixedMergeBytes(long loadBytes, BuildRequest request, int blockBytes) {
    return MergeWorker.fixedBytes(blockBytes, keyLimit(request))
        + Math.max(loadBytes, RunStore.workBytes(blockBytes));
  }

  /** What one thread draws that merges the fewest runs, with the longest keys. */
  static long leastMergeBytes(BuildRequest request, int blockBytes) {
    return fixedMergeBytes(request.loaders().leastWorkBytes(), request, blockBytes)
        + (long) MergePlan.LEAST_FAN_IN * (blockBytes + keyLimit(request));
  }

  /** The least budget of a build: what it can not merge runs with is refused before it scans. */
  static long leastBudgetBytes(BuildRequest request) {
    int blockBytes = MemoryPlan.leastBlockBytes(request.maxKeyBytes());
    long bytes = leastMergeBytes(request, blockBytes);
    return (bytes + bytes / INDEX_SHARE + KIB) / KIB * KIB;
  }

  int keyLimit() {
    return keyLimit(request);
  }

  private static int keyLimit(BuildRequest request) {
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

  /** The tasks of the load, once it begins. */
  RangeQueue ranges() {
    return ranges;
  }

  int passes() {
    return passes;
  }

  private long totalWork(BuildPhase of) {
    switch (of) {
      case COMBINE:
        return groups.stream().flatMap(List::stream).mapToLong(Run::rawBytes).sum();
      case LOAD:
        return ranges.totalBytes();
      default:
        return 0;
    }
  }

  /** Gives everything back and deletes all files; called when no participant runs any more. */
  void close() {
    if (ranges != null) {
      ranges.close();
    }
    rings.forEach(RunRing::close);
    blocks.close();
    files.deleteAll();
  }
}
