package io.djinn.build;

import io.djinn.api.BuildWait;
import io.djinn.build.accumulate.Accumulator;
import io.djinn.build.accumulate.KeyBatch;
import io.djinn.build.accumulate.KeyLimits;
import io.djinn.build.accumulate.KeyTable;
import io.djinn.build.merge.MergeTask;
import io.djinn.build.merge.MergeWorker;
import io.djinn.build.merge.RangeLoader;
import io.djinn.build.merge.RangeQueue;
import io.djinn.build.plan.MemoryPlan;
import io.djinn.build.ring.RunRing;
import io.djinn.build.run.RunStore;
import io.djinn.build.scan.Piece;
import io.djinn.build.work.BuildWork;
import io.djinn.build.work.MeteredSink;
import io.djinn.build.work.WorkMeter;
import io.djinn.file.Agent;
import io.djinn.file.EngineThread;
import io.djinn.sort.Run;
import io.djinn.sort.RunWriter;
import io.djinn.source.Row;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * One participant's share of a build, in units: a piece of blocks, a group of runs, a range.
 *
 * <p>The first one at work is the leader's: it also makes each next phase ready. No unit waits for
 * another participant, so the units of all may as well run one after the other in one thread.
 */
final class Participant implements Agent {
  private static final int ROWS_A_PULSE = 32;

  /** The caller looks for an interrupt and at the progress once in so long. */
  private static final long TICK_NANOS = 5_000_000;

  private final BuildState state;
  private final int number;
  private final RunStore store;
  private final RunRing ring;
  private final Tally tally;
  private final WorkMeter meter;
  private final ThreadClock clock;
  private final BuildColumn[] columns;
  private Runnable wakeLeader;
  private Runnable wakeAll;
  private volatile EngineThread thread;

  /** The phase it has no more work in; the next one may be of the same kind. */
  private volatile BuildState.Work finished;

  private volatile long ticks;

  /** Whether it found no task to load, while others still load theirs. */
  private volatile boolean isHungry;

  /** Set once: by its thread where it begins, or by the caller who goes on without it. */
  private final AtomicBoolean isDecided = new AtomicBoolean();

  private volatile boolean hasBegun;
  private long lastTickNanos;
  private Accumulator accumulator;
  private MergeWorker merger;
  private boolean mergerCombines;
  private int rowsUntilPulse = ROWS_A_PULSE;
  private long rows;
  private long pages;

  /** Since when it works, or waits. */
  private long sinceNanos;

  private long busyNanos;

  /** What it was at when it began to wait. */
  private BuildWork workBefore;

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
    ring = new RunRing(state.account, state.memory.ringBytes(), state.memory.blockBytes());
    state.rings.add(ring);
    tally = new Tally(store);
    meter = new WorkMeter(state.env::nanoTime);
    clock = new ThreadClock(state.env);
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
    BuildState.Work work = state.work();
    if (work.phase() == BuildPhase.START || state.isOver()) {
      return true;
    }
    if (isHungry && work.phase() == BuildPhase.LOAD) {
      return !state.ranges().hasNews();
    }
    return finished == work && !(number == state.leader() && state.isPhaseFinished());
  }

  /** Whether it has begun to work; what it has begun nobody else does. */
  boolean hasBegun() {
    return hasBegun;
  }

  int number() {
    return number;
  }

  Tally tally() {
    return tally;
  }

  /** What its thread, the calling one, has used. */
  ThreadTimes times() {
    return clock.times();
  }

  /** Its thread begins to wait in the engine. */
  void beginWait() {
    long now = state.env.nanoTime();
    state.activity.leave(now);
    workBefore = meter.turnTo(null, now);
    busyNanos += now - sinceNanos;
    sinceNanos = now;
  }

  /** Its thread has waited in the engine. */
  void endWait(BuildWait cause) {
    long now = state.env.nanoTime();
    state.activity.enter(now);
    meter.turnTo(workBefore, now);
    tally.waited(cause, now - sinceNanos);
    sinceNanos = now;
  }

  /** Waits for its thread; throws where that has ended. */
  void await(BooleanSupplier condition) {
    if (!condition.getAsBoolean()) {
      thread.await(condition);
    }
  }

  /** Changes now and then while it works. */
  long ticks() {
    return ticks;
  }

  @Override
  public boolean work() {
    if (thread == null || isIdle() || isGone()) {
      return false;
    }
    BuildPhase phase = state.phase();
    if (phase == BuildPhase.ENDED) {
      // Just now, by a failure that counts no more.
      return false;
    }
    Participant outer = state.present.get();
    state.present.set(this);
    sinceNanos = state.env.nanoTime();
    busyNanos = 0;
    long cpuStart = ThreadClock.cpuNanos();
    state.activity.enter(sinceNanos);
    meter.turnTo(firstWork(phase), sinceNanos);
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
      meter.turnTo(null, end);
      tally.worked(phase, busyNanos + end - sinceNanos, ThreadClock.cpuNanos() - cpuStart);
      if (outer == null) {
        state.present.remove();
      } else {
        state.present.set(outer);
      }
      thread.signal();
    }
    return true;
  }

  /** What a unit of a phase begins with. */
  private BuildWork firstWork(BuildPhase phase) {
    if (finished == state.work() || phase == BuildPhase.COMPLETE) {
      return BuildWork.LEAD;
    }
    return phase == BuildPhase.SCAN ? BuildWork.SCAN : BuildWork.MERGE;
  }

  private void step() {
    if (!hasBegun) {
      begin();
    }
    state.check();
    BuildState.Work work = state.work();
    BuildPhase phase = work.phase();
    if (finished == work) {
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
        if (number == state.leader()) {
          pages += state.complete();
          tally.loaded(pages);
        }
        more = false;
        break;
      default:
        throw new IllegalStateException("no work in phase " + phase);
    }
    if (!more) {
      closeMerger();
      if (phase == BuildPhase.COMPLETE) {
        end();
      }
      finished = work;
      state.finishPhase();
      wakeLeader.run();
    }
  }

  private void begin() {
    if (!isDecided.compareAndSet(false, true)) {
      // Too late: the others go on without it.
      throw new BuildCancelledException();
    }
    hasBegun = true;
    clock.start();
    MemoryPlan memory = state.memory;
    state.listener.event(
        new BuildEvent.Begun(
            number, memory.arenaBytes(), memory.blockBytes(), memory.ringBytes(), times()));
  }

  private void end() {
    state.listener.event(
        new BuildEvent.Ended(
            number, rows, tally.keys(), tally.tids(), store.runs(), pages, times()));
  }

  /** Looks for the end of the build, and lets the caller look around now and then. */
  private void pulse() {
    state.check();
    tick();
  }

  /** Lets the caller look around now and then; called by its own thread. */
  void tick() {
    long now = state.env.nanoTime();
    if (now - lastTickNanos >= TICK_NANOS) {
      lastTickNanos = now;
      ticks++;
      thread.signal();
    }
  }

  private boolean scan() {
    Piece piece = state.stretches.next(number);
    tally.rows(rows);
    if (piece == null) {
      accumulator.cut();
      giveArenaBack();
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
            this::spill,
            meter);
  }

  private void spill(KeyTable table) {
    int next = store.runs();
    long bytes = table.rawBytes();
    BuildWork before = meter.turnTo(BuildWork.SORT);
    Run run =
        store.write(
            table,
            keys -> {
              meter.turnTo(BuildWork.SPILL);
              state.listener.event(new BuildEvent.Sorted(number, next, keys, bytes, times()));
            });
    meter.turnTo(before);
    tellWritten(run);
    ring.put(run);
    state.listener.event(new BuildEvent.HandedOver(number, next, ring.stalls(), times()));
  }

  private void tellWritten(Run run) {
    state.listener.event(
        new BuildEvent.Written(
            number,
            run.number(),
            run.keys(),
            run.tids(),
            run.rawBytes(),
            run.storedBytes(),
            run.isInMemory(),
            times()));
  }

  private boolean row(long tid, Row row) {
    accumulator.beginRow(tid);
    if (--rowsUntilPulse == 0) {
      rowsUntilPulse = ROWS_A_PULSE;
      tally.rows(rows);
      pulse();
      long begun = meter.beginSample(BuildWork.EXTRACT);
      extract(tid, row);
      meter.endSample(begun, ROWS_A_PULSE, BuildWork.SCAN);
    } else {
      extract(tid, row);
    }
    accumulator.endRow();
    rows++;
    return true;
  }

  private void extract(long tid, Row row) {
    KeyBatch batch = accumulator.batch();
    for (int i = 0; i < columns.length; i++) {
      batch.begin(tid, i);
      row.extract(columns[i].path(), columns[i].operatorClass(), batch);
    }
  }

  private boolean combine() {
    if (state.rank(number) >= state.mergePlan().threads()) {
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
    merger.merge(group, new MeteredSink(writer, meter, BuildWork.SPILL, BuildWork.MERGE));
    Run run = store.finish(writer);
    state.addCombined(run);
    state.merged(bytes);
    state.listener.event(
        new BuildEvent.MergeStep(
            number,
            BuildPhase.COMBINE,
            task,
            group.size(),
            bytes,
            run.keys(),
            run.tids(),
            times()));
    tellWritten(run);
    return true;
  }

  private boolean load() {
    if (state.rank(number) >= state.mergePlan().threads()) {
      return false;
    }
    RangeQueue tasks = state.ranges();
    MergeTask task = tasks.take(isHungry, wakeAll);
    if (task == null) {
      isHungry = !tasks.isOver();
      return isHungry;
    }
    isHungry = false;
    if (merger == null) {
      openMerger();
    }
    int range = task.range().number();
    try (RangeLoader loader =
        task.range().isOneKey()
            ? state.request.loaders().openPart(range, task.part(), state.account)
            : state.request.loaders().open(range, state.account)) {
      long keys = merger.keys();
      long tids = merger.tids();
      merger.merge(
          state.runs(), task, new MeteredSink(loader, meter, BuildWork.LOAD, BuildWork.MERGE));
      state.listener.event(
          new BuildEvent.MergeStep(
              number,
              BuildPhase.LOAD,
              range,
              state.runs().size(),
              task.weightBytes(),
              merger.keys() - keys,
              merger.tids() - tids,
              times()));
      meter.turnTo(BuildWork.LOAD);
      loader.finish();
      pages += loader.pages();
      tally.loaded(pages);
      state.listener.event(new BuildEvent.Loaded(number, range, loader.pages(), times()));
    }
    state.merged(task.weightBytes());
    tasks.done();
    if (tasks.isOver()) {
      wakeAll.run();
    }
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
      tally.merged(merger.keys(), merger.tids());
    }
    merger.close();
    merger = null;
  }

  /** What it did, once the build has ended. */
  ParticipantReport report(long wallNanos) {
    RingReport handedOver = new RingReport(ring.runs(), ring.blocks(), ring.bytes(), ring.stalls());
    return tally.report(number, handedOver, meter, wallNanos);
  }

  /** Whether the others go on without it. */
  private boolean isGone() {
    return isDecided.get() && !hasBegun;
  }

  /** Gives what it drew for the scan back and never begins; false where it has begun. */
  boolean tryGiveUp() {
    if (!isDecided.compareAndSet(false, true)) {
      return false;
    }
    giveArenaBack();
    store.closeBuffers();
    return true;
  }

  private void giveArenaBack() {
    state.blocks.givesBack(state.memory.arenaBytes());
    accumulator.close();
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
