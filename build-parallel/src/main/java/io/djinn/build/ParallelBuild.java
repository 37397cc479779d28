package io.djinn.build;

import io.djinn.api.BuildObserver;
import io.djinn.api.BuildWait;
import io.djinn.build.plan.BuildOptions;
import io.djinn.build.plan.MemoryPlan;
import io.djinn.build.plan.WorkerPlan;
import io.djinn.build.ring.RunRing;
import io.djinn.error.BuildFailedException;
import io.djinn.error.StoreClosedException;
import io.djinn.file.Agent;
import io.djinn.file.EngineThread;
import io.djinn.file.Env;
import io.djinn.file.Vfs;
import io.djinn.memory.MemoryAccount;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The life cycle of one build: starts its threads, waits for them, and leaves nothing behind.
 *
 * <p>The first error wins and stops all participants. {@link #cancel} and an interrupt of the
 * thread in {@link #run} do the same; the interrupt is kept for the caller.
 */
public final class ParallelBuild {
  /** A thread that has not come so long after it was asked to is not waited for, if others have. */
  private static final long START_NANOS = 1_000_000_000;

  private final Env env;
  private final Vfs tempFiles;
  private final BuildRequest request;
  private final BuildListener listener;
  private final ThreadClock clock;
  private final List<StartedThread> threads = new CopyOnWriteArrayList<>();
  private final List<Participant> participants = new CopyOnWriteArrayList<>();
  private final AtomicLong othersLogBytes = new AtomicLong();
  private int asked;
  private String whyFewer = "";

  /** Whether somebody has to look at the time: a thread has not come, or not begun to work. */
  private volatile boolean isLookingOut = true;

  private volatile boolean cancelled;
  private volatile BuildState state;

  /** Keeps temporary files in the environment's own directory. */
  public ParallelBuild(Env env, BuildRequest request, BuildListener listener) {
    this(env, env.vfs(), request, listener);
  }

  /**
   * @param tempFiles where temporary files are kept
   */
  public ParallelBuild(Env env, Vfs tempFiles, BuildRequest request, BuildListener listener) {
    this.env = env;
    this.tempFiles = tempFiles;
    this.request = request;
    this.listener = listener;
    clock = new ThreadClock(env);
  }

  /** Ends the build soon; {@link #run} then throws. Any thread may call it, at any time. */
  public void cancel() {
    cancelled = true;
    BuildState begun = state;
    if (begun != null) {
      begun.cancel();
    }
    signalAll();
  }

  /** How far the build is. Any thread may call it, at any time. */
  public BuildProgress progress() {
    BuildState begun = state;
    if (begun == null) {
      return BuildProgress.NONE;
    }
    long rows = 0;
    long runs = 0;
    long spilledBytes = 0;
    long pages = 0;
    for (Participant participant : participants) {
      Tally tally = participant.tally();
      rows += tally.rows();
      runs += tally.runs();
      spilledBytes += tally.spilledBytes();
      pages += tally.pages();
    }
    BuildState.Work work = begun.work();
    return new BuildProgress(
        work.phase(),
        begun.done(work),
        work.total(),
        begun.memberCount(),
        rows,
        runs,
        spilledBytes,
        pages,
        begun.account.usedBytes(),
        begun.elapsedNanos() / 1e9);
  }

  /** Takes what the calls of the build's threads cost in the engine. */
  public BuildObserver observer() {
    return new BuildObserver() {
      @Override
      public void beginWait(BuildWait cause) {
        Participant participant = present();
        if (participant != null) {
          participant.beginWait();
        }
      }

      @Override
      public void endWait(BuildWait cause) {
        Participant participant = present();
        if (participant != null) {
          participant.endWait(cause);
        }
      }

      @Override
      public void goesOn() {
        Participant participant = present();
        if (participant != null) {
          participant.tick();
        }
      }

      @Override
      public void logged(long bytes) {
        Participant participant = present();
        if (participant != null) {
          participant.tally().logged(bytes);
        } else {
          othersLogBytes.addAndGet(bytes);
        }
      }
    };
  }

  /** The participant whose unit of work the calling thread is in, or null. */
  private Participant present() {
    BuildState begun = state;
    return begun == null ? null : begun.present.get();
  }

  /**
   * Builds, once.
   *
   * @throws BuildFailedException with the first error as its cause; nothing is left behind
   */
  public BuildReport run() {
    if (state != null) {
      throw new IllegalStateException("a build runs once");
    }
    long start = env.nanoTime();
    clock.start();
    BuildOptions options = request.options();
    WorkerPlan plan = plan(options);
    MemoryAccount account =
        new MemoryAccount("maintenanceWorkMem", options.maintenanceWorkMem(), env.memory());
    listener.event(new BuildEvent.Planned(plan.workers(), plan.reason(), clock.times()));
    Throwable failure = null;
    try {
      requireBudget(account.limitBytes());
      asked = plan.workers() + 1;
      prepare(account, startThreads(asked), start);
      listener.event(new BuildEvent.Started(asked, participants.size(), whyFewer, clock.times()));
      if (cancelled) {
        // A small table may be built before anybody looks again.
        state.cancel();
      }
      state.begin();
      wakeAll();
      waitForEnd();
      failure = state.failure();
    } catch (Throwable t) {
      failure = t;
      if (state != null) {
        state.fail(t);
        Throwable first = state.failure();
        failure = first == null ? t : first;
      }
    }
    failure = close(failure);
    if (account.usedBytes() != 0) {
      IllegalStateException leak =
          new IllegalStateException(account.usedBytes() + " bytes of the budget were kept");
      if (failure == null) {
        failure = leak;
      } else {
        failure.addSuppressed(leak);
      }
    }
    if (failure != null) {
      throw new BuildFailedException(
          "build " + request.name() + " failed: " + failure.getMessage(), failure);
    }
    return report(plan, account, start, env.nanoTime());
  }

  private void requireBudget(long budgetBytes) {
    long least = BuildState.leastBudgetBytes(request);
    if (budgetBytes < least) {
      throw new IllegalArgumentException(
          "maintenanceWorkMem of "
              + budgetBytes
              + " bytes is below the least for pages that take keys of "
              + request.maxKeyBytes()
              + " bytes, "
              + least);
    }
  }

  private WorkerPlan plan(BuildOptions options) {
    return WorkerPlan.of(
        options,
        request.source().sizeBytes(),
        Runtime.getRuntime().availableProcessors(),
        request.columns().stream()
            .anyMatch(column -> column.operatorClass().isWorthParallelBuild()),
        () ->
            env.call(
                "build-sample",
                () ->
                    new RowSampler(env, request.source(), request.columns(), () -> cancelled)
                        .sample()));
  }

  /**
   * Starts as many threads as will start, and waits until they have come to work; one that failed
   * is gone without, and one that is late where another has come.
   */
  private List<StartedThread> startThreads(int wanted) {
    Throwable first = null;
    for (int i = 0; i < wanted; i++) {
      StartedThread started = new StartedThread();
      try {
        started.thread = env.start("build-" + i, started);
        threads.add(started);
      } catch (OutOfMemoryError | RuntimeException e) {
        first = first == null ? e : first;
        whyFewer = e.getMessage();
      }
    }
    long end = env.nanoTime() + START_NANOS;
    List<StartedThread> here = new ArrayList<>();
    for (StartedThread started : threads) {
      try {
        started.thread.await(
            () -> started.isHere || cancelled || env.nanoTime() - end >= 0 && isAnyHere());
      } catch (StoreClosedException e) {
        first = e;
      }
      if (started.isHere) {
        here.add(started);
      } else {
        whyFewer = "a thread ended, or was not seen within a second";
      }
    }
    if (here.isEmpty()) {
      if (cancelled) {
        throw new CancellationException("cancelled");
      }
      throw new BuildFailedException("no thread could be started", first);
    }
    return here;
  }

  private boolean isAnyHere() {
    return threads.stream().anyMatch(started -> started.isHere);
  }

  private void signalAll() {
    threads.forEach(started -> started.thread.signal());
  }

  private void wakeAll() {
    threads.forEach(started -> started.thread.wake());
  }

  /** Divides the budget among the threads that did start. */
  private void prepare(MemoryAccount account, List<StartedThread> started, long start) {
    MemoryPlan memory =
        MemoryPlan.of(
            account.limitBytes(),
            started.size(),
            RunRing.HANDLE_BYTES,
            request.maxKeyBytes(),
            request.source().sizeBytes(),
            block -> Participant.fixedBytes(block, request.keyLimits()));
    state =
        new BuildState(env, tempFiles, request, listener, started.size(), account, memory, start);
    for (int i = 0; i < started.size(); i++) {
      Participant participant = new Participant(state, i);
      participants.add(participant);
      participant.open();
    }
    for (Participant participant : participants) {
      StartedThread own = started.get(participant.number());
      participant.attach(
          own.thread, () -> started.get(state.leader()).thread.wake(), this::wakeAll);
      own.participant = participant;
    }
  }

  /**
   * Waits by looking from one participant to the next: where threads are simulated, waiting is what
   * lets them run.
   */
  private void waitForEnd() {
    boolean interrupted = false;
    long end = env.nanoTime() + START_NANOS;
    while (!state.isOver()) {
      isLookingOut = isLookingOut && participants.stream().anyMatch(this::isAwaited);
      for (Participant participant : participants) {
        if (state.rank(participant.number()) < 0) {
          continue;
        }
        long seen = participant.ticks();
        try {
          participant.await(
              () ->
                  participant.ticks() != seen || participant.isIdle() || isLate(participant, end));
          if (isLate(participant, end) && participant.tryGiveUp()) {
            goOnWithout(participant, "a thread did not begin within a second");
          }
        } catch (StoreClosedException e) {
          goOnWithout(participant, e);
        }
        listener.progress(progress());
        if (Thread.interrupted()) {
          interrupted = true;
          cancelled = true;
        }
        if (cancelled) {
          state.cancel();
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The thread of a participant has ended: one that has done nothing is not missed. */
  private void goOnWithout(Participant participant, StoreClosedException cause) {
    if (participant.hasBegun() || state.memberCount() == 1) {
      state.fail(
          new BuildFailedException(
              "the thread of participant " + participant.number() + " has ended", cause));
      return;
    }
    participant.tryGiveUp();
    goOnWithout(participant, "a thread ended before its first block");
  }

  private void goOnWithout(Participant participant, String why) {
    state.dismiss(participant.number());
    listener.event(new BuildEvent.Started(asked, state.memberCount(), why, clock.times()));
    wakeAll();
  }

  private boolean isAwaited(Participant participant) {
    return state.rank(participant.number()) >= 0 && !participant.hasBegun();
  }

  /** Whether a participant that should have begun has not, while another one has. */
  private boolean isLate(Participant participant, long endNanos) {
    return isLookingOut
        && isAwaited(participant)
        && env.nanoTime() - endNanos >= 0
        && participants.stream().anyMatch(Participant::hasBegun);
  }

  /**
   * Ends the threads, gives everything back; returns the first failure, or null. What failed while
   * the index was being made visible does not count where it has become so.
   */
  private Throwable close(Throwable cause) {
    List<Runnable> ends = new ArrayList<>();
    threads.forEach(started -> ends.add(started.thread::close));
    Throwable found = attempt(ends, cause);
    Throwable failure = found == cause && state != null && state.isComplete() ? null : found;
    List<Runnable> steps = new ArrayList<>();
    participants.forEach(participant -> steps.add(participant::close));
    steps.add(request.loaders()::close);
    if (state != null) {
      steps.add(() -> deleteFiles(failure == null));
    }
    return attempt(steps, failure);
  }

  /** Takes all steps; returns the first failure, or null. */
  private static Throwable attempt(List<Runnable> steps, Throwable cause) {
    Throwable failure = cause;
    for (Runnable step : steps) {
      try {
        step.run();
      } catch (Throwable t) {
        if (failure == null) {
          failure = t;
        } else if (t != failure) {
          failure.addSuppressed(t);
        }
      }
    }
    return failure;
  }

  /**
   * Gives memory and temporary files back. Where the index is there already a file that can not be
   * deleted is no failure of the build: the next opening of the store wipes it.
   */
  private void deleteFiles(boolean isBuilt) {
    try {
      env.call(
          "build-close",
          () -> {
            state.close();
            return null;
          });
    } catch (UncheckedIOException e) {
      if (!isBuilt) {
        throw e;
      }
      listener.event(new BuildEvent.Left(e.getMessage(), clock.times()));
    }
  }

  private BuildReport report(WorkerPlan plan, MemoryAccount account, long start, long end) {
    participants.get(state.leader()).tally().logged(othersLogBytes.get());
    List<ParticipantReport> reports = new ArrayList<>();
    for (Participant participant : participants) {
      if (state.rank(participant.number()) >= 0) {
        reports.add(participant.report(end - start));
      }
    }
    return new BuildReport(
        plan.workers(),
        reports.size() - 1,
        plan.reason(),
        (end - start) / 1e9,
        state.phaseSeconds(),
        state.ranges().ranges(),
        0,
        account.peakBytes(),
        account.limitBytes(),
        (double) state.activity.lonelyNanos(end) / Math.max(1, end - start),
        reports);
  }

  /** A thread, and the participant it works for as soon as the budget is divided. */
  private final class StartedThread implements Agent {
    /** Between two looks of a thread that may be waited for. */
    private static final long LOOK_NANOS = 1_000_000;

    private EngineThread thread;
    private volatile Participant participant;
    private volatile boolean isHere;

    @Override
    public boolean work() {
      Participant ready = participant;
      boolean hasWorked = ready != null && ready.work();
      isHere = true;
      if (!hasWorked && isLookingOut) {
        // Whoever waits for a thread that does not come has to look at the time.
        signalAll();
      }
      return hasWorked;
    }

    @Override
    public long idleNanos() {
      return isLookingOut ? LOOK_NANOS : 0;
    }
  }
}
