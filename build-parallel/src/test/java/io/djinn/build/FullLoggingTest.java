package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.BuildLogging;
import io.djinn.api.BuildWait;
import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.GinStats;
import io.djinn.api.IndexDump;
import io.djinn.api.Snapshot;
import io.djinn.api.WriteBatch;
import io.djinn.build.plan.BuildOptions;
import io.djinn.error.BuildFailedException;
import io.djinn.error.CorruptLogException;
import io.djinn.error.CorruptPageException;
import io.djinn.file.Env;
import io.djinn.file.OpenMode;
import io.djinn.file.OsEnv;
import io.djinn.file.RawFile;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.IoHook;
import io.djinn.testkit.IoOp;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.SimulatedCrash;
import io.djinn.testkit.TestSeed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * With {@link BuildLogging#FULL} a copy of the open store from before a build, and the log after it
 * in the place of its own, are the store with the index.
 */
class FullLoggingTest {
  private static final int PAGE_BYTES = 1024;
  private static final int ROWS = 3_000;
  private static final int KEYS_A_ROW = 20;
  private static final long LOG_LIMIT = 256 << 10;

  /** The limit, a batch beyond it, and segments that are made ahead or recycled. */
  private static final int MOST_SEGMENTS = 10;

  private static final String INDEX = "i";
  private static final String OTHER = "other";
  private static final GinSpec SPEC = GinSpec.column("$", ArrayOps.ofInts());

  /** The log is long enough for everything, so that no segment is recycled. */
  private static final DjinnOptions OPTIONS =
      DjinnOptions.defaults()
          .withPageSizeBytes(PAGE_BYTES)
          .withFrameMemoryBytes(4 << 20)
          .withLogSegmentBytes(256 << 10)
          .withLogLimitBytes(64 << 20);

  private static final DjinnOptions SHORT_LOG =
      OPTIONS.withLogSegmentBytes(64 << 10).withLogLimitBytes(LOG_LIMIT);

  private final SplittableRandom random = new SplittableRandom(TestSeed.forTest("FullLoggingTest"));

  private TestRows rows(int count) {
    return rows(count, KEYS_A_ROW);
  }

  private TestRows rows(int count, int keys) {
    TestRows rows = new TestRows();
    for (int i = 0; i < count; i++) {
      int[] row = random.ints(keys, 0, 20_000).toArray();
      row[0] = 7;
      rows.add(i, row);
    }
    return rows;
  }

  private static IndexBuild build(
      Djinn db, TestRows rows, int workers, BuildLogging logging, BuildListener listener) {
    BuildOptions options =
        BuildOptions.defaults()
            .withMaintenanceWorkMem((workers + 1L) << 20)
            .withParallelWorkers(workers)
            .withLogging(logging);
    return new IndexBuild(db, INDEX, SPEC, rows, options, listener);
  }

  private static BuildReport build(Djinn db, TestRows rows, int workers, BuildLogging logging) {
    return build(db, rows, workers, logging, BuildListener.SILENT).run();
  }

  /** A few rows more, each a batch. */
  private void insert(Djinn db, String name, int count) {
    GinIndex index = db.gin(name);
    for (int i = 0; i < count; i++) {
      try (WriteBatch batch = db.begin()) {
        index.insert(batch, 1_000_000L + i, List.of(7, random.nextInt(4_000)));
        batch.commit();
      }
    }
  }

  /** Leaves pages that a build may write on, and an index that has nothing to do with it. */
  private void prepare(Djinn db) {
    build(db, rows(ROWS / 2), 0, BuildLogging.MINIMAL);
    db.drop(INDEX);
    db.awaitDropped();
    db.checkpoint();
    db.createGin(OTHER, SPEC);
    db.checkpoint();
    insert(db, OTHER, 40);
    db.checkpoint();
  }

  private static List<Map<String, String>> contents(Djinn db) {
    assertEquals(List.of(), db.verify());
    return List.of(IndexDump.of(db, INDEX), IndexDump.of(db, OTHER));
  }

  private static void put(SimVfs disk, String name, byte[] bytes) throws IOException {
    if (disk.exists(name)) {
      disk.delete(name);
    }
    try (MemoryRegion memory =
            MemoryRegion.allocate(new MemoryAccount("file", bytes.length), bytes.length);
        RawFile file = disk.open(name, OpenMode.CREATE_NEW)) {
      NativeMemory.copyFromArray(bytes, 0, memory.address(), bytes.length);
      file.allocate(0, bytes.length);
      file.writeFully(0, memory.address(), bytes.length);
      file.sync(true);
    }
  }

  /** Puts the log of another image in the place of a disk's own. */
  private static void takeLog(SimVfs disk, SimVfs from) throws IOException {
    for (String name : disk.list("wal")) {
      disk.delete("wal/" + name);
    }
    for (String name : from.list("wal")) {
      put(disk, "wal/" + name, from.bytes("wal/" + name));
    }
    disk.syncDirectory("wal");
  }

  /** Fills every page with zeros that is not as it was in an older image. */
  private static void loseChangedPages(SimVfs disk, SimVfs before) throws IOException {
    byte[] old = before.bytes("pages");
    byte[] present = disk.bytes("pages");
    for (int at = 0; at < present.length; at += PAGE_BYTES) {
      if (at >= old.length
          || !Arrays.equals(old, at, at + PAGE_BYTES, present, at, at + PAGE_BYTES)) {
        Arrays.fill(present, at, at + PAGE_BYTES, (byte) 0);
      }
    }
    put(disk, "pages", present);
    disk.syncDirectory("");
  }

  @ParameterizedTest
  @CsvSource({"0,false", "0,true", "2,false", "2,true"})
  void aCopyFromBeforeTheBuildAndTheLogGiveTheIndex(int workers, boolean threads)
      throws IOException {
    TestRows rows = rows(ROWS);
    List<Map<String, String>> wanted;
    try (SimVfs disk = new SimVfs(16 << 20)) {
      Env env = threads ? new OsEnv(disk) : new SimEnv(disk, 1 + workers);
      try (Djinn db = Djinn.open(env, OPTIONS)) {
        prepare(db);
        long checkpoints = db.metrics().checkpoints();
        try (SimVfs before = disk.crash(CrashMode.ALL, 0)) {
          build(db, rows, workers, BuildLogging.FULL);
          insert(db, INDEX, 30);
          insert(db, OTHER, 30);
          assertEquals(checkpoints, db.metrics().checkpoints(), "the log is not whole any more");
          wanted = contents(db);
          try (SimVfs after = disk.crash(CrashMode.ALL, 0)) {
            put(after, "control", before.bytes("control"));
            loseChangedPages(after, before);
            takeLog(before, after);
            assertTrue(before.bytes("pages").length < after.bytes("pages").length);
            assertReadsAs(wanted, before);
            assertOpensTo(wanted, before);
            assertOpensTo(wanted, after);
          }
        }
      }
    }
  }

  private static void assertOpensTo(List<Map<String, String>> wanted, SimVfs disk) {
    for (int i = 0; i < 2; i++) {
      try (Djinn db = Djinn.open(new SimEnv(disk, 3), OPTIONS)) {
        assertTrue(wanted.equals(contents(db)), "the indexes hold something else");
      }
    }
  }

  private static void assertReadsAs(List<Map<String, String>> wanted, SimVfs disk) {
    long hash = disk.durableHash();
    try (Djinn db = Djinn.open(new SimEnv(disk, 3), OPTIONS.withReadOnly(true))) {
      assertTrue(wanted.equals(contents(db)), "the indexes hold something else");
    }
    assertEquals(hash, disk.durableHash());
  }

  /** Opens and closes a store; false where the power was cut before a call. */
  private static boolean opensUntil(SimVfs disk, long operation) {
    disk.hook(IoHook.crashBefore(operation));
    try {
      Djinn.open(new SimEnv(disk, 2), OPTIONS).close();
      return true;
    } catch (SimulatedCrash crash) {
      disk.end("the power was cut");
      return false;
    }
  }

  @Test
  void openingTheCopyMayBeCutShortAnywhere() throws IOException {
    TestRows rows = rows(ROWS);
    try (SimVfs disk = new SimVfs(16 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), OPTIONS)) {
      prepare(db);
      List<Map<String, String>> wanted;
      try (SimVfs before = disk.crash(CrashMode.ALL, 0)) {
        build(db, rows, 0, BuildLogging.FULL);
        insert(db, INDEX, 10);
        wanted = contents(db);
        try (SimVfs after = disk.crash(CrashMode.ALL, 0)) {
          takeLog(before, after);
        }
        int cuts = 0;
        boolean isOpened = false;
        for (long at = 1; !isOpened; at += 1 + random.nextInt(4)) {
          try (SimVfs copy = before.crash(CrashMode.ALL, 0)) {
            isOpened = opensUntil(copy, copy.operations() + at);
            CrashMode mode = CrashMode.values()[random.nextInt(CrashMode.values().length)];
            try (SimVfs image = copy.crash(mode, random.nextLong())) {
              assertReadsAs(wanted, image);
              assertOpensTo(wanted, image);
            }
          }
          cuts++;
        }
        assertTrue(cuts > 5, "cuts: " + cuts);
      }
    }
  }

  @Test
  void aMinimalBuildIsNotInTheLogAndOpeningTheCopyNamesAPageThatIsGone() throws IOException {
    try (SimVfs disk = new SimVfs(16 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), OPTIONS);
        SimVfs before = disk.crash(CrashMode.ALL, 0)) {
      long pageBytes = before.bytes("pages").length;
      build(db, rows(ROWS), 1, BuildLogging.MINIMAL);
      try (SimVfs after = disk.crash(CrashMode.ALL, 0)) {
        takeLog(before, after);
      }
      for (int i = 0; i < 2; i++) {
        CorruptPageException gone =
            assertThrows(
                CorruptPageException.class,
                () -> Djinn.open(SimEnv.ofDamaged(before, 3), OPTIONS).close());
        assertTrue(gone.getMessage().contains("the log does not hold"), gone.getMessage());
        assertEquals(pageBytes, before.bytes("pages").length);
      }
    }
  }

  @Test
  void aCopyWhoseLogHasBeenRecycledIsRefused() throws IOException {
    try (SimVfs disk = new SimVfs(16 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), SHORT_LOG)) {
      db.createGin(OTHER, SPEC);
      insert(db, OTHER, 1);
      try (SimVfs before = disk.crash(CrashMode.ALL, 0)) {
        build(db, rows(2 * ROWS), 1, BuildLogging.FULL);
        try (SimVfs after = disk.crash(CrashMode.ALL, 0)) {
          takeLog(before, after);
        }
        long hash = before.durableHash();
        CorruptLogException lost =
            assertThrows(
                CorruptLogException.class,
                () -> Djinn.open(SimEnv.ofDamaged(before, 3), SHORT_LOG).close());
        assertTrue(lost.getMessage().contains("holds the redo point"), lost.getMessage());
        assertEquals(hash, before.durableHash());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3})
  void bothKindsOfLoggingGiveTheSameIndexAndReportWhatTheyLog(int workers) {
    TestRows rows = rows(ROWS);
    GinStats[] stats = new GinStats[2];
    BuildReport[] reports = new BuildReport[2];
    for (BuildLogging logging : BuildLogging.values()) {
      try (SimVfs disk = new SimVfs(16 << 20);
          Djinn db = Djinn.open(new SimEnv(disk, 1), OPTIONS)) {
        long before = db.metrics().logBytes();
        BuildReport report = build(db, rows, workers, logging);
        assertEquals(db.metrics().logBytes() - before, report.logBytes());
        reports[logging.ordinal()] = report;
        assertEquals(List.of(), db.verify());
        assertTrue(rows.oracle().equals(asLists(IndexDump.of(db, INDEX))), "not as the rows are");
        try (Snapshot snapshot = db.snapshot()) {
          stats[logging.ordinal()] = db.gin(INDEX).stats(snapshot);
        }
      }
    }
    assertEquals(stats[0].tids(), stats[1].tids());
    assertEquals(stats[0].keys(), stats[1].keys());
    if (workers == 0) {
      assertEquals(stats[0], stats[1]);
    }
    ParticipantReport minimal = reports[0].total();
    ParticipantReport full = reports[1].total();
    assertTrue(
        full.logBytes() - minimal.logBytes() > full.pages() * PAGE_BYTES / 4,
        full.logBytes() + " bytes of " + full.pages() + " pages, " + minimal.logBytes());
    assertEquals(0, minimal.waitSeconds(BuildWait.LOG));
    assertTrue(full.waitSeconds(BuildWait.LOG) > 0);
  }

  private static Map<String, List<Long>> asLists(Map<String, String> dump) {
    Map<String, List<Long>> lists = new TreeMap<>();
    for (String pair : dump.keySet()) {
      int blank = pair.indexOf(' ');
      lists
          .computeIfAbsent(pair.substring(0, blank), key -> new ArrayList<>())
          .add(Long.parseLong(pair.substring(blank + 1)));
    }
    lists.values().forEach(tids -> tids.sort(null));
    return lists;
  }

  @ParameterizedTest
  @CsvSource({"0,false", "2,false", "3,true"})
  void aLogFarShorterThanTheIndexIsEnough(int workers, boolean threads) {
    TestRows rows = rows(4 * ROWS, 2 * KEYS_A_ROW);
    AtomicInteger mostSegments = new AtomicInteger();
    try (SimVfs disk = new SimVfs(32 << 20)) {
      disk.hook(
          call -> {
            if (call.op() == IoOp.RENAME && call.name().startsWith("wal/")) {
              mostSegments.accumulateAndGet(disk.list("wal").size(), Math::max);
            }
          });
      Env env = threads ? new OsEnv(disk) : new SimEnv(disk, 1 + workers);
      try (Djinn db = Djinn.open(env, SHORT_LOG)) {
        BuildReport report = build(db, rows, workers, BuildLogging.FULL);
        assertTrue(report.logBytes() > 2 * LOG_LIMIT, "log of " + report.logBytes());
        assertTrue(db.metrics().checkpoints() > 4, "checkpoints: " + db.metrics().checkpoints());
        assertTrue(mostSegments.get() <= MOST_SEGMENTS, "segments: " + mostSegments);
        assertTrue(rows.oracle().equals(asLists(IndexDump.of(db, INDEX))), "not as the rows are");
      }
      try (SimVfs image = disk.crash(CrashMode.ALL, 0);
          Djinn db = Djinn.open(new SimEnv(image, 2), SHORT_LOG)) {
        assertEquals(List.of(), db.verify());
      }
    }
  }

  /** A redo point between a page's image and its write leaves the page to the sync at the end. */
  @ParameterizedTest
  @EnumSource(BuildLogging.class)
  void checkpointsBeforeEachWriteOfPagesLoseNothing(BuildLogging logging) {
    TestRows rows = rows(ROWS);
    try (SimVfs disk = new SimVfs(16 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), OPTIONS)) {
      boolean[] isLoading = new boolean[1];
      disk.hook(
          call -> {
            if (isLoading[0] && call.op() == IoOp.PWRITE && call.name().equals("pages")) {
              isLoading[0] = false;
              db.checkpoint();
              isLoading[0] = true;
            }
          });
      BuildListener listener =
          new BuildListener() {
            @Override
            public void event(BuildEvent event) {
              if (event instanceof BuildEvent.PhaseBegun begun) {
                isLoading[0] = begun.phase() == BuildPhase.LOAD;
              }
            }
          };
      build(db, rows, 0, logging, listener).run();
      assertTrue(db.metrics().checkpoints() > 5, "checkpoints: " + db.metrics().checkpoints());
      try (SimVfs image = disk.crash(CrashMode.NONE, 0);
          Djinn found = Djinn.open(new SimEnv(image, 2), OPTIONS)) {
        assertEquals(List.of(), found.verify());
        assertTrue(rows.oracle().equals(asLists(IndexDump.of(found, INDEX))), "not as the rows");
      }
    }
  }

  @Test
  void theImagesOfABuildThatFailedOverwriteNothingThatCameLater() throws IOException {
    TestRows rows = rows(ROWS);
    List<Map<String, String>> wanted;
    try (SimVfs disk = new SimVfs(16 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), OPTIONS)) {
      prepare(db);
      try (SimVfs before = disk.crash(CrashMode.ALL, 0)) {
        IndexBuild[] build = new IndexBuild[1];
        BuildListener cancelling =
            new BuildListener() {
              @Override
              public void event(BuildEvent event) {
                if (event instanceof BuildEvent.PhaseBegun begun
                    && begun.phase() == BuildPhase.COMPLETE) {
                  build[0].cancel();
                }
              }
            };
        build[0] = build(db, rows, 0, BuildLogging.FULL, cancelling);
        long logBytes = db.metrics().logBytes();
        assertThrows(BuildFailedException.class, build[0]::run);
        assertTrue(db.metrics().logBytes() - logBytes > 64 * PAGE_BYTES, "no image was logged");
        db.createGin(INDEX, SPEC.withFastUpdate(false));
        insert(db, INDEX, 400);
        wanted = contents(db);
        try (SimVfs after = disk.crash(CrashMode.ALL, 0)) {
          takeLog(before, after);
          assertOpensTo(wanted, before);
          assertOpensTo(wanted, after);
        }
      }
    }
  }

  @Test
  void aStoreMayLogEveryBuild() {
    try (SimVfs disk = new SimVfs(16 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), OPTIONS.withBuildLogging(BuildLogging.FULL))) {
      assertEquals(BuildLogging.FULL, IndexBuild.optionsOf(db).logging());
    }
    assertEquals(BuildLogging.MINIMAL, DjinnOptions.defaults().buildLogging());
    assertEquals(BuildLogging.MINIMAL, BuildOptions.defaults().logging());
    assertThrows(NullPointerException.class, () -> BuildOptions.defaults().withLogging(null));
    assertThrows(NullPointerException.class, () -> DjinnOptions.defaults().withBuildLogging(null));
  }
}
