package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.AlreadyOpenException;
import io.djinn.error.DjinnException;
import io.djinn.error.ReadOnlyStoreException;
import io.djinn.error.RecoveryNeededException;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store opened for reading only answers as any other, and the disk stays as it is. */
class ReadOnlyTest {
  private static final DjinnOptions READING = DjinnTest.TINY.withReadOnly(true);
  private static final int KEYS = 12;
  private static final int BATCHES = 60;

  @Test
  void everyCrashImageAnswersAsWhenItIsRecoveredAndIsLeftAlone() throws Exception {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("ReadOnlyTest"));
    List<SimVfs> images = new ArrayList<>();
    try (SimVfs disk = new SimVfs(4 << 20)) {
      disk.hook(
          call -> {
            if (call.op().changes() && call.operation() > 40 && random.nextInt(3) == 0) {
              CrashMode[] modes = CrashMode.values();
              images.add(disk.crash(modes[random.nextInt(modes.length)], random.nextLong()));
            }
          });
      work(Djinn.open(new SimEnv(disk, 1), DjinnTest.TINY), random).close();
      disk.hook(null);
      images.add(disk.crash(CrashMode.ALL, 0));
      int redone = 0;
      for (SimVfs image : images) {
        redone += examine(image);
        image.close();
      }
      assertTrue(images.size() > 20, "images: " + images.size());
      assertTrue(redone > 10, "images with a log to redo: " + redone);
    }
  }

  private static Djinn work(Djinn db, SplittableRandom random) {
    GinIndex index = db.createGin("i", GinSpec.column("v", ArrayOps.ofInts()));
    for (int number = 0; number < BATCHES; number++) {
      try (WriteBatch batch = db.begin()) {
        for (int row = 0; row < 4; row++) {
          index.insert(
              batch, number * 10L + row, List.of(random.nextInt(KEYS), random.nextInt(KEYS)));
        }
        batch.commit();
      }
      if (number % 20 == 19) {
        db.checkpoint();
      }
    }
    return db;
  }

  /** 1 where redo had something to do, else 0. */
  private static int examine(SimVfs image) throws IOException {
    long durable = image.durableHash();
    byte[] pages = image.bytes("pages");
    image.hook(
        call -> {
          if (call.op().changes()) {
            throw new AssertionError("read-only, but " + call);
          }
        });
    TreeMap<String, Object> found;
    int redone;
    try (Djinn db = Djinn.open(new SimEnv(image, 2), READING)) {
      found = contents(db);
      assertEquals(List.of(), db.verify());
      redone = db.store().redonePages();
      refusesWrites(db);
      assertFalse(db.isSealed());
    }
    image.hook(null);
    assertEquals(durable, image.durableHash());
    assertArrayEquals(pages, image.bytes("pages"));
    assertEquals(0, image.unsyncedEffects());
    try (Djinn db = Djinn.open(new SimEnv(image, 3), DjinnTest.TINY)) {
      assertEquals(contents(db), found);
    }
    return redone > 0 ? 1 : 0;
  }

  private static TreeMap<String, Object> contents(Djinn db) {
    TreeMap<String, Object> found = new TreeMap<>();
    for (IndexInfo info : db.indexes()) {
      for (int key = 0; key < KEYS; key++) {
        found.put(
            info.name() + " " + key,
            DjinnTest.find(db, db.gin(info.name()), ArrayOps.containsAll(key)));
      }
    }
    found.put("pages", db.stats().pages());
    return found;
  }

  private static void refusesWrites(Djinn db) {
    GinSpec spec = GinSpec.column("v", ArrayOps.ofInts());
    assertThrows(ReadOnlyStoreException.class, () -> db.createGin("more", spec));
    assertThrows(ReadOnlyStoreException.class, () -> db.beginBuild("more", spec));
    assertThrows(ReadOnlyStoreException.class, db::begin);
    assertThrows(ReadOnlyStoreException.class, db::checkpoint);
    assertThrows(ReadOnlyStoreException.class, db::awaitDropped);
    if (!db.indexes().isEmpty()) {
      assertThrows(ReadOnlyStoreException.class, () -> db.drop("i"));
    }
  }

  @Test
  void aLogThatDoesNotFitTheFramesIsRefusedByName() {
    try (SimVfs disk = new SimVfs(4 << 20)) {
      Djinn db = Djinn.open(new SimEnv(disk, 1), DjinnTest.TINY);
      GinIndex index =
          db.createGin("i", GinSpec.column("v", ArrayOps.ofInts()).withFastUpdate(false));
      for (int round = 0; round < 30; round++) {
        try (WriteBatch batch = db.begin()) {
          for (int row = 0; row < 100; row++) {
            index.insert(batch, 1L << 40 | row, List.of(round * 100 + row));
          }
          batch.commit();
        }
      }
      try (SimVfs image = disk.crash(CrashMode.NONE, 0)) {
        DjinnOptions few = READING.withFrameMemoryBytes(64 * 512);
        RecoveryNeededException refused =
            assertThrows(
                RecoveryNeededException.class, () -> Djinn.open(new SimEnv(image, 2), few));
        assertTrue(refused.getMessage().contains("for writing once"), refused.getMessage());
        Djinn.open(new SimEnv(image, 3), DjinnTest.TINY.withFrameMemoryBytes(64 * 512)).close();
        Djinn.open(new SimEnv(image, 4), few).close();
      }
      db.close();
    }
  }

  @Test
  void aDirectoryIsNotTouched(@TempDir Path parent) throws Exception {
    Path directory = parent.resolve("store");
    assertThrows(DjinnException.class, () -> Djinn.open(directory, READING));
    assertFalse(Files.exists(directory));
    work(Djinn.open(directory, DjinnTest.TINY), new SplittableRandom(1)).close();
    Files.delete(directory.resolve("LOCK"));
    List<String> before = listing(directory);
    try (Djinn db = Djinn.open(directory, READING)) {
      assertEquals(List.of(), db.verify());
      assertThrows(AlreadyOpenException.class, () -> Djinn.open(directory, DjinnTest.TINY));
    }
    assertEquals(before, listing(directory));
    try (Djinn writer = Djinn.open(directory, DjinnTest.TINY)) {
      assertThrows(AlreadyOpenException.class, () -> Djinn.open(directory, READING));
      assertFalse(writer.isSealed());
    }
    Djinn.open(directory, READING).close();
  }

  private static List<String> listing(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      List<String> lines = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        lines.add(file + " " + Files.getLastModifiedTime(file) + " " + Files.size(file));
      }
      return lines;
    }
  }
}
