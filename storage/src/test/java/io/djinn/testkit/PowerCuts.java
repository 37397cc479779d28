package io.djinn.testkit;

import io.djinn.testkit.CrashCase.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.agrona.collections.LongHashSet;

/**
 * Cuts the power before every operation of a workload and holds what is found after reopening
 * against an oracle.
 *
 * <p>A workload is run once on a simulated disk. Before each operation that changes files, images
 * are taken of what a power cut would leave at this moment, in every {@link CrashMode} and with
 * several seeds. Each is opened: it must hold the state after a prefix of the commits that has
 * every acknowledged one in it. From there the rest of the script must run to its end, and so must
 * closing and opening once more. While an image is opened the power is cut in turn, and again while
 * that one is opened, three deep: each must come to the same state as the uninterrupted opening.
 *
 * <p>Besides, the process is killed at positions of the workload, which loses nothing that the
 * operating system was given, and the power is cut while the next process opens the store.
 *
 * <p>Images with the same contents and the same permitted states are checked once. A failure names
 * the command that repeats it: a {@link CrashCase} picks one case.
 *
 * <p>Workloads know nothing of each other, so some run at a time; each has random numbers of its
 * own, and what is reported is in the order in which they were added.
 *
 * <p>Of the {@linkplain #events() events} those count that the run of a workload itself went
 * through and those of the rests of scripts that ran on recovered stores, never those of opening a
 * store or of runs that only lead to a kill.
 */
public class PowerCuts {
  private static final long MAP_CAPACITY_BYTES = 4L << 20;
  private static final int MOST_NESTED = 4;

  /** Recoveries after one crash during which the power is cut. */
  static final int DEEPEST = 3;

  private static final int MOST_FAILURES = 5;
  private static final int MOST_THREADS = 2;

  /**
   * How much is tried.
   *
   * @param imagesPerMode images of each mode at each position
   * @param restSteps most steps run on after a recovery
   * @param cutShare share of the operations of an opening before which the power is cut
   */
  public record Effort(int imagesPerMode, int restSteps, double cutShare) {}

  /** Damage done to an image before it is opened. */
  public interface Damage {
    /** Damages it; false where this image has nothing that may be damaged. */
    boolean apply(SimVfs image) throws Exception;
  }

  /** One workload with one kind of crash. */
  private interface Job extends Callable<Tally> {}

  /** What one job counted. */
  private static final class Tally {
    final LongHashSet distinct = new LongHashSet();
    final LongHashSet checked = new LongHashSet();
    final LongHashSet cuts = new LongHashSet();
    final long[] cutsAtDepth = new long[DEEPEST + 1];
    final long[] ofMode = new long[CrashMode.values().length];
    final EventCounts events = new EventCounts();
    final List<String> failures = new ArrayList<>();
    long positions;
    long kills;
    long images;
    long allCuts;
    long shortened;
  }

  private final String module;
  private final String testName;
  private final long seed;
  private final Effort effort;
  private final CrashCase only;

  private final List<Job> jobs = new ArrayList<>();
  private final List<Tally> tallies = new ArrayList<>();
  private long nanos;

  /**
   * @param module of Maven, for the command that repeats a failure
   * @param testName class of the test, for the same
   * @param only what is tried of it all
   */
  public PowerCuts(String module, String testName, long seed, Effort effort, CrashCase only) {
    this.module = module;
    this.testName = testName;
    this.seed = seed;
    this.effort = effort;
    this.only = only;
  }

  /** The environment each store is opened in. */
  protected SimEnv env(SimVfs vfs, long envSeed) {
    return new SimEnv(vfs, envSeed);
  }

  /** Adds a workload whose power is cut. */
  public <S, T> void cut(Workload<S, T> workload) {
    if (only.takes(Kind.CUT, workload.name())) {
      jobs.add(() -> new Run<>(workload, Kind.CUT, null).run());
    }
  }

  /** Adds a workload whose power is cut, with each image damaged. */
  public <S, T> void cutDamaged(Workload<S, T> workload, Damage damage) {
    if (only.takes(Kind.DAMAGED, workload.name())) {
      jobs.add(() -> new Run<>(workload, Kind.DAMAGED, damage).run());
    }
  }

  /**
   * Adds a workload that is killed, with the power cut while the store is opened again.
   *
   * @param stride operations between two kills
   */
  public <S, T> void kill(Workload<S, T> workload, int stride) {
    if (only.takes(Kind.KILLED, workload.name())) {
      jobs.add(() -> killAll(workload, stride));
    }
  }

  private <S, T> Tally killAll(Workload<S, T> workload, int stride) throws Exception {
    Tally tally = new Tally();
    long position = Math.max(1, only.position());
    boolean goOn = true;
    while (goOn && tally.failures.size() < MOST_FAILURES) {
      goOn = new Run<>(workload, Kind.KILLED, null, tally).kill(position) && only.position() < 0;
      position += stride;
    }
    return tally;
  }

  /** Runs all that was added. */
  public void run() throws InterruptedException {
    long start = System.nanoTime();
    int threads = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (Future<Tally> future : pool.invokeAll(jobs)) {
        tallies.add(resultOf(future));
      }
    } finally {
      pool.shutdownNow();
      jobs.clear();
    }
    nanos += System.nanoTime() - start;
  }

  private static Tally resultOf(Future<Tally> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      Tally broken = new Tally();
      broken.failures.add(words(e.getCause()));
      return broken;
    }
  }

  /** What went wrong, a case each, in the order of the workloads; empty where nothing did. */
  public List<String> failures() {
    return tallies.stream().flatMap(tally -> tally.failures.stream()).toList();
  }

  /** Images taken, and those of them with other contents or at another position. */
  public long images() {
    return tallies.stream().mapToLong(tally -> tally.images).sum();
  }

  /** See {@link #images()}. */
  public long distinctImages() {
    return tallies.stream().mapToLong(tally -> tally.distinct.size()).sum();
  }

  /**
   * Power cuts while a store was opened, and those that left something else or of something else.
   */
  public long cutsOfRecovery() {
    return tallies.stream().mapToLong(tally -> tally.allCuts).sum();
  }

  /** See {@link #cutsOfRecovery()}. */
  public long distinctCutsOfRecovery() {
    return tallies.stream().mapToLong(tally -> tally.cuts.size()).sum();
  }

  /** Distinct power cuts during the first, second, third recovery after a crash. */
  public long cutsAtDepth(int depth) {
    return tallies.stream().mapToLong(tally -> tally.cutsAtDepth[depth]).sum();
  }

  /**
   * Distinct images of a mode: of NONE and ALL those that differ from each other, of another mode
   * those that differ from both at the same position.
   */
  public long imagesOf(CrashMode mode) {
    return tallies.stream().mapToLong(tally -> tally.ofMode[mode.ordinal()]).sum();
  }

  /** Images opened with commits missing that the oracle allowed to be there. */
  public long shortened() {
    return tallies.stream().mapToLong(tally -> tally.shortened).sum();
  }

  /** What the workloads went through. */
  public EventCounts events() {
    EventCounts events = new EventCounts();
    tallies.forEach(tally -> events.add(tally.events));
    return events;
  }

  /** The figures in a few lines. */
  public String summary() {
    StringBuilder words = new StringBuilder();
    words.append(
        String.format(
            "positions=%d kills=%d images=%d distinct=%d checked=%d cuts of recovery=%d distinct=%d"
                + " shortened=%d failures=%d seconds=%.1f seed=%d%n ",
            tallies.stream().mapToLong(tally -> tally.positions).sum(),
            tallies.stream().mapToLong(tally -> tally.kills).sum(),
            images(),
            distinctImages(),
            tallies.stream().mapToLong(tally -> tally.checked.size()).sum(),
            cutsOfRecovery(),
            distinctCutsOfRecovery(),
            shortened(),
            failures().size(),
            nanos / 1e9,
            seed));
    for (int depth = 1; depth <= DEEPEST; depth++) {
      words.append(" depth ").append(depth).append('=').append(cutsAtDepth(depth));
    }
    for (CrashMode mode : CrashMode.values()) {
      words.append(' ').append(mode).append('=').append(imagesOf(mode));
    }
    return words.append("\n  ").append(events()).toString();
  }

  /** One workload on one disk. */
  private final class Run<S, T> {
    private final Workload<S, T> workload;
    private final List<Workload.Step<S, T>> steps;
    private final Oracle<T> oracle;
    private final long workloadSeed;
    private final Kind kind;
    private final Damage damage;
    private final Tally tally;

    Run(Workload<S, T> workload, Kind kind, Damage damage) {
      this(workload, kind, damage, new Tally());
    }

    Run(Workload<S, T> workload, Kind kind, Damage damage, Tally tally) {
      this(workload, kind, damage, tally, new Oracle<>(workload.initial(), 0));
    }

    private Run(Workload<S, T> workload, Kind kind, Damage damage, Tally tally, Oracle<T> oracle) {
      this.workload = workload;
      this.kind = kind;
      this.damage = damage;
      this.tally = tally;
      this.oracle = oracle;
      steps = workload.steps();
      workloadSeed = mix(seed, workload.name().hashCode());
    }

    Tally run() {
      FileEvents files = new FileEvents(oracle.events());
      try (SimVfs vfs = new SimVfs(MAP_CAPACITY_BYTES)) {
        vfs.hook(
            call -> {
              files.before(call);
              if (call.op().changes()) {
                crashAt(vfs, call);
              }
            });
        S store = workload.open(env(vfs, workloadSeed));
        files.begin();
        runSteps(store, oracle, workload.setupSteps());
        EventCounts prepared = new EventCounts();
        prepared.add(oracle.events());
        oracle.step(workload.setupSteps());
        runSteps(store, oracle, steps.size());
        for (Family event : workload.reaches()) {
          if (oracle.events().of(event) == prepared.of(event)) {
            fail("does not reach " + event + "; " + oracle.events());
          }
        }
        workload.close(store);
        crashAt(vfs, null);
      } catch (Throwable t) {
        fail("ended without a crash\n" + words(t));
      }
      tally.events.add(oracle.events());
      return tally;
    }

    private void fail(String why) {
      tally.failures.add(workload.name() + ": " + why);
    }

    /** False where the workload ends before the position. */
    boolean kill(long position) throws Exception {
      SimVfs vfs = new SimVfs(MAP_CAPACITY_BYTES);
      vfs.hook(IoHook.crashBefore(position));
      boolean isKilled = !endsBeforeCrash(vfs);
      try (SimVfs next = vfs.reopen()) {
        if (isKilled) {
          tally.kills++;
          openCuttingPower(next, position);
        }
      }
      return isKilled;
    }

    private boolean endsBeforeCrash(SimVfs vfs) throws Exception {
      S store = null;
      boolean isThrough = false;
      try {
        store = workload.open(env(vfs, workloadSeed));
        runSteps(store, oracle, steps.size());
        isThrough = true;
      } catch (SimulatedCrash crash) {
        isThrough = false;
      } catch (Exception e) {
        requireCrash(e);
      } finally {
        if (store != null) {
          isThrough &= closes(store);
        }
      }
      return isThrough;
    }

    /** An engine may report the end of its process as the cause of its own failure. */
    private void requireCrash(Exception failure) throws Exception {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (cause instanceof SimulatedCrash) {
          return;
        }
      }
      throw failure;
    }

    private boolean closes(S store) throws Exception {
      try {
        workload.close(store);
        return true;
      } catch (SimulatedCrash crash) {
        return false;
      } catch (Exception e) {
        requireCrash(e);
        return false;
      }
    }

    private void openCuttingPower(SimVfs next, long position) {
      SplittableRandom random = new SplittableRandom(mix(workloadSeed, position));
      CrashMode[] modes = CrashMode.values();
      long key = mix(workloadSeed, ~position);
      List<Cut> cut = new ArrayList<>();
      try {
        next.hook(
            call -> {
              if (call.op().changes()) {
                cut(next, CrashMode.NONE, 0, key, 1, cut);
                CrashMode mode = modes[random.nextInt(modes.length)];
                cut(next, mode, random.nextLong(), key, 1, cut);
              }
            });
        S store = workload.open(env(next, position));
        try {
          next.hook(null);
          int found = find(workload.read(store), oracle.acknowledged(), oracle.last());
          goOn(next, store, found, random);
        } finally {
          next.hook(null);
          workload.close(store);
        }
        for (Cut taken : cut) {
          verify(taken, random.nextLong(), oracle.acknowledged(), oracle.last(), 2);
        }
      } catch (Throwable t) {
        tally.failures.add(describe(t, position, null, 0, null));
      } finally {
        cut.forEach(taken -> taken.image().close());
      }
    }

    /** Runs some steps of the rest, with the power cut at some of their operations. */
    private void goOn(SimVfs vfs, S store, int found, SplittableRandom random) throws Exception {
      Run<S, T> rest =
          new Run<>(
              workload,
              kind,
              null,
              tally,
              new Oracle<>(oracle.state(found), oracle.stepOf(found) + 1));
      CrashMode[] modes = CrashMode.values();
      FileEvents files = new FileEvents(rest.oracle.events());
      files.begin();
      vfs.hook(
          call -> {
            files.before(call);
            if (call.op().changes() && random.nextDouble() < effort.cutShare()) {
              CrashMode mode =
                  random.nextBoolean() ? CrashMode.NONE : modes[random.nextInt(modes.length)];
              try (SimVfs image = vfs.crash(mode, random.nextLong())) {
                Oracle<T> states = rest.oracle;
                Cut taken = new Cut(image, mix(workloadSeed, image.durableHash()));
                rest.verify(
                    taken, random.nextLong(), states.acknowledged(), states.last(), DEEPEST + 1);
              } catch (Exception e) {
                throw new AssertionError("power cut before " + call + ": " + e, e);
              }
            }
          });
      runSteps(store, rest.oracle, restEnd(rest.oracle));
      tally.events.add(rest.oracle.events());
    }

    private int restEnd(Oracle<T> rest) {
      return Math.min(steps.size(), rest.step() + effort.restSteps());
    }

    private void runSteps(S store, Oracle<T> states, int end) throws Exception {
      PageCensus before = states.step() < end ? workload.census(store) : null;
      for (int step = states.step(); step < end; step++) {
        states.step(step);
        steps.get(step).run(store, states);
        if (before != null) {
          PageCensus after = workload.census(store);
          after.countSince(before, states.events());
          before = after;
        }
      }
    }

    private void crashAt(SimVfs vfs, IoCall call) {
      long position = call == null ? vfs.operations() + 1 : call.operation();
      if (oracle.step() < workload.setupSteps()
          || !only.takes(position)
          || tally.failures.size() >= MOST_FAILURES) {
        return;
      }
      tally.positions++;
      int effects = vfs.unsyncedEffects();
      Map<Long, Integer> modesOf = new HashMap<>();
      for (CrashMode mode : CrashMode.values()) {
        for (int k = 0; k < images(mode, effects); k++) {
          if (only.takes(mode, k)) {
            long imageSeed = mix(mix(workloadSeed, position), mode.ordinal() * 1_000L + k);
            crashAt(vfs, call, position, mode, k, imageSeed, modesOf);
          }
        }
      }
      countByMode(modesOf.values());
    }

    /**
     * What is left by nothing or everything counts for that mode, all else for each that left it.
     */
    private void countByMode(Collection<Integer> images) {
      int extremes = 1 << CrashMode.NONE.ordinal() | 1 << CrashMode.ALL.ordinal();
      for (int modes : images) {
        int counted = (modes & extremes) == 0 ? modes : modes & extremes;
        if (counted != extremes) {
          for (int left = counted; left != 0; left &= left - 1) {
            tally.ofMode[Integer.numberOfTrailingZeros(left)]++;
          }
        }
      }
    }

    /** No more images than a mode has to give. */
    private int images(CrashMode mode, int effects) {
      return switch (mode) {
        case NONE -> 1;
        case ALL, LAST_ONLY -> Math.min(1, effects);
        case DROP_ONE -> Math.min(effects, effort.imagesPerMode());
        case RENAME_BEFORE_DATA -> effects == 0 ? 0 : Math.min(2, effort.imagesPerMode());
        default -> effects == 0 ? 0 : effort.imagesPerMode();
      };
    }

    private void crashAt(
        SimVfs vfs,
        IoCall call,
        long position,
        CrashMode mode,
        int number,
        long imageSeed,
        Map<Long, Integer> modesOf) {
      try (SimVfs image = vfs.crash(mode, imageSeed)) {
        tally.images++;
        if (damage != null && !isDamaged(image)) {
          return;
        }
        long hash = image.durableHash();
        modesOf.merge(hash, 1 << mode.ordinal(), (a, b) -> a | b);
        tally.distinct.add(mix(mix(workloadSeed, position), hash));
        long contents = mix(workloadSeed, hash);
        if (!tally.checked.add(mix(mix(contents, oracle.acknowledged()), oracle.last()))) {
          return;
        }
        int from = oracle.acknowledged();
        int to = oracle.last();
        if (verify(new Cut(image, contents), imageSeed, from, to, 1) < to) {
          tally.shortened++;
        }
      } catch (Throwable t) {
        tally.failures.add(describe(t, position, mode, number, call));
      }
    }

    private boolean isDamaged(SimVfs image) {
      try {
        return damage.apply(image);
      } catch (Exception e) {
        throw new AssertionError("an image could not be damaged", e);
      }
    }

    private String describe(Throwable t, long position, CrashMode mode, int number, IoCall call) {
      boolean isNeeded = !module.equals("storage");
      return workload.name()
          + (kind == Kind.KILLED ? ", killed before operation " + position : "")
          + (kind == Kind.KILLED ? "" : ", power cut before " + call + ", left " + mode)
          + ", in step "
          + oracle.step()
          + "\n  mvn -B -ntp -pl "
          + module
          + (isNeeded ? " -am -Dsurefire.failIfNoSpecifiedTests=false" : "")
          + " test -Dtest="
          + testName
          + " -Ddjinn.seed="
          + seed
          + (Tier.current() == Tier.QUICK ? "" : " -Ddjinn.tier=proof")
          + CrashCase.arguments(kind, workload.name(), position, mode, number)
          + words(t);
    }

    /** Takes an image during an opening, where it is one not seen yet. */
    private void cut(
        SimVfs vfs, CrashMode mode, long imageSeed, long key, int depth, List<Cut> cuts) {
      SimVfs image = vfs.crash(mode, imageSeed);
      long cutKey = mix(key, image.durableHash());
      tally.allCuts++;
      if (tally.cuts.add(cutKey)) {
        tally.cutsAtDepth[depth]++;
        cuts.add(new Cut(image, cutKey));
      } else {
        image.close();
      }
    }

    /**
     * Opens an image and returns the index of the state found, which lies from {@code from} to
     * {@code to}.
     *
     * @param depth number of the recovery after the crash of the workload, from 1
     */
    private int verify(Cut cut, long imageSeed, int from, int to, int depth) throws Exception {
      SimVfs image = cut.image();
      List<Cut> inner = new ArrayList<>();
      SplittableRandom random = new SplittableRandom(imageSeed);
      CrashMode[] modes = CrashMode.values();
      try {
        if (depth <= DEEPEST) {
          image.hook(
              call -> {
                if (call.op().changes()
                    && inner.size() < MOST_NESTED
                    && random.nextDouble() < effort.cutShare()) {
                  CrashMode mode = modes[random.nextInt(modes.length)];
                  cut(image, mode, random.nextLong(), cut.key(), depth, inner);
                }
              });
        }
        int found;
        Oracle<T> rest;
        S store = workload.open(env(image, imageSeed));
        try {
          image.hook(null);
          found = find(workload.read(store), from, to);
          rest = new Oracle<>(oracle.state(found), oracle.stepOf(found) + 1);
          if (depth == 1) {
            FileEvents files = new FileEvents(rest.events());
            files.begin();
            image.hook(files);
            runSteps(store, rest, restEnd(rest));
            requireEqual(rest.current(), workload.read(store), "after the rest of the script");
          }
        } finally {
          workload.close(store);
        }
        image.hook(null);
        tally.events.add(rest.events());
        if (depth == 1) {
          reopen(image, imageSeed + 1, rest.current());
        }
        for (Cut crashed : inner) {
          verify(crashed, random.nextLong(), found, found, depth + 1);
        }
        return found;
      } finally {
        inner.forEach(crashed -> crashed.image().close());
      }
    }

    private void reopen(SimVfs image, long imageSeed, T expected) throws Exception {
      S store = workload.open(env(image, imageSeed));
      try {
        requireEqual(expected, workload.read(store), "after closing and opening once more");
      } finally {
        workload.close(store);
      }
    }

    /** The last state that equals, which is the one to go on from. */
    private int find(T state, int from, int to) {
      for (int index = to; index >= from; index--) {
        if (oracle.state(index).equals(state)) {
          return index;
        }
      }
      for (int index = oracle.last(); index >= 0; index--) {
        if (oracle.state(index).equals(state)) {
          throw new AssertionError(
              "found state " + index + ", permitted are " + from + " to " + to);
        }
      }
      throw new AssertionError(
          "the state found is none of the commits' states "
              + from
              + " to "
              + to
              + ": "
              + state
              + "\n  state "
              + to
              + ": "
              + oracle.state(to));
    }

    private void requireEqual(T expected, T found, String when) {
      if (!expected.equals(found)) {
        throw new AssertionError("state " + when + " found " + found + "\n  expected " + expected);
      }
    }
  }

  /** An image of a power cut, and what tells it from all others of its job. */
  private record Cut(SimVfs image, long key) {}

  /** Sees checkpoints and changes of the log's segment in the calls of an open store. */
  private static final class FileEvents implements IoHook {
    private final EventCounts events;
    private boolean isOpen;
    private long logOffset;

    FileEvents(EventCounts events) {
      this.events = events;
    }

    /** From now on the store is open. */
    void begin() {
      isOpen = true;
      logOffset = 0;
    }

    @Override
    public void before(IoCall call) {
      if (!isOpen) {
        return;
      }
      if (call.op() == IoOp.SYNC && call.name().equals("control")) {
        // What makes a checkpoint one.
        events.add(Family.CHECKPOINT, 1);
      } else if (call.op() == IoOp.PWRITE && call.name().startsWith("wal/")) {
        // At 0 a segment is prepared; the log itself goes back in its file only for the next one.
        if (call.byteOffset() > 0) {
          events.add(Family.SEGMENT_SWITCH, call.byteOffset() < logOffset ? 1 : 0);
          logOffset = call.byteOffset();
        }
      }
    }
  }

  private static String words(Throwable t) {
    StringBuilder words = new StringBuilder();
    for (Throwable cause = t; cause != null; cause = cause.getCause()) {
      words.append("\n  ").append(cause);
      Arrays.stream(cause.getStackTrace())
          .limit(14)
          .forEach(frame -> words.append("\n      at ").append(frame));
    }
    return words.toString();
  }

  private static long mix(long a, long b) {
    return SimDisk.mix(a * 0x9E3779B97F4A7C15L + b);
  }
}
