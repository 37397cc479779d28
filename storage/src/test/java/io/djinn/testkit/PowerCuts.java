package io.djinn.testkit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Cuts the power before every operation of a workload and holds what is found after reopening
 * against an oracle.
 *
 * <p>A workload is run once on a simulated disk. Before each operation that changes files, images
 * are taken of what a power cut would leave at this moment, in every {@link CrashMode} and with
 * several seeds. Each is opened: it must hold the state after a prefix of the commits that has
 * every acknowledged one in it. From there the rest of the script must run to its end, and so must
 * closing and opening once more. While an image is opened, images of that are taken in turn, which
 * must come to the same state as the uninterrupted opening.
 *
 * <p>Besides, the process is killed at positions of the workload, which loses nothing that the
 * operating system was given, and the power is cut while the next process opens the store.
 *
 * <p>Images with the same contents and the same permitted states are checked once. A failure names
 * the command that repeats it: the system properties {@code djinn.seed}, {@code
 * djinn.crash.workload}, {@code djinn.crash.position} and {@code djinn.crash.mode} pick one case.
 */
public final class PowerCuts {
  private static final long MAP_CAPACITY_BYTES = 4L << 20;

  /** Images of one opening are taken at every position with this probability. */
  private static final double NESTED_SHARE = 0.08;

  private static final int MOST_NESTED = 4;
  private static final int DEEPEST = 3;
  private static final int MOST_FAILURES = 20;

  /** Damage done to an image before it is opened. */
  public interface Damage {
    /** Damages it; false where this image has nothing that may be damaged. */
    boolean apply(SimVfs image) throws Exception;
  }

  private final String testName;
  private final long seed;
  private final int seedsPerMode;
  private final int restSteps;
  private final String onlyWorkload = System.getProperty("djinn.crash.workload", "");
  private final long onlyPosition = Long.getLong("djinn.crash.position", -1);
  private final String onlyMode = System.getProperty("djinn.crash.mode", "");

  private final Set<Long> distinct = new HashSet<>();
  private final Set<Long> contents = new HashSet<>();
  private final List<String> failures = new ArrayList<>();
  private long images;
  private long nested;
  private long positions;
  private long kills;
  private final long startNanos = System.nanoTime();

  /**
   * @param testName class of the test, for the command that repeats a failure
   * @param seedsPerMode images of each mode at each position
   * @param restSteps most steps run on after a recovery
   */
  public PowerCuts(String testName, long seed, int seedsPerMode, int restSteps) {
    this.testName = testName;
    this.seed = seed;
    this.seedsPerMode = seedsPerMode;
    this.restSteps = restSteps;
  }

  /** Runs a workload with all its crashes. */
  public <S, T> void run(Workload<S, T> workload) throws Exception {
    if (onlyWorkload.isEmpty() || onlyWorkload.equals(workload.name())) {
      new Run<>(workload, null).run();
    }
  }

  /** Runs a workload with all its crashes, damaging each image. */
  public <S, T> void runDamaged(Workload<S, T> workload, Damage damage) throws Exception {
    if (onlyWorkload.isEmpty() || onlyWorkload.equals(workload.name())) {
      new Run<>(workload, damage).run();
    }
  }

  /**
   * Kills the process before operations of a workload, and cuts the power while the store is opened
   * again.
   *
   * @param stride operations between two kills
   */
  public <S, T> void runKilled(Workload<S, T> workload, int stride) throws Exception {
    if (onlyWorkload.isEmpty() || onlyWorkload.equals(workload.name())) {
      // A failing case is repeated by its position alone.
      long position = Math.max(1, onlyPosition);
      while (new Run<>(workload, null).kill(position) && onlyPosition < 0) {
        position += stride;
      }
    }
  }

  /** What went wrong, a case each; empty where nothing did. */
  public List<String> failures() {
    return failures;
  }

  /** Images taken with different contents or at different positions. */
  public long distinct() {
    return distinct.size();
  }

  /** The figures on one line. */
  public String summary() {
    return String.format(
        "positions=%d kills=%d images=%d nested=%d distinct=%d checked=%d failures=%d seconds=%.1f seed=%d",
        positions,
        kills,
        images,
        nested,
        distinct.size(),
        contents.size(),
        failures.size(),
        (System.nanoTime() - startNanos) / 1e9,
        seed);
  }

  /** One workload on one disk. */
  private final class Run<S, T> {
    private final Workload<S, T> workload;
    private final List<Workload.Step<S, T>> steps;
    private final Oracle<T> oracle;
    private final long workloadSeed;

    private final Damage damage;

    Run(Workload<S, T> workload, Damage damage) {
      this(workload, damage, new Oracle<>(workload.initial(), 0));
    }

    private Run(Workload<S, T> workload, Damage damage, Oracle<T> oracle) {
      this.workload = workload;
      this.oracle = oracle;
      this.damage = damage;
      steps = workload.steps();
      workloadSeed = mix(seed, workload.name().hashCode());
    }

    void run() throws Exception {
      try (SimVfs vfs = new SimVfs(MAP_CAPACITY_BYTES)) {
        vfs.hook(
            call -> {
              if (call.op().changes()) {
                positions++;
                crashAt(vfs, call);
              }
            });
        SimEnv env = new SimEnv(vfs, workloadSeed);
        S store = workload.open(env);
        runSteps(store, oracle, steps.size());
        workload.close(store);
        crashAt(vfs, null);
      }
    }

    /** False where the workload ends before the position. */
    boolean kill(long position) throws Exception {
      SimVfs vfs = new SimVfs(MAP_CAPACITY_BYTES);
      vfs.hook(IoHook.crashBefore(position));
      boolean isKilled = !endsBeforeCrash(vfs);
      try (SimVfs next = vfs.reopen()) {
        if (isKilled) {
          kills++;
          openCuttingPower(next, position);
        }
      }
      return isKilled;
    }

    private boolean endsBeforeCrash(SimVfs vfs) throws Exception {
      S store = null;
      boolean isThrough = false;
      try {
        store = workload.open(new SimEnv(vfs, workloadSeed));
        runSteps(store, oracle, steps.size());
        isThrough = true;
      } catch (SimulatedCrash crash) {
        isThrough = false;
      } finally {
        if (store != null) {
          isThrough &= closes(store);
        }
      }
      return isThrough;
    }

    private boolean closes(S store) throws Exception {
      try {
        workload.close(store);
        return true;
      } catch (SimulatedCrash crash) {
        return false;
      }
    }

    private void openCuttingPower(SimVfs next, long position) throws Exception {
      SplittableRandom random = new SplittableRandom(mix(workloadSeed, position));
      CrashMode[] modes = CrashMode.values();
      List<SimVfs> cut = new ArrayList<>();
      try {
        next.hook(
            call -> {
              if (call.op().changes()) {
                cut.add(next.crash(CrashMode.NONE, 0));
                cut.add(next.crash(modes[random.nextInt(modes.length)], random.nextLong()));
              }
            });
        S store = workload.open(new SimEnv(next, position));
        try {
          next.hook(null);
          int found = find(workload.read(store), oracle.acknowledged(), oracle.last());
          goOn(next, store, found, random);
        } finally {
          next.hook(null);
          workload.close(store);
        }
        for (SimVfs image : cut) {
          nested++;
          verify(image, random.nextLong(), oracle.acknowledged(), oracle.last(), DEEPEST);
        }
      } catch (Throwable t) {
        failures.add("killed: " + describe(t, position, null, null));
      } finally {
        cut.forEach(SimVfs::close);
      }
    }

    /** Runs some steps of the rest, with the power cut at some of their operations. */
    private void goOn(SimVfs vfs, S store, int found, SplittableRandom random) throws Exception {
      Run<S, T> rest =
          new Run<>(workload, null, new Oracle<>(oracle.state(found), oracle.stepOf(found) + 1));
      CrashMode[] modes = CrashMode.values();
      vfs.hook(
          call -> {
            if (call.op().changes() && random.nextDouble() < NESTED_SHARE) {
              nested++;
              CrashMode mode =
                  random.nextBoolean() ? CrashMode.NONE : modes[random.nextInt(modes.length)];
              try (SimVfs image = vfs.crash(mode, random.nextLong())) {
                rest.verify(
                    image,
                    random.nextLong(),
                    rest.oracle.acknowledged(),
                    rest.oracle.last(),
                    DEEPEST);
              } catch (Exception e) {
                throw new AssertionError("power cut before " + call + ": " + e, e);
              }
            }
          });
      runSteps(store, rest.oracle, Math.min(steps.size(), rest.oracle.step() + restSteps));
    }

    private void runSteps(S store, Oracle<T> states, int end) throws Exception {
      for (int step = states.step(); step < end; step++) {
        states.step(step);
        steps.get(step).run(store, states);
      }
    }

    private void crashAt(SimVfs vfs, IoCall call) {
      long position = call == null ? vfs.operations() + 1 : call.operation();
      if (onlyPosition >= 0 && onlyPosition != position) {
        return;
      }
      for (CrashMode mode : CrashMode.values()) {
        if (!onlyMode.isEmpty() && !onlyMode.equals(mode.name())) {
          continue;
        }
        int seeds = mode == CrashMode.NONE || mode == CrashMode.ALL ? 1 : seedsPerMode;
        for (int k = 0; k < seeds; k++) {
          long imageSeed = mix(mix(workloadSeed, position), mode.ordinal() * 1_000L + k);
          images++;
          SimVfs image = vfs.crash(mode, imageSeed);
          if (damage != null && !isDamaged(image)) {
            image.close();
            continue;
          }
          long hash = image.durableHash();
          distinct.add(mix(mix(workloadSeed, position), hash));
          if (!contents.add(
              mix(mix(mix(workloadSeed, hash), oracle.acknowledged()), oracle.last()))) {
            image.close();
            continue;
          }
          check(image, imageSeed, position, mode, call);
        }
      }
    }

    private boolean isDamaged(SimVfs image) {
      try {
        return damage.apply(image);
      } catch (Exception e) {
        throw new AssertionError("an image could not be damaged", e);
      }
    }

    private void check(SimVfs image, long imageSeed, long position, CrashMode mode, IoCall call) {
      try {
        verify(image, imageSeed, oracle.acknowledged(), oracle.last(), 1);
      } catch (Throwable t) {
        failures.add(describe(t, position, mode, call));
        if (failures.size() >= MOST_FAILURES) {
          throw new AssertionError(
              "too many failures:\n" + String.join("\n", failures) + "\n" + summary(), t);
        }
      } finally {
        image.close();
      }
    }

    private String describe(Throwable t, long position, CrashMode mode, IoCall call) {
      StringBuilder words = new StringBuilder();
      words
          .append(workload.name())
          .append(", power cut before ")
          .append(call)
          .append(" in step ")
          .append(oracle.step())
          .append(", left ")
          .append(mode)
          .append("\n  mvn -B -ntp -pl storage test -Dtest=")
          .append(testName)
          .append(" -Ddjinn.seed=")
          .append(seed)
          .append(" -Ddjinn.crash.workload=")
          .append(workload.name())
          .append(" -Ddjinn.crash.position=")
          .append(position);
      if (mode != null) {
        words.append(" -Ddjinn.crash.mode=").append(mode);
      }
      for (Throwable cause = t; cause != null; cause = cause.getCause()) {
        words.append("\n  ").append(cause);
        StackTraceElement[] trace = cause.getStackTrace();
        for (int i = 0; i < Math.min(14, trace.length); i++) {
          words.append("\n      at ").append(trace[i]);
        }
      }
      return words.toString();
    }

    /**
     * Opens an image and returns the index of the state found, which lies from {@code from} to
     * {@code to}.
     */
    private int verify(SimVfs image, long imageSeed, int from, int to, int depth) throws Exception {
      List<SimVfs> inner = new ArrayList<>();
      SplittableRandom random = new SplittableRandom(imageSeed);
      CrashMode[] modes = CrashMode.values();
      try {
        image.hook(
            call -> {
              if (call.op().changes()
                  && depth < DEEPEST
                  && inner.size() < MOST_NESTED
                  && random.nextDouble() < NESTED_SHARE) {
                inner.add(image.crash(modes[random.nextInt(modes.length)], random.nextLong()));
              }
            });
        SimEnv env = new SimEnv(image, imageSeed);
        int found;
        T expected;
        S store = workload.open(env);
        try {
          image.hook(null);
          found = find(workload.read(store), from, to);
          Oracle<T> rest = new Oracle<>(oracle.state(found), oracle.stepOf(found) + 1);
          if (depth == 1) {
            runSteps(store, rest, Math.min(steps.size(), rest.step() + restSteps));
            requireEqual(rest.current(), workload.read(store), "after the rest of the script");
          }
          expected = rest.current();
        } finally {
          workload.close(store);
        }
        if (depth == 1) {
          reopen(image, imageSeed + 1, expected);
        }
        for (SimVfs crashed : inner) {
          nested++;
          verify(crashed, random.nextLong(), found, found, depth + 1);
        }
        return found;
      } finally {
        inner.forEach(SimVfs::close);
      }
    }

    private void reopen(SimVfs image, long imageSeed, T expected) throws Exception {
      S store = workload.open(new SimEnv(image, imageSeed));
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

  private static long mix(long a, long b) {
    return SimDisk.mix(a * 0x9E3779B97F4A7C15L + b);
  }
}
