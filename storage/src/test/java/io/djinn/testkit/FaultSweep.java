package io.djinn.testkit;

import io.djinn.error.DjinnException;
import io.djinn.error.NoSpaceException;
import io.djinn.error.StoreSealedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Fails the n-th call of each kind under a workload, every way a disk fails, and examines what
 * follows: which error, whether the store is sealed, what it shows, and what is found by opening it
 * again on the same cache and on what a power cut leaves.
 */
public final class FaultSweep {
  private static final long MAP_CAPACITY_BYTES = 4L << 20;
  private static final int MOST_FAILURES = 5;
  private static final int MOST_RETRIES = 8;
  private static final int REST_STEPS = 2;

  /** How a call fails. */
  public enum Fault {
    EIO,
    ENOSPC,
    SHORT,
    KEPT_DIRTY(SyncFailure.KEPT_DIRTY),
    MARKED_CLEAN(SyncFailure.MARKED_CLEAN),
    REVERTED(SyncFailure.REVERTED),
    REPORTED_LATE(SyncFailure.REPORTED_LATE);

    private final SyncFailure flavour;

    Fault() {
      this(null);
    }

    Fault(SyncFailure flavour) {
      this.flavour = flavour;
    }
  }

  /** What the sweep must know of a kind of store. */
  public interface Subject<S> {
    boolean isSealed(S store);

    /** Tries to commit something. */
    void write(S store);
  }

  /**
   * One case.
   *
   * @param nth call of its kind, from 1
   * @param forEver whether all later calls of the kind fail too
   */
  public record Point(String workload, IoOp op, long nth, Fault fault, boolean forEver) {
    @Override
    public String toString() {
      return String.join(
          ":", workload, op.name(), Long.toString(nth), fault.name(), forEver ? "ever" : "once");
    }
  }

  private static final Map<IoOp, List<Fault>> FAULTS = new EnumMap<>(IoOp.class);

  static {
    List<Fault> syncs =
        List.of(
            Fault.ENOSPC,
            Fault.KEPT_DIRTY,
            Fault.MARKED_CLEAN,
            Fault.REVERTED,
            Fault.REPORTED_LATE);
    for (IoOp op : IoOp.values()) {
      FAULTS.put(
          op,
          switch (op) {
            case SYNC, SYNC_DIRECTORY -> syncs;
            case PWRITE -> List.of(Fault.EIO, Fault.ENOSPC, Fault.SHORT);
            case PREAD -> List.of(Fault.EIO, Fault.SHORT);
            case ALLOCATE, CREATE, CREATE_DIRECTORY, RENAME -> List.of(Fault.EIO, Fault.ENOSPC);
            default -> List.of(Fault.EIO);
          });
    }
  }

  private final String module;
  private final String testName;
  private final long seed;
  private final List<String> failures = new ArrayList<>();
  private final Map<IoOp, Long> counts = new EnumMap<>(IoOp.class);
  private final String onlyPoint = System.getProperty("djinn.fault", "");
  private long run;
  private long sealed;
  private long unsealed;
  private long opened;
  private long unpromised;
  private final long startNanos = System.nanoTime();

  /**
   * @param module the test lies in, and its class, for the command that repeats a case
   */
  public FaultSweep(String module, String testName, long seed) {
    this.module = module;
    this.testName = testName;
    this.seed = seed;
  }

  /** Every case of a workload, found by running it once without a fault. */
  private <S, T> List<Point> points(Workload<S, T> workload, boolean withOpening) throws Exception {
    Map<IoOp, Long> calls = new EnumMap<>(IoOp.class);
    Map<IoOp, Long> before = new EnumMap<>(IoOp.class);
    try (SimVfs vfs = new SimVfs(MAP_CAPACITY_BYTES)) {
      vfs.hook(call -> calls.merge(call.op(), 1L, Long::sum));
      Oracle<T> oracle = new Oracle<>(workload.initial(), 0);
      SimEnv env = new SimEnv(vfs, workloadSeed(workload));
      S store = workload.open(env);
      if (!withOpening) {
        before.putAll(calls);
      }
      List<Workload.Step<S, T>> steps = workload.steps();
      for (int step = 0; step < steps.size(); step++) {
        oracle.step(step);
        steps.get(step).run(store, oracle);
      }
      // As with a fault, for what closing writes depends on what was written before.
      env.runAgents();
      workload.read(store);
      workload.close(store);
    }
    List<Point> points = new ArrayList<>();
    calls.forEach(
        (op, count) -> {
          for (Fault fault : FAULTS.get(op)) {
            for (long nth = before.getOrDefault(op, 0L) + 1; nth <= count; nth++) {
              points.add(new Point(workload.name(), op, nth, fault, false));
              points.add(new Point(workload.name(), op, nth, fault, true));
            }
          }
        });
    return points;
  }

  /**
   * Runs a share of the cases of a workload: one of so many, by the seed.
   *
   * @param withOpening whether the calls that make a new store fail too; the same in each workload
   */
  public <S, T> void run(
      Workload<S, T> workload, Subject<S> subject, int oneOf, boolean withOpening)
      throws Exception {
    List<Point> points = points(workload, withOpening);
    for (int at = 0; at < points.size(); at++) {
      Point point = points.get(at);
      boolean isWanted =
          onlyPoint.isEmpty()
              ? at % oneOf == Math.floorMod(seed, oneOf)
              : onlyPoint.equals(point.toString());
      if (isWanted) {
        check(workload, subject, point);
      }
    }
  }

  private <S, T> void check(Workload<S, T> workload, Subject<S> subject, Point point) {
    try {
      new Case<>(workload, subject, point).run();
      run++;
      counts.merge(point.op(), 1L, Long::sum);
    } catch (Throwable t) {
      failures.add(describe(t, point));
      if (failures.size() >= MOST_FAILURES) {
        throw new AssertionError(
            "too many failures:\n" + String.join("\n", failures) + "\n" + summary(), t);
      }
    }
  }

  private String describe(Throwable t, Point point) {
    StringBuilder words = new StringBuilder();
    words
        .append(point)
        .append("\n  mvn -B -ntp -pl ")
        .append(module)
        .append(" -am test -Dsurefire.failIfNoSpecifiedTests=false -Dtest=")
        .append(testName)
        .append(" -Ddjinn.seed=")
        .append(seed)
        .append(" -Ddjinn.fault=")
        .append(point);
    for (Throwable cause = t; cause != null; cause = cause.getCause()) {
      words.append("\n  ").append(cause);
      StackTraceElement[] trace = cause.getStackTrace();
      for (int i = 0; i < Math.min(14, trace.length); i++) {
        words.append("\n      at ").append(trace[i]);
      }
    }
    return words.toString();
  }

  /** What went wrong, a case each; empty where nothing did. */
  public List<String> failures() {
    return failures;
  }

  /** Cases that were run, each unlike the others, with a fault that took place. */
  public long cases() {
    return run;
  }

  /** The figures on one line. */
  public String summary() {
    return String.format(
        "cases=%d sealed=%d went-on=%d not-opened=%d unpromised=%d by-call=%s failures=%d"
            + " seconds=%.1f seed=%d",
        run,
        sealed,
        unsealed,
        opened,
        unpromised,
        counts,
        failures.size(),
        (System.nanoTime() - startNanos) / 1e9,
        seed);
  }

  private long workloadSeed(Workload<?, ?> workload) {
    return SimDisk.mix(seed * 0x9E3779B97F4A7C15L + workload.name().hashCode());
  }

  /** Fails calls, and remembers which was the first. */
  private static final class Trigger implements IoHook {
    private final Point point;
    private final long partSeed;
    private final Oracle<?> oracle;
    private long seen;
    private boolean lifted;
    private IoCall first;
    private int acknowledgedBefore;

    Trigger(Point point, long partSeed, Oracle<?> oracle) {
      this.point = point;
      this.partSeed = partSeed;
      this.oracle = oracle;
    }

    @Override
    public void before(IoCall call) throws IOException {
      if (lifted || call.op() != point.op() || ++seen < point.nth()) {
        return;
      }
      if (seen > point.nth() && !point.forEver()) {
        return;
      }
      if (first == null) {
        first = call;
        acknowledgedBefore = oracle.acknowledged();
      }
      switch (point.fault()) {
        case EIO -> throw new IOException("Input/output error (simulated, " + call + ")");
        case ENOSPC -> throw new IOException("No space left on device (simulated, " + call + ")");
        case SHORT -> call.shorten((int) Math.max(1, call.lengthBytes() / 2));
        default -> call.failSync(point.fault().flavour, partSeed);
      }
    }
  }

  /** One fault in one run. */
  private final class Case<S, T> {
    private final Workload<S, T> workload;
    private final Subject<S> subject;
    private final Point point;
    private final List<Workload.Step<S, T>> steps;
    private final Oracle<T> oracle;
    private final SplittableRandom random;
    private final Trigger trigger;
    private final long mappedBefore = SimVfs.mappedBytes();

    Case(Workload<S, T> workload, Subject<S> subject, Point point) {
      this.workload = workload;
      this.subject = subject;
      this.point = point;
      steps = workload.steps();
      oracle = new Oracle<>(workload.initial(), 0);
      random = new SplittableRandom(workloadSeed(workload) ^ point.toString().hashCode());
      trigger = new Trigger(point, random.nextBoolean() ? 0 : random.nextLong() | 1, oracle);
    }

    void run() throws Exception {
      List<SimVfs> images = new ArrayList<>();
      SimVfs vfs = new SimVfs(MAP_CAPACITY_BYTES);
      try {
        vfs.hook(trigger);
        use(vfs);
        require(trigger.first != null, "the fault did not take place");
        vfs.hook(null);
        CrashMode[] modes = CrashMode.values();
        images.add(
            random.nextBoolean()
                ? vfs.crash(CrashMode.NONE, 0)
                : vfs.crash(modes[random.nextInt(modes.length)], random.nextLong()));
        vfs = vfs.reopen();
        openAgain(vfs, oracle.acknowledged(), true);
        for (SimVfs image : images) {
          openImage(image);
        }
      } finally {
        vfs.close();
        images.forEach(SimVfs::close);
      }
      require(SimVfs.mappedBytes() == mappedBefore, "a mapping was left");
    }

    private void use(SimVfs vfs) throws Exception {
      SimEnv env = new SimEnv(vfs, workloadSeed(workload));
      S store;
      try {
        store = workload.open(env);
      } catch (RuntimeException e) {
        requireTyped(e);
        require(env.threadNames().isEmpty(), "threads left: " + env.threadNames());
        opened++;
        return;
      }
      boolean isInOpen = trigger.first != null;
      try {
        int step = 0;
        int retries = 0;
        while (step < steps.size()) {
          oracle.step(step);
          int acknowledged = oracle.acknowledged();
          try {
            steps.get(step).run(store, oracle);
            step++;
            if (subject.isSealed(store)) {
              // A failure behind the step's back: it has waited for nothing that tells.
              oracle.acknowledge(acknowledged);
            }
          } catch (RuntimeException e) {
            requireTyped(e);
            if (subject.isSealed(store)) {
              break;
            }
            step = goOn(store, e);
            require(++retries <= MOST_RETRIES, "step " + step + " fails again and again");
          }
        }
        env.runAgents();
        boolean isSealed = subject.isSealed(store);
        if (trigger.first != null && !isInOpen) {
          requireSealedAsPromised(isSealed);
        }
        if (isSealed) {
          sealed++;
          examineSealed(vfs, store);
        } else {
          unsealed++;
          requireEqual(oracle.current(), workload.read(store), "at the end");
        }
      } finally {
        close(store);
      }
      require(env.threadNames().isEmpty(), "threads left: " + env.threadNames());
    }

    /**
     * After a failure that is not final: nothing has changed, and it works once the cause is gone.
     */
    private int goOn(S store, RuntimeException e) throws Exception {
      require(point.fault() != Fault.SHORT, "a short transfer is no failure: " + e);
      if (point.op() == IoOp.ALLOCATE) {
        require(contains(e, NoSpaceException.class), "no NoSpaceException: " + e);
      }
      trigger.lifted = true;
      int found = find(workload.read(store), oracle.acknowledged());
      oracle.withdrawBeyond(found);
      return oracle.stepOf(found) + 1;
    }

    private void close(S store) throws Exception {
      try {
        workload.close(store);
      } catch (RuntimeException e) {
        requireTyped(e);
      }
    }

    private void requireSealedAsPromised(boolean isSealed) {
      String name = trigger.first.name();
      Fault fault = point.fault();
      switch (point.op()) {
        case SYNC, SYNC_DIRECTORY ->
            require(isSealed || fault == Fault.REPORTED_LATE, "not sealed by " + trigger.first);
        case PWRITE -> {
          if (fault == Fault.SHORT) {
            require(!isSealed, "sealed by a short write: " + trigger.first);
          } else if (name.startsWith("wal/")) {
            require(isSealed, "not sealed by " + trigger.first);
          } else if (name.equals("pages") && !point.forEver()) {
            require(!isSealed, "sealed by one failed page write: " + trigger.first);
          }
        }
        case ALLOCATE, CREATE, PREAD, LIST, EXISTS, FREE_BYTES ->
            require(!isSealed, "sealed by " + trigger.first);
        default -> {}
      }
    }

    /** Nothing more is published or written, the first cause is repeated, and reads go on. */
    private void examineSealed(SimVfs vfs, S store) throws Exception {
      T state = workload.read(store);
      find(state, oracle.acknowledged());
      long operations = vfs.operations();
      Throwable first = null;
      for (int i = 0; i < 2; i++) {
        try {
          subject.write(store);
          throw new AssertionError("a sealed store took a commit");
        } catch (StoreSealedException e) {
          require(first == null || first == root(e), "another cause: " + e);
          first = root(e);
        }
      }
      requireEqual(state, workload.read(store), "after the failure");
      trigger.lifted = true;
      close(store);
      require(vfs.operations() == operations, "something was written after the failure");
    }

    private void openImage(SimVfs image) throws Exception {
      if (point.fault() != Fault.REPORTED_LATE) {
        openAgain(image, oracle.acknowledged(), false);
        return;
      }
      // The disk said it was durable: what followed until it told the truth stands on sand.
      try {
        openAgain(image, trigger.acknowledgedBefore, false);
      } catch (DjinnException | UncheckedIOException | AssertionError e) {
        unpromised++;
      }
    }

    private void openAgain(SimVfs vfs, int from, boolean isSameCache) throws Exception {
      S store = openInTheEnd(vfs);
      SimVfs cut = null;
      try {
        int found = find(workload.read(store), from);
        if (isSameCache && point.fault() == Fault.REPORTED_LATE) {
          // Another sync may still report what an earlier one failed to do.
          return;
        }
        Oracle<T> rest = new Oracle<>(oracle.state(found), oracle.stepOf(found) + 1);
        if (isSameCache) {
          // What opening showed it has made durable, whatever the cache pretended.
          cut = vfs.crash(CrashMode.NONE, 0);
        }
        int end = Math.min(steps.size(), rest.step() + REST_STEPS);
        for (int step = rest.step(); step < end; step++) {
          rest.step(step);
          steps.get(step).run(store, rest);
        }
        requireEqual(rest.current(), workload.read(store), "after the rest of the script");
        if (cut != null) {
          openCut(cut, rest.state(0));
        }
      } finally {
        if (cut != null) {
          cut.close();
        }
        close(store);
      }
    }

    /** Opens; an error of an earlier sync may have been kept for this process. */
    private S openInTheEnd(SimVfs vfs) throws Exception {
      for (int attempt = 1; ; attempt++) {
        try {
          return workload.open(new SimEnv(vfs, random.nextLong()));
        } catch (UncheckedIOException | DjinnException e) {
          if (point.fault() != Fault.REPORTED_LATE || attempt > MOST_RETRIES) {
            throw e;
          }
        }
      }
    }

    private void openCut(SimVfs cut, T expected) throws Exception {
      S store = workload.open(new SimEnv(cut, random.nextLong()));
      try {
        requireEqual(expected, workload.read(store), "after the power was cut behind opening");
      } finally {
        workload.close(store);
      }
    }

    private int find(T state, int from) {
      for (int index = oracle.last(); index >= 0; index--) {
        if (oracle.state(index).equals(state)) {
          require(
              index >= from,
              "found state " + index + ", permitted are " + from + " to " + oracle.last());
          return index;
        }
      }
      throw new AssertionError(
          "the state found is none of " + from + " to " + oracle.last() + ": " + state);
    }

    private void requireEqual(T expected, T found, String when) {
      require(expected.equals(found), "state " + when + ": " + found + "\n  expected " + expected);
    }

    private void requireTyped(RuntimeException e) {
      require(trigger.first != null, "failed before the fault: " + e, e);
      require(
          e instanceof DjinnException || e instanceof UncheckedIOException, "not typed: " + e, e);
    }
  }

  private static boolean contains(Throwable t, Class<?> type) {
    return t != null && (type.isInstance(t) || contains(t.getCause(), type));
  }

  private static Throwable root(Throwable t) {
    return t.getCause() == null ? t : root(t.getCause());
  }

  private static void require(boolean holds, String otherwise) {
    require(holds, otherwise, null);
  }

  private static void require(boolean holds, String otherwise, Throwable cause) {
    if (!holds) {
      throw new AssertionError(otherwise, cause);
    }
  }
}
