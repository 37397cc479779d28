package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.IoOp;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecycledSegmentTest {
  private static final int SEEDS = 8;
  private static final int CALLS_A_CRASH = 23;

  /**
   * A segment is recycled by two renames. Where a power cut leaves the second without the first,
   * its old and its new name stand for one file; to take them for two would overwrite the log.
   */
  @Test
  void aSegmentThatACrashLeftUnderTwoNamesIsNotTakenForTwo() throws IOException {
    List<SimVfs> twins = new ArrayList<>();
    SimVfs disk = new SimVfs(4 << 20);
    Djinn.open(new SimEnv(disk, 1), DjinnTest.TINY).close();
    disk = disk.reopen();
    SimVfs recycling = disk;
    recycling.hook(
        call -> {
          if (call.op() == IoOp.SYNC_DIRECTORY && call.name().equals("wal")) {
            for (int seed = 0; seed < SEEDS; seed++) {
              SimVfs image = recycling.crash(CrashMode.DROP_ONE, seed);
              if (hasTwins(image)) {
                twins.add(image);
              } else {
                image.close();
              }
            }
          }
        });
    for (int round = 0; round < 3; round++) {
      try (Djinn db = Djinn.open(new SimEnv(recycling, round), DjinnTest.TINY)) {
        if (round == 0) {
          db.createGin("i", GinSpec.column("v", ArrayOps.ofInts()));
        }
        insert(db, round * 100L, 100);
      }
      // The lock is given up by closing: the same process goes on.
    }
    recycling.close();
    assertFalse(twins.isEmpty(), "no crash left a file under two names");
    for (SimVfs image : twins) {
      openWithCrashes(image);
      image.close();
    }
  }

  private static boolean hasTwins(SimVfs image) throws IOException {
    List<byte[]> segments = new ArrayList<>();
    for (String name : image.list("wal")) {
      byte[] bytes = image.bytes("wal/" + name);
      if (segments.stream().anyMatch(other -> Arrays.equals(other, bytes)) && hasHeader(bytes)) {
        return true;
      }
      segments.add(bytes);
    }
    return false;
  }

  private static boolean hasHeader(byte[] bytes) {
    return bytes.length > 0 && !Arrays.equals(bytes, new byte[bytes.length]);
  }

  /** Opens and writes more than one segment; opens what crashes on the way leave. */
  private static void openWithCrashes(SimVfs image) throws IOException {
    List<SimVfs> crashed = new ArrayList<>();
    image.hook(
        call -> {
          if (call.op().changes() && call.operation() % CALLS_A_CRASH == 0) {
            crashed.add(image.crash(CrashMode.ALL, 1));
          }
        });
    long rows;
    try (Djinn db = Djinn.open(new SimEnv(image, 1), DjinnTest.TINY)) {
      rows = rows(db);
      insert(db, 1_000, 500);
    }
    image.hook(null);
    for (SimVfs again : crashed) {
      try (Djinn db = Djinn.open(new SimEnv(again, 1), DjinnTest.TINY)) {
        assertEquals(List.of(), db.verify());
        assertTrue(rows(db) >= rows, "rows are lost");
      }
      again.close();
    }
  }

  private static long rows(Djinn db) {
    return db.indexes().isEmpty()
        ? 0
        : DjinnTest.find(db, db.gin("i"), ArrayOps.containsAll(1)).size();
  }

  private static void insert(Djinn db, long firstTid, int rows) {
    if (db.indexes().isEmpty()) {
      return;
    }
    GinIndex index = db.gin("i");
    for (int i = 0; i < rows; i++) {
      try (WriteBatch batch = db.begin()) {
        index.insert(batch, firstTid + i, List.of(1, 100 + i));
        batch.commit();
      }
    }
  }
}
