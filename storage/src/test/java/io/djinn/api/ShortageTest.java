package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.buffer.PageVersions;
import io.djinn.error.BatchTooLargeException;
import io.djinn.error.NoSpaceException;
import io.djinn.gin.entry.GinCounts;
import io.djinn.gin.load.EntryLeafLoader;
import io.djinn.gin.load.SeparatorList;
import io.djinn.gin.load.UpperLevelLoader;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.page.PageSink;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the engine does of itself waits where frames or space are short, and then goes on. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ShortageTest {
  private static final GinSpec SPEC = GinSpec.column("v", ArrayOps.ofInts());
  private static final DjinnOptions OPTIONS = DjinnTest.TINY.withDurability(Durability.none());

  /** The fewest frames a store may have. */
  private static final int FEWEST_FRAMES = 64;

  /** So that a TID takes bytes and lists have many pages. */
  private static final long TID_STEP = 1L << 20;

  private static void insert(Djinn db, GinIndex index, int from, int to, int step, int perBatch) {
    for (int row = from; row < to; ) {
      try (WriteBatch batch = db.begin()) {
        for (int i = 0; i < perBatch && row < to; i++, row += step) {
          index.insert(batch, row * TID_STEP, List.of(1));
        }
        batch.commit();
      }
    }
  }

  @Test
  void oneKeyIsMergedIntoMoreLeavesThanABatchMayTouch() {
    int rows = 20_000;
    int spread = 200;
    DjinnOptions options =
        OPTIONS.withFrameMemoryBytes(FEWEST_FRAMES * (long) DjinnTest.TINY.pageSizeBytes());
    try (SimVfs disk = new SimVfs(4 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), options)) {
      GinIndex index = db.createGin("i", SPEC);
      // Every hundredth row is missing, and comes last.
      for (int row = 0; row < rows; row += rows / spread) {
        insert(db, index, row + 1, row + rows / spread, 1, 100);
      }
      index.flush();
      try (Snapshot snapshot = db.snapshot()) {
        assertTrue(index.stats(snapshot).postingPages() > FEWEST_FRAMES);
      }

      insert(db, index, 0, rows, rows / spread, spread);
      assertEquals(spread, index.flush().rows());

      assertEquals(List.of(), db.verify());
      List<Long> wanted = new ArrayList<>();
      for (int row = 0; row < rows; row++) {
        wanted.add(row * TID_STEP);
      }
      assertEquals(wanted, DjinnTest.find(db, index, ArrayOps.containsAll(1)));
    }
  }

  @Test
  void aMergeThatFindsNoFramesIsTriedAgainAndDoesNotSealTheStore() {
    try (SimVfs disk = new SimVfs(4 << 20)) {
      SimEnv env = new SimEnv(disk, 1);
      try (Djinn db = Djinn.open(env, OPTIONS)) {
        GinIndex pending = db.createGin("pending", SPEC);
        insert(db, pending, 0, 50, 1, 50);
        db.checkpoint();
        PageVersions versions = db.store().versions();
        int[] frames = new int[versions.frameCount()];
        int taken = versions.tryTakeFrames(frames, 0, frames.length);
        env.advance(PendingMerger.AGE_NANOS);
        env.runAgents();
        assertThrows(BatchTooLargeException.class, pending::flush);
        assertFalse(db.isSealed());
        assertEquals(50, pendingRows(db, pending), "merged without frames");
        versions.giveFrames(frames, taken);
        runUntil(env, () -> pendingRows(db, pending) == 0);
        assertEquals(List.of(), db.verify());
        assertEquals(50, DjinnTest.find(db, pending, ArrayOps.containsAll(1)).size());
      }
    }
  }

  /** Pages go to their file while batches still find frames: none waits for a write. */
  @Test
  void framesAreFreedBeforeTheyAreShort() {
    int frames = 2_048;
    DjinnOptions options =
        OPTIONS
            .withDurability(Durability.sync())
            .withFrameMemoryBytes(frames * (long) DjinnTest.TINY.pageSizeBytes())
            .withLogLimitBytes(256 << 20);
    try (SimVfs disk = new SimVfs(4 << 20)) {
      SimEnv env = new SimEnv(disk, 1);
      try (Djinn db = Djinn.open(env, options)) {
        GinIndex index = db.createGin("i", SPEC.withFastUpdate(false));
        long most = 0;
        for (int row = 0; db.metrics().pagesWritten() < 3L * frames; row++) {
          try (WriteBatch batch = db.begin()) {
            // Keys far apart: each in a leaf of its own.
            for (int i = 0; i < 16; i++) {
              index.insert(batch, row * TID_STEP, List.of((row * 16 + i) * 0x9E3779B1));
            }
            batch.commit();
          }
          most = Math.max(most, db.metrics().framesInUse());
          env.runAgents();
        }
        assertEquals(0, db.metrics().backPressure().count());
        assertEquals(0, db.metrics().checkpoints());
        assertTrue(most > frames / 3, "pages are written too early");
        assertEquals(List.of(), db.verify());
      }
    }
  }

  /** What sinks still hold at the end may be what a sync becomes due with. */
  @ParameterizedTest
  @ValueSource(ints = {-2, -1, 0, 1})
  void aBuildEndsWhateverItsSinksHoldThen(int more) {
    int pageBytes = 64 << 10;
    DjinnOptions options =
        DjinnOptions.defaults()
            .withPageSizeBytes(pageBytes)
            .withDurability(Durability.none())
            .withMapChunkBytes(64 << 20);
    MemoryAccount account = new MemoryAccount("test", 1 << 30);
    try (SimVfs disk = new SimVfs(64 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), options);
        MemoryRegion buffer = MemoryRegion.allocate(account, GinBuild.sinkBytes(pageBytes));
        MemoryRegion work =
            MemoryRegion.allocate(account, EntryLeafLoader.workBytes(pageBytes) + pageBytes);
        SeparatorList leaves = new SeparatorList(account, pageBytes);
        GinBuild build = db.beginBuild("i", SPEC)) {
      PageSink sink = build.sink(buffer.address());
      long page = work.address() + EntryLeafLoader.workBytes(pageBytes);
      for (int i = 1; i < ExtentSink.SYNC_BYTES / pageBytes + more; i++) {
        // Pages that belong to nothing.
        int pageNo = sink.allocate();
        Page.format(page, pageBytes, pageNo, PageKind.POSTING_LEAF.id(), 0);
        sink.write(pageNo, page);
      }
      EntryLeafLoader loader = new EntryLeafLoader(sink, 90, work.address(), leaves);
      GinCounts counts = loader.finish();
      build.complete(
          List.of(
              new GinBuild.Tree(
                  new UpperLevelLoader(sink, 90, work.address(), account).load(List.of(leaves)),
                  counts)));
      assertEquals(List.of(), DjinnTest.find(db, db.gin("i"), ArrayOps.containsAll(1)));
    }
  }

  private static long pendingRows(Djinn db, GinIndex index) {
    try (Snapshot snapshot = db.snapshot()) {
      return index.stats(snapshot).pendingRows();
    }
  }

  @Test
  void pagesOfADroppedIndexAreFreedOnceThereIsSpaceAgain() {
    // No segment of the log is recycled before it is full: the next one needs space.
    DjinnOptions options = OPTIONS.withLogLimitBytes(256 << 20);
    try (SimVfs disk = new SimVfs(4 << 20)) {
      SimEnv env = new SimEnv(disk, 1);
      try (Djinn db = Djinn.open(env, options)) {
        GinIndex kept = db.createGin("kept", SPEC.withFastUpdate(false));
        GinIndex dropped = db.createGin("dropped", SPEC.withFastUpdate(false));
        for (int row = 0; row < 8_000; ) {
          try (WriteBatch batch = db.begin()) {
            for (int i = 0; i < 50; i++, row++) {
              dropped.insert(batch, row * TID_STEP, List.of(row));
            }
            batch.commit();
          }
        }
        long pages;
        try (Snapshot snapshot = db.snapshot()) {
          pages = dropped.stats(snapshot).totalPages();
        }
        db.drop("dropped");
        disk.quota(1);
        assertThrows(NoSpaceException.class, () -> fillLog(db, kept));
        db.awaitDropped();
        long free = db.stats().freePages();
        assertTrue(free < pages, free + " of " + pages + " pages freed without space");
        assertFalse(db.isSealed());

        disk.quota(Long.MAX_VALUE);
        runUntil(env, () -> db.stats().freePages() >= pages);
        assertEquals(List.of(), db.verify());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatABuildCouldNotGiveBackWithoutSpaceIsGivenBackByTheNextOne(boolean isBuilt) {
    DjinnOptions options = OPTIONS.withLogLimitBytes(256 << 20);
    try (SimVfs disk = new SimVfs(4 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), options)) {
      GinIndex other = db.createGin("other", SPEC.withFastUpdate(false));
      GinBuild build = db.beginBuild("i", SPEC);
      GinIndex index = build.indexes().get(0);
      disk.quota(1);
      assertThrows(NoSpaceException.class, () -> fillLog(db, other));
      assertThrows(NoSpaceException.class, build::close);
      assertEquals(
          List.of("building"),
          db.indexes().stream().filter(i -> i.name().equals("i")).map(IndexInfo::state).toList());
      try (WriteBatch batch = db.begin()) {
        assertThrows(IllegalStateException.class, () -> index.insert(batch, 1, List.of(1)));
      }
      assertFalse(db.isSealed());

      disk.quota(Long.MAX_VALUE);
      if (isBuilt) {
        db.beginBuild("another", SPEC).close();
      } else {
        GinIndex made = db.createGin("i", SPEC);
        insert(db, made, 0, 10, 1, 10);
        assertEquals(10, DjinnTest.find(db, made, ArrayOps.containsAll(1)).size());
        db.drop("i");
      }
      db.awaitDropped();
      assertEquals(List.of("other"), db.indexes().stream().map(IndexInfo::name).toList());
      assertEquals(List.of(), db.verify());
      db.beginBuild("i", SPEC).close();
    }
  }

  /** Writes what needs no further page until the log has no room. */
  private static void fillLog(Djinn db, GinIndex index) {
    for (int round = 0; round < 10_000; round++) {
      try (WriteBatch batch = db.begin()) {
        for (int row = 0; row < 50; row++) {
          if (round % 2 == 0) {
            index.insert(batch, row * TID_STEP, List.of(1));
          } else {
            index.delete(batch, row * TID_STEP, List.of(1));
          }
        }
        batch.commit();
      }
    }
  }

  /** Lets time pass, and the engine work, until something holds. */
  private static void runUntil(SimEnv env, BooleanSupplier condition) {
    for (int seconds = 0; !condition.getAsBoolean(); seconds++) {
      assertTrue(seconds < 100, "not done after " + seconds + " simulated seconds");
      env.advance(TimeUnit.SECONDS.toNanos(1));
      env.runAgents();
    }
  }
}
