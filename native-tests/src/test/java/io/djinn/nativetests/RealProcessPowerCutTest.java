package io.djinn.nativetests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.nativetests.StoreProcess.Said;
import io.djinn.nativetests.StoreProcess.Work;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.Family;
import io.djinn.testkit.ForkedJvm;
import io.djinn.testkit.ProofPart;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power is cut while a real process with real threads works: the operations it did are done
 * again on a simulated disk, and what that leaves holds everything acknowledged until then.
 */
class RealProcessPowerCutTest {
  private static final int IMAGES = 600;
  private static final int ACKNOWLEDGEMENTS = 150;

  @TempDir private Path directory;

  @Test
  void nothingAcknowledgedByARealProcessIsLostByAPowerCut() throws Exception {
    try (ProofPart part = new ProofPart(Family.POWER_CUT, "real-process")) {
      if (!FaultShim.isPresent()) {
        part.absent("gcc");
        Assumptions.abort("SKIPPED: no gcc");
      }
      int images = Tier.current().count(IMAGES);
      Tier.current()
          .rounds(
              TestSeed.forTest("RealProcessPowerCutTest"),
              seed -> {
                for (Work work : List.of(Work.INSERT, Work.CHECKPOINT)) {
                  cut(work, images / 2, new SplittableRandom(seed), part);
                }
              });
      assertTrue(part.cases() >= images - 1, part.cases() + " images");
      System.out.println("RealProcessPowerCutTest: " + part.cases() + " images");
    }
  }

  private void cut(Work work, int images, SplittableRandom random, ProofPart part)
      throws Exception {
    List<FileOperation> operations = record(work);
    Set<Integer> positions = new HashSet<>();
    int first = 1;
    while (positions.size() < Math.min(images, operations.size() - first)) {
      positions.add(first + random.nextInt(operations.size() - first));
    }
    Set<Long> distinct = new HashSet<>();
    List<String> failures = new ArrayList<>();
    CrashMode[] modes = CrashMode.values();
    try (DiskReplay replay = new DiskReplay()) {
      for (int position = 0; position < operations.size(); position++) {
        if (positions.contains(position)) {
          CrashMode mode = modes[random.nextInt(modes.length)];
          long imageSeed = random.nextLong();
          try (SimVfs image = replay.disk.crash(mode, imageSeed)) {
            boolean isNew = distinct.add(image.durableHash() * 31 + position);
            examine(image, imageSeed, work, replay.acknowledged);
            part.add(1, isNew ? 1 : 0);
          } catch (Throwable t) {
            part.failed(1);
            failures.add(
                work
                    + ", before "
                    + operations.get(position).kind()
                    + " "
                    + position
                    + " of "
                    + operations.get(position).path()
                    + ", left "
                    + mode
                    + ", log "
                    + keep(work)
                    + ": "
                    + t);
          }
        }
        replay.apply(operations.get(position));
      }
      assertEquals(ACKNOWLEDGEMENTS, replay.acknowledged, ACKNOWLEDGEMENTS / 2.0);
    }
    assertEquals(List.of(), failures);
  }

  private List<FileOperation> record(Work work) throws IOException {
    Path root = Files.createDirectory(directory.resolve(work.name()));
    Path log = directory.resolve(work + ".log");
    FaultShim shim = FaultShim.below(root, log);
    try (ForkedJvm process =
        ForkedJvm.of(StoreProcess.class)
            .environment(shim.environment())
            .start(
                root.resolve(DiskReplay.STORE).toString(),
                work.name(),
                "0",
                root.resolve(DiskReplay.WITNESS).toString())) {
      String line = process.readLine();
      while (line != null && !line.equals(Said.COMMITTED + " " + ACKNOWLEDGEMENTS)) {
        line = process.readLine();
      }
      process.kill();
    }
    return FileOperation.read(log);
  }

  /** Threads come in another order when the test is run again: what they did is kept. */
  private Path keep(Work work) throws IOException {
    Path kept = Path.of("target", "power-cut-" + work + ".log").toAbsolutePath();
    Files.copy(
        directory.resolve(work + ".log"), kept, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    return kept;
  }

  private static void examine(SimVfs image, long seed, Work work, long acknowledged) {
    try (Djinn db = Djinn.open(new SimEnv(image, seed), work.options)) {
      assertEquals(List.of(), db.verify());
      long batches = StoreExamination.examineInserted(db, acknowledged);
      StoreProcess.commit(db, StoreProcess.inserted(db), batches);
    }
  }
}
