package io.djinn.build;

import io.djinn.build.plan.BuildOptions;
import io.djinn.build.plan.MemoryPlan;
import io.djinn.build.plan.WorkerPlan;
import io.djinn.build.ring.RunRing;
import io.djinn.error.BuildFailedException;
import io.djinn.file.Agent;
import io.djinn.file.EngineThread;
import io.djinn.file.Env;
import io.djinn.memory.MemoryAccount;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The life cycle of one build: starts its threads, waits for them, and leaves nothing behind.
 *
 * <p>The first error wins and stops all participants. {@link #cancel} and an interrupt of the
 * thread in {@link #run} do the same; the interrupt is kept for the caller.
 */
public final class ParallelBuild {
  private final Env env;
  private final BuildRequest request;
  private final BuildListener listener;
  private final List<EngineThread> threads = new ArrayList<>();
  private final List<Participant> participants = new ArrayList<>();
  private volatile boolean cancelled;
  private volatile BuildState state;

  public ParallelBuild(Env env, BuildRequest request, BuildListener listener) {
    this.env = env;
    this.request = request;
    this.listener = listener;
  }

  /** Ends the build soon; {@link #run} then throws. Any thread may call it, at any time. */
  public void cancel() {
    cancelled = true;
    BuildState begun = state;
    if (begun != null) {
      begun.cancel();
    }
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
    BuildOptions options = request.options();
    WorkerPlan plan =
        WorkerPlan.of(
            options, request.source().sizeBytes(), Runtime.getRuntime().availableProcessors());
    MemoryAccount account =
        new MemoryAccount("maintenanceWorkMem", options.maintenanceWorkMem(), env.memory());
    listener.event("plan: " + plan.workers() + " workers, " + plan.reason());
    Throwable failure = null;
    try {
      prepare(account, startThreads(plan.workers() + 1));
      if (cancelled) {
        // A small table may be built before anybody looks again.
        state.cancel();
      }
      state.begin();
      threads.forEach(EngineThread::wake);
      waitForEnd();
      failure = state.failure();
    } catch (Throwable t) {
      failure = t;
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

  /** Starts as many threads as will start, one at least; they find nothing to do yet. */
  private List<StartedThread> startThreads(int wanted) {
    List<StartedThread> started = new ArrayList<>();
    for (int i = 0; i < wanted; i++) {
      StartedThread agent = new StartedThread();
      try {
        threads.add(env.start("build-" + i, agent));
      } catch (OutOfMemoryError | RuntimeException e) {
        if (i == 0) {
          throw e;
        }
        listener.event("asked " + wanted + " participants, started " + i + ": " + e.getMessage());
        break;
      }
      started.add(agent);
    }
    return started;
  }

  /** Divides the budget among the threads that did start. */
  private void prepare(MemoryAccount account, List<StartedThread> started) {
    MemoryPlan memory =
        MemoryPlan.of(
            account.limitBytes(),
            started.size(),
            RunRing.HANDLE_BYTES,
            request.maxKeyBytes(),
            request.source().sizeBytes(),
            block -> Participant.fixedBytes(block, request.keyLimits()));
    listener.event("memory: " + memory);
    state = new BuildState(env, request, listener, started.size(), account, memory);
    for (int i = 0; i < started.size(); i++) {
      participants.add(new Participant(state, i));
      participants.get(i).open();
    }
    for (int i = 0; i < started.size(); i++) {
      participants
          .get(i)
          .attach(threads.get(i), threads.get(0)::wake, () -> threads.forEach(EngineThread::wake));
      started.get(i).participant = participants.get(i);
    }
  }

  /**
   * Waits by looking from one participant to the next: where threads are simulated, waiting is what
   * lets them run.
   */
  private void waitForEnd() {
    boolean interrupted = false;
    while (!state.isOver()) {
      for (int i = 0; i < participants.size(); i++) {
        Participant participant = participants.get(i);
        long seen = participant.ticks();
        if (!participant.isIdle()) {
          threads.get(i).await(() -> participant.ticks() != seen || participant.isIdle());
        }
        listener.progress(state.phase(), state.doneWork(), state.totalWork());
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

  /** Ends the threads, gives everything back; returns the first failure, or null. */
  private Throwable close(Throwable cause) {
    Throwable failure = cause;
    List<Runnable> steps = new ArrayList<>();
    threads.forEach(thread -> steps.add(thread::close));
    participants.forEach(participant -> steps.add(participant::close));
    steps.add(request.loaders()::close);
    if (state != null) {
      steps.add(() -> deleteFiles(cause == null));
    }
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
      listener.event("left until the store is opened again: " + e.getMessage());
    }
  }

  private BuildReport report(WorkerPlan plan, MemoryAccount account, long start, long end) {
    List<ParticipantReport> reports = new ArrayList<>();
    participants.forEach(participant -> reports.add(participant.report(end - start)));
    return new BuildReport(
        plan.workers(),
        participants.size() - 1,
        plan.reason(),
        (end - start) / 1e9,
        (state.scanEndNanos() - start) / 1e9,
        (end - state.scanEndNanos()) / 1e9,
        state.ranges().size(),
        account.peakBytes(),
        account.limitBytes(),
        (double) state.activity.lonelyNanos(end) / Math.max(1, end - start),
        reports);
  }

  /** Stands in for a participant until the threads are counted and the budget is divided. */
  private static final class StartedThread implements Agent {
    private volatile Participant participant;

    @Override
    public boolean work() {
      Participant ready = participant;
      return ready != null && ready.work();
    }
  }
}
