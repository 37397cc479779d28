package io.djinn.build;

import io.djinn.build.accumulate.Accumulator;
import io.djinn.build.accumulate.KeyBatch;
import io.djinn.build.accumulate.KeyLimits;
import io.djinn.build.merge.KeyRanges.Range;
import io.djinn.build.merge.MergeWorker;
import io.djinn.build.merge.RangeLoader;
import io.djinn.build.ring.RunRing;
import io.djinn.build.run.RunStore;
import io.djinn.build.scan.Piece;
import io.djinn.file.Agent;
import io.djinn.file.EngineThread;
import io.djinn.sort.Run;
import io.djinn.sort.RunWriter;
import io.djinn.source.Row;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One participant's share of a build, in units: a piece of blocks, a group of runs, a range.
 *
 * <p>Participant 0 is the leader's: it also makes each next phase ready. No unit waits for another
 * participant, so the units of all may as well run one after the other in one thread.
 */
final class Participant implements Agent {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int LEADER = 0;
  private static final int ROWS_A_PULSE = 32;

  /** The caller looks for an interrupt and at the progress once in so long. */
  private static final long TICK_NANOS = 5_000_000;

  private final BuildState state;
  private final int number;
  private final RunStore store;
  private final RunRing ring;
  private final BuildColumn[] columns;
  private Runnable wakeLeader;
  private Runnable wakeAll;
  private volatile EngineThread thread;
  private volatile BuildPhase finishedPhase = BuildPhase.START;
  private volatile long ticks;
  private long lastTickNanos;
  private Accumulator accumulator;
  private MergeWorker merger;
  private boolean mergerCombines;
  private List<Range> order;
  private int rowsUntilPulse = ROWS_A_PULSE;
  private long rows;
  private long pages;
  private long mergedKeys;
  private long mergedTids;
  private long cpuNanos;
  private long busyNanos;

  Participant(BuildState state, int number) {
    this.state = state;
    this.number = number;
    columns = state.request.columns().toArray(BuildColumn[]::new);
    store =
        new RunStore(
            number,
            state.account,
            state.blocks,
            state.files,
            state.memory.blockBytes(),
            state.memory.indexEntries(),
            this::pulse);
    ring = new RunRing(state.account, state.memory.ringBytes());
    state.rings.add(ring);
  }

  /** Bytes a participant draws while it scans, beside its arena and its ring. */
  static long fixedBytes(int blockBytes, KeyLimits limits) {
    return RunStore.workBytes(blockBytes) + KeyBatch.workBytes(limits) + RunRing.workBytes(0) + 64;
  }

  /** Lets the participant work; before, it finds the build not begun. */
  void attach(EngineThread ownThread, Runnable wakesLeader, Runnable wakesAll) {
    wakeLeader = wakesLeader;
    wakeAll = wakesAll;
    thread = ownThread;
  }

  /** Whether it has nothing to do until the phase changes, or for ever. */
  boolean isIdle() {
    BuildPhase phase = state.phase();
    if (phase == BuildPhase.START || state.isOver()) {
      return true;
    }
    return finishedPhase == phase && !(number == LEADER && state.isPhaseFinished());
  }

  /** Changes now and then while it works. */
  long ticks() {
    return ticks;
  }

  @Override
  public boolean work() {
    if (thread == null || isIdle()) {
      return false;
    }
    long start = state.env.nanoTime();
    long cpuStart = THREADS.getCurrentThreadCpuTime();
    state.activity.enter(start);
    try {
      step();
      pulse();
    } catch (BuildCancelledException e) {
      wakeAll.run();
    } catch (Throwable t) {
      state.fail(t);
      wakeAll.run();
    } finally {
      long end = state.env.nanoTime();
      state.activity.leave(end);
      busyNanos += end - start;
      cpuNanos += THREADS.getCurrentThreadCpuTime() - cpuStart;
      thread.signal();
    }
    return true;
  }

  private void step() {
    state.check();
    BuildPhase phase = state.phase();
    if (finishedPhase == phase) {
      state.advance();
      wakeAll.run();
      return;
    }
    boolean more;
    switch (phase) {
      case SCAN:
        more = scan();
        break;
      case COMBINE:
        more = combine();
        break;
      case LOAD:
        more = load();
        break;
      case COMPLETE:
        if (number == LEADER) {
          state.request.loaders().complete(state.ranges().size(), state.account);
        }
        more = false;
        break;
      default:
        throw new IllegalStateException("no work in phase " + phase);
    }
    if (!more) {
      closeMerger();
      finishedPhase = phase;
      state.finishPhase();
      wakeLeader.run();
    }
  }

  /** Looks for the end of the build, and lets the caller look around now and then. */
  private void pulse() {
    state.check();
    long now = state.env.nanoTime();
    if (now - lastTickNanos >= TICK_NANOS) {
      lastTickNanos = now;
      ticks++;
      thread.signal();
    }
  }

  private boolean scan() {
    Piece piece = state.stretches.next(number);
    if (piece == null) {
      accumulator.cut();
      accumulator.close();
      store.closeBuffers();
      return false;
    }
    if (piece.startsRun()) {
      accumulator.beginPart();
    }
    state.request.source().scan(piece.fromBlock(), piece.toBlock(), this::row);
    return true;
  }

  /** Draws what the scan needs, of all participants before any of them begins. */
  void open() {
    store.open();
    accumulator =
        new Accumulator(
            state.account,
            state.request.keyLimits(),
            state.memory.arenaBytes(),
            table -> {
              Run run = store.write(table);
              ring.put(run);
              state.listener.event(
                  "run "
                      + run.participant()
                      + "-"
                      + run.number()
                      + ": "
                      + run.keys()
                      + " keys, "
                      + run.tids()
                      + " TIDs, "
                      + run.storedBytes()
                      + (run.isInMemory() ? " bytes in memory" : " bytes in a file"));
            });
  }

  private boolean row(long tid, Row row) {
    if (--rowsUntilPulse == 0) {
      rowsUntilPulse = ROWS_A_PULSE;
      pulse();
    }
    accumulator.beginRow(tid);
    KeyBatch batch = accumulator.batch();
    for (int i = 0; i < columns.length; i++) {
      batch.begin(tid, i);
      row.extract(columns[i].path(), columns[i].operatorClass(), batch);
    }
    accumulator.endRow();
    rows++;
    return true;
  }

  private boolean combine() {
    if (number >= state.mergePlan().threads()) {
      return false;
    }
    int task = state.nextTask.getAndIncrement();
    if (task >= state.groups().size()) {
      return false;
    }
    List<Run> group = state.groups().get(task);
    if (merger == null) {
      openMerger();
      store.open();
      store.startNewFile();
      mergerCombines = true;
    }
    long base = group.stream().mapToLong(Run::base).min().orElseThrow();
    long bytes = group.stream().mapToLong(Run::rawBytes).sum();
    RunWriter writer = store.begin(base, bytes);
    merger.merge(group, writer);
    state.addCombined(store.finish(writer));
    return true;
  }

  private boolean load() {
    if (number >= state.mergePlan().threads()) {
      return false;
    }
    if (order == null) {
      order = new ArrayList<>(state.ranges());
      order.sort(Comparator.comparingLong(Range::weightBytes).reversed());
    }
    int task = state.nextTask.getAndIncrement();
    if (task >= order.size()) {
      return false;
    }
    if (merger == null) {
      openMerger();
    }
    Range range = order.get(task);
    try (RangeLoader loader = state.request.loaders().open(range.number(), state.account)) {
      merger.merge(state.runs(), range, loader);
      loader.finish();
      pages += loader.pages();
    }
    state.mergedBytes.addAndGet(range.weightBytes());
    return true;
  }

  private void openMerger() {
    merger =
        new MergeWorker(
            state.account,
            state.files,
            state.memory.blockBytes(),
            state.mergePlan().fanIn(),
            state.keyLimit(),
            this::pulse);
  }

  private void closeMerger() {
    if (merger == null) {
      return;
    }
    if (mergerCombines) {
      store.closeBuffers();
      mergerCombines = false;
    } else {
      mergedKeys = merger.keys();
      mergedTids = merger.tids();
    }
    merger.close();
    merger = null;
  }

  /** What it did, once the build has ended. */
  ParticipantReport report(long wallNanos) {
    return new ParticipantReport(
        rows,
        mergedKeys,
        mergedTids,
        store.runs(),
        store.rawBytes(),
        store.storedBytes(),
        store.spilledBytes(),
        pages,
        cpuNanos / 1e9,
        Math.max(0, wallNanos - busyNanos) / 1e9);
  }

  /** Gives everything back, after its thread has ended. */
  void close() {
    if (accumulator != null) {
      accumulator.close();
    }
    if (merger != null) {
      merger.close();
    }
    store.close();
    ring.close();
  }
}
