package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.Durability;
import io.djinn.api.GinBuild;
import io.djinn.api.GinSpec;
import io.djinn.api.IndexInfo;
import io.djinn.api.Snapshot;
import io.djinn.api.TidCursor;
import io.djinn.api.VacuumOptions;
import io.djinn.api.WriteBatch;
import io.djinn.build.plan.BuildOptions;
import io.djinn.error.DjinnException;
import io.djinn.error.NoMemoryException;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.InMemorySource;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.Family;
import io.djinn.testkit.ProofPart;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.Tier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

/** Memory can not be had at the n-th time, once and for ever, until each operation passes. */
class AllocationFailureTest {
  private static final DjinnOptions TINY =
      DjinnOptions.defaults()
          .withPageSizeBytes(512)
          .withFrameMemoryBytes(256 * 512)
          .withLogSegmentBytes(64 << 10)
          .withLogLimitBytes(256 << 10)
          .withMapChunkBytes(1 << 20);
  private static final GinSpec SPEC = GinSpec.column("$", ArrayOps.ofInts());
  private static final int KEYS = 20;

  private interface Operation {
    void run(Djinn db);
  }

  private static Map<String, Operation> operations() {
    Map<String, Operation> all = new LinkedHashMap<>();
    all.put("createGin", db -> db.createGin("more", SPEC));
    all.put("insert", db -> insert(db, 1, 2, Durability.sync()));
    all.put("insert-row-of-many-keys", db -> insert(db, 1, 300, Durability.sync()));
    all.put("insert-batch", db -> insert(db, 40, 6, Durability.sync()));
    all.put("insert-large-batch", db -> insert(db, 1_500, 3, Durability.sync()));
    all.put("delete", db -> delete(db, 1));
    all.put("delete-batch", db -> delete(db, 40));
    all.put("vacuum", db -> vacuum(db, tid -> tid % 3 == 0));
    all.put("vacuum-nothing", db -> vacuum(db, tid -> false));
    all.put("search-contains", db -> search(db, ArrayOps.containsAll(1, 2)));
    all.put("search-overlaps", db -> search(db, ArrayOps.overlaps(1, 5, 9)));
    all.put("search-contained", db -> search(db, ArrayOps.containedBy(1, 2, 3)));
    all.put("search-equal", db -> search(db, ArrayOps.equalTo(1, 2)));
    all.put("verify", db -> assertEquals(List.of(), db.verify()));
    all.put("checkpoint", Djinn::checkpoint);
    all.put("drop", db -> db.drop("i"));
    all.put(
        "drop-and-free",
        db -> {
          db.drop("i");
          db.awaitDropped();
        });
    all.put("stats", Djinn::stats);
    all.put("list", Djinn::indexes);
    all.put("index", db -> db.gin("i"));
    all.put("inspect", db -> db.inspectPage(0));
    all.put("snapshot", db -> db.snapshot().close());
    all.put(
        "begin-build",
        db -> {
          try (GinBuild build = db.beginBuild("b", SPEC)) {
            assertTrue(build.id() > 0);
          }
        });
    all.put("build-serial", db -> build(db, 80, 0, 1 << 20));
    all.put("build-parallel", db -> build(db, 400, 2, 4 << 20));
    return all;
  }

  private static void insert(Djinn db, int rows, int keys, Durability durability) {
    try (WriteBatch batch = db.begin(durability)) {
      for (int row = 0; row < rows; row++) {
        List<Integer> values = new ArrayList<>();
        for (int key = 0; key < keys; key++) {
          values.add((row + key * 7) % (keys > KEYS ? keys : KEYS));
        }
        db.gin("i").insert(batch, 10_000 + row, values);
      }
      batch.commit();
    }
  }

  private static void delete(Djinn db, int rows) {
    try (WriteBatch batch = db.begin()) {
      for (int row = 0; row < rows; row++) {
        db.gin("i").delete(batch, row, List.of(row % KEYS, 1));
      }
      batch.commit();
    }
  }

  private static void vacuum(Djinn db, LongPredicate isDead) {
    db.gin("i").vacuum(isDead, VacuumOptions.defaults());
  }

  private static int search(Djinn db, GinQuery query) {
    int found = 0;
    try (Snapshot snapshot = db.snapshot();
        TidCursor cursor = db.gin("i").search(snapshot, query)) {
      while (cursor.next()) {
        found++;
      }
    }
    return found;
  }

  private static void build(Djinn db, int rows, int workers, long memory) {
    List<Object> values = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      values.add(List.of(row % KEYS, row % 7));
    }
    try (InMemorySource source = InMemorySource.ofValues(values)) {
      new IndexBuild(
              db,
              "b",
              SPEC,
              source,
              BuildOptions.defaults().withMaintenanceWorkMem(memory).withParallelWorkers(workers),
              BuildListener.SILENT)
          .run();
    }
  }

  /** Stores with so many rows; each left once closed and once as a power cut leaves it. */
  private static final int[] ROWS = {0, 3, 60, 200, 500, 900};

  @Test
  void everyOperationFailsAsAWholeAndWorksAfterwards() {
    try (ProofPart part = new ProofPart(Family.ALLOCATION, "operations")) {
      int variants = Tier.current() == Tier.QUICK ? 2 : 2 * ROWS.length;
      for (int variant = 0; variant < variants; variant++) {
        try (SimVfs disk = new SimVfs(8 << 20)) {
          SimVfs store = prepare(disk, ROWS[ROWS.length - 1 - variant / 2], variant % 2 == 0);
          for (int mode = 0; mode < 2; mode++) {
            boolean forEver = mode == 1;
            part.add(openings(store, false, forEver));
            part.add(openings(store, true, forEver));
            for (Map.Entry<String, Operation> operation : operations().entrySet()) {
              part.add(failures(store, operation.getKey(), operation.getValue(), forEver));
            }
          }
          store.close();
        }
      }
      System.out.println("AllocationFailureTest: cases=" + part.cases());
      assertTrue(part.cases() >= Tier.current().count(1_000), "cases: " + part.cases());
    }
  }

  private static SimVfs prepare(SimVfs disk, int rows, boolean isClosed) {
    Djinn db = Djinn.open(new SimEnv(disk, 1), TINY);
    db.createGin("i", SPEC);
    for (int row = 0; row < rows; ) {
      try (WriteBatch batch = db.begin()) {
        for (int i = 0; i < 50 && row < rows; i++, row++) {
          db.gin("i").insert(batch, row, List.of(row % KEYS, 1));
        }
        batch.commit();
      }
    }
    if (isClosed) {
      db.close();
    }
    SimVfs image = disk.crash(CrashMode.NONE, 0);
    if (!isClosed) {
      db.close();
    }
    return image;
  }

  private static Map<String, List<Long>> contents(Djinn db) {
    Map<String, List<Long>> found = new TreeMap<>();
    for (IndexInfo info : db.indexes()) {
      for (int key = 0; key < KEYS; key++) {
        List<Long> tids = new ArrayList<>();
        try (Snapshot snapshot = db.snapshot();
            TidCursor cursor = db.gin(info.name()).search(snapshot, ArrayOps.containsAll(key))) {
          while (cursor.next()) {
            tids.add(cursor.tid());
          }
        }
        found.put(info.name() + " " + key, tids);
      }
    }
    return found;
  }

  private static int openings(SimVfs store, boolean readOnly, boolean forEver) {
    DjinnOptions options = TINY.withReadOnly(readOnly);
    for (int nth = 1; ; nth++) {
      String name = (readOnly ? "open-read-only" : "open") + " " + nth + " " + forEver;
      try (SimVfs disk = store.crash(CrashMode.NONE, 0)) {
        CountedMemory memory = new CountedMemory(new SimEnv(disk, nth));
        memory.failAt(nth, forEver);
        boolean isOpen = fails(name, () -> Djinn.open(memory, options).close());
        if (!memory.lift()) {
          return nth - 1;
        }
        assertFalse(isOpen, name);
        assertEquals(0, memory.blocks(), name);
        try (Djinn db = Djinn.open(memory, options)) {
          assertEquals(List.of(), db.verify(), name);
        }
        assertEquals(0, memory.blocks(), name);
      }
    }
  }

  /** Whether it passed; it may fail for want of memory only. */
  private static boolean fails(String name, Runnable work) {
    try {
      work.run();
      return true;
    } catch (DjinnException e) {
      Throwable cause = e;
      while (cause != null && !(cause instanceof NoMemoryException)) {
        cause = cause.getCause();
      }
      assertTrue(cause != null, () -> name + ": " + e);
      return false;
    }
  }

  private static int failures(SimVfs store, String what, Operation operation, boolean forEver) {
    for (int nth = 1; ; nth++) {
      String name = what + " " + nth + " " + forEver;
      try (SimVfs disk = store.crash(CrashMode.NONE, 0)) {
        CountedMemory memory = new CountedMemory(new SimEnv(disk, nth));
        try (Djinn db = Djinn.open(memory, TINY)) {
          Map<String, List<Long>> before = contents(db);
          int blocks = memory.blocks();
          memory.failAt(nth, forEver);
          boolean isDone = fails(name, () -> operation.run(db));
          if (!memory.lift()) {
            return nth - 1;
          }
          assertFalse(db.isSealed(), name);
          assertEquals(List.of(), db.verify(), name);
          if (!isDone) {
            assertEquals(before, contents(db), name);
            assertTrue(memory.blocks() <= blocks, name + ": blocks " + memory.blocks());
            operation.run(db);
          }
        }
        assertEquals(0, memory.blocks(), name);
      }
    }
  }
}
