package io.djinn.nativetests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.djinn.api.Djinn;
import io.djinn.error.DjinnException;
import io.djinn.nativetests.FaultShim.Call;
import io.djinn.nativetests.FaultyProcess.Task;
import io.djinn.testkit.Family;
import io.djinn.testkit.ForkedJvm;
import io.djinn.testkit.ProofPart;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever system call of a real process fails, the process lives, says so with an exception of its
 * own, and loses nothing it has acknowledged; opened again without faults the store is sound.
 */
class FaultShimTest {
  private static final int FAULTS = 560;
  private static final long LONGEST_CASE_SECONDS = 60;
  private static final String REPLAY_CASE = System.getProperty("djinn.fault.case", "");

  /** Cases that have failed before. */
  private static final List<FaultCase> PINNED =
      List.of(
          new FaultCase(Task.BUILD, Call.UNLINK, 2, "EROFS", "store*/tmp/*", true),
          new FaultCase(Task.CHURN, Call.MKDIR, 1, "EIO", "store*/wal", true));

  @TempDir private Path directory;
  private final ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void noJvmDiedOfItself() {
    watchdog.shutdownNow();
    assertEquals(List.of(), ForkedJvm.errorFiles());
  }

  @Test
  void noFailedSystemCallEndsTheProcessOrLosesACommit() throws Exception {
    try (ProofPart part = new ProofPart(Family.FAULT_SHIM, "calls")) {
      if (!FaultShim.isPresent()) {
        part.absent("gcc");
        Assumptions.abort("SKIPPED: no gcc");
      }
      int wanted = Tier.current().count(FAULTS);
      Set<FaultCase> distinct = ConcurrentHashMap.newKeySet();
      Tier.current()
          .rounds(TestSeed.forTest("FaultShimTest"), seed -> round(seed, wanted, part, distinct));
      assertTrue(
          part.cases() >= Tier.current().atLeast(Family.FAULT_SHIM.fullCount())
              || !REPLAY_CASE.isEmpty(),
          part.cases() + " faults of " + wanted + " happened");
      System.out.println("FaultShimTest: " + part.cases() + " faults, " + distinct.size());
    }
  }

  private void round(long seed, int wanted, ProofPart part, Set<FaultCase> distinct)
      throws Exception {
    List<FaultCase> cases = cases(seed, wanted);
    List<String> failures = Collections.synchronizedList(new ArrayList<>());
    Lanes.run(
        cases.size(),
        seed,
        (lane, share, random) -> {
          try (Child child = new Child(Files.createTempDirectory(directory, "lane"))) {
            for (int at = lane; at < cases.size(); at += 2) {
              FaultCase fault = cases.get(at);
              if (!REPLAY_CASE.isEmpty() && !fault.toString().equals(REPLAY_CASE)) {
                continue;
              }
              try {
                if (child.run(fault)) {
                  part.add(1, distinct.add(fault) ? 1 : 0);
                }
              } catch (Throwable t) {
                part.failed(1);
                failures.add(fault + ": " + t + "\n  " + child.heard + replay(fault, seed));
                child.restart();
              }
            }
          }
        });
    assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
  }

  private static String replay(FaultCase fault, long seed) {
    return "\n  mvn -B -ntp -pl native-tests -am test -Dtest=FaultShimTest"
        + " -Dsurefire.failIfNoSpecifiedTests=false -Ddjinn.tier="
        + Tier.current().name().toLowerCase(java.util.Locale.ROOT)
        + " -Ddjinn.seed="
        + seed
        + " '-Ddjinn.fault.case="
        + fault
        + "'";
  }

  /** Spreads the faults over calls, files, actions, and the calls that a run without any makes. */
  private List<FaultCase> cases(long seed, int wanted) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    List<FaultCase> all = new ArrayList<>();
    for (Task task : Task.values()) {
      Map<Call, Map<String, Long>> counts = countCalls(task);
      counts.forEach(
          (call, files) ->
              files.forEach(
                  (glob, count) -> {
                    for (String action : FaultCase.actions(call)) {
                      // Twice as many as are wanted of the commonest: the choice is made below.
                      long some = Math.min(count, 1 + wanted / 10);
                      for (long i = 0; i < some; i++) {
                        long nth = 1 + (i * count + random.nextLong(count)) / some;
                        all.add(
                            new FaultCase(task, call, nth, action, glob, random.nextInt(3) != 0));
                      }
                    }
                  }));
    }
    Collections.shuffle(all, new Random(seed));
    // In turns from every kind, so that the rare ones come as often as the common ones.
    Map<String, List<FaultCase>> kinds = new java.util.TreeMap<>();
    for (FaultCase fault : all) {
      String kind = fault.task() + " " + fault.call() + " " + fault.action() + " " + fault.files();
      kinds.computeIfAbsent(kind, k -> new ArrayList<>()).add(fault);
    }
    List<List<FaultCase>> order = new ArrayList<>(kinds.values());
    Collections.shuffle(order, new Random(seed));
    Set<FaultCase> chosen = new java.util.LinkedHashSet<>(PINNED);
    // A few more than wanted: threads come in another order, and some calls are not made again.
    for (int turn = 0; chosen.size() < wanted + wanted / 5 && turn < wanted; turn++) {
      for (List<FaultCase> kind : order) {
        if (turn < kind.size()) {
          chosen.add(kind.get(turn));
        }
      }
    }
    return chosen.stream().limit(wanted + wanted / 5).toList();
  }

  private Map<Call, Map<String, Long>> countCalls(Task task) throws IOException {
    Map<Call, Map<String, Long>> counts = new EnumMap<>(Call.class);
    Path root = Files.createTempDirectory(directory, "count");
    Path log = directory.resolve(task + ".log");
    FaultShim shim = FaultShim.below(root, log);
    shim.arm();
    try (ForkedJvm process =
        ForkedJvm.of(FaultyProcess.class).environment(shim.environment()).start()) {
      process.send(task + " " + root.resolve("store"));
      String line = process.readLine();
      while (line != null && !line.equals(FaultyProcess.ENDED)) {
        assertTrue(
            line.startsWith(FaultyProcess.COMMITTED) || line.equals(FaultyProcess.BUILT), line);
        line = process.readLine();
      }
      assertNotNull(line, "the process has died without a fault");
    }
    Set<Call> logged = new HashSet<>();
    for (FileOperation operation : FileOperation.read(log)) {
      Call call =
          switch (operation.kind()) {
            case WRITE -> Call.PWRITE64;
            case SYNC, SYNC_DIRECTORY -> Call.FSYNC;
            case DATA_SYNC -> Call.FDATASYNC;
            case RENAME -> Call.RENAME;
            case DELETE -> Call.UNLINK;
            case TRUNCATE -> Call.FTRUNCATE64;
            case CREATE_DIRECTORY -> Call.MKDIR;
            case ALLOCATE -> Call.FALLOCATE64;
            case CREATE -> Call.OPEN64;
          };
      if (call != Call.OPEN64) {
        logged.add(call);
        counts
            .computeIfAbsent(call, c -> new java.util.TreeMap<>())
            .merge(glob(operation.path()), 1L, Long::sum);
      }
    }
    for (Call call : Call.values()) {
      if (!logged.contains(call) && shim.count(call) > 0) {
        counts.put(call, new java.util.TreeMap<>(Map.of("*", shim.count(call))));
      }
    }
    return counts;
  }

  /** Files of the same kind: a directory's files have changing names. */
  private static String glob(String path) {
    String inStore = path.substring(path.indexOf('/') + 1);
    int slash = inStore.indexOf('/');
    if (inStore.equals(path)) {
      return "store*";
    }
    return "store*/" + (slash < 0 ? inStore : inStore.substring(0, slash) + "/*");
  }

  /** A process with one fault after the other. */
  private final class Child implements AutoCloseable {
    private final Path root;
    private final FaultShim shim;
    private ForkedJvm process;
    private final List<String> heard = new ArrayList<>();
    private int number;

    Child(Path root) throws IOException {
      this.root = root;
      shim = FaultShim.below(root, null);
      start();
    }

    private void start() throws IOException {
      shim.arm();
      process = ForkedJvm.of(FaultyProcess.class).environment(shim.environment()).start();
    }

    void restart() throws IOException {
      process.close();
      start();
    }

    /** Has a fault happen and examines the store; false where the call was not made. */
    boolean run(FaultCase fault) throws Exception {
      heard.clear();
      number++;
      Path store = root.resolve("store" + number);
      shim.arm(fault.rule());
      process.send(fault.task() + " " + store);
      listen();
      shim.arm();
      boolean isHit = hasFired;
      assertTrue(
          fault.isLie() && !fault.isHarmless()
              || heard.stream().noneMatch(line -> line.startsWith(FaultyProcess.BROKEN)),
          "an exception that is not the engine's");
      boolean isNoticed =
          heard.stream()
              .anyMatch(
                  line ->
                      line.startsWith(FaultyProcess.FAILED) || line.equals(FaultyProcess.SEALED));
      assertTrue(!isHit || !fault.isFailedSync() || isNoticed, "a failed sync went unnoticed");
      assertTrue(!fault.isHarmless() || !isNoticed, "something harmless failed");
      examine(fault, store);
      delete(store);
      return isHit;
    }

    private boolean hasFired;

    private void listen() throws IOException {
      ForkedJvm present = process;
      ScheduledFuture<?> hang =
          watchdog.schedule(() -> kill(present), LONGEST_CASE_SECONDS, TimeUnit.SECONDS);
      try {
        String line = process.readLine();
        while (line != null && !line.equals(FaultyProcess.ENDED)) {
          heard.add(line);
          line = process.readLine();
        }
        if (line == null) {
          fail("the process has died or hung, exit status " + process.waitFor());
        }
        hasFired = shim.fired() > 0;
      } finally {
        hang.cancel(false);
      }
    }

    private void kill(ForkedJvm hanging) {
      try {
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jstack").toString(),
                Long.toString(hanging.pid()))
            .inheritIO()
            .start()
            .waitFor();
      } catch (IOException | InterruptedException e) {
        System.out.println("no stacks of the hanging process: " + e);
      }
      hanging.kill();
    }

    private void examine(FaultCase fault, Path store) throws Exception {
      long acknowledged = 0;
      boolean isBuilt = false;
      for (String line : heard) {
        if (line.startsWith(FaultyProcess.COMMITTED)) {
          acknowledged = Long.parseLong(line.split(" ")[1]);
        }
        isBuilt |= line.equals(FaultyProcess.BUILT);
      }
      StoreProcess.Work options = StoreProcess.Work.INSERT;
      if (fault.isLie() && !fault.isHarmless()) {
        openAfterLie(store, options);
        return;
      }
      if (!Files.exists(store)) {
        assertEquals(0, acknowledged);
        return;
      }
      if (fault.task() == Task.BUILD) {
        StoreExamination.examine(store, options, acknowledged);
        StoreExamination.examineBuilt(store, options, isBuilt);
      } else {
        StoreExamination.examineAndGoOn(store, options, acknowledged);
      }
    }

    /** What a disk does not do but says it did can be lost; it must not be more than an error. */
    private void openAfterLie(Path store, StoreProcess.Work options) {
      try (Djinn db = Djinn.open(store, options.options)) {
        if (db.verify().isEmpty()) {
          for (var index : db.indexes()) {
            StoreExamination.find(
                db,
                db.gin(index.name()),
                io.djinn.opclass.builtin.ArrayOps.containsAll(new int[0]));
          }
        }
      } catch (DjinnException e) {
        assertNotNull(e.getMessage());
      }
    }

    @Override
    public void close() {
      process.close();
    }
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
