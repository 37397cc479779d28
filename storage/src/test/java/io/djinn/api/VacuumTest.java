package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.NoSpaceException;
import io.djinn.error.ReadOnlyStoreException;
import io.djinn.error.StoreClosedException;
import io.djinn.error.StoreSealedException;
import io.djinn.error.VacuumCancelledException;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.testkit.IoOp;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VacuumTest {
  private static final int ROWS = 4_000;
  private static final int KEYS = 300;

  /** So that the lists of frequent keys become trees. */
  private static final long TID_STEP = 1_000_003;

  private SimVfs disk;
  private Djinn db;
  private GinIndex index;

  @BeforeEach
  void fill() {
    disk = new SimVfs();
    db = Djinn.open(new SimEnv(disk, 1), DjinnTest.TINY.withDurability(Durability.none()));
    index = db.createGin("tags", GinSpec.column("v", ArrayOps.ofInts()).withFastUpdate(false));
    insert(db, index);
  }

  private static void insert(Djinn db, GinIndex index) {
    for (int row = 0; row < ROWS; ) {
      try (WriteBatch batch = db.begin()) {
        for (int i = 0; i < 100; i++, row++) {
          index.insert(batch, row * TID_STEP, values(row));
        }
        batch.commit();
      }
    }
  }

  private static List<Integer> values(int row) {
    return List.of(-1, row % KEYS);
  }

  @AfterEach
  void close() {
    db.close();
    disk.close();
  }

  private List<Long> find(int key) {
    return DjinnTest.find(db, index, ArrayOps.containsAll(key));
  }

  private static List<Long> tids(int fromRow, int toRow) {
    List<Long> tids = new ArrayList<>();
    for (int row = fromRow; row < toRow; row++) {
      tids.add(row * TID_STEP);
    }
    return tids;
  }

  private static VacuumOptions listening(VacuumListener listener) {
    return VacuumOptions.defaults().withListener(listener);
  }

  @Test
  void theReportSaysWhatWasTestedAndRemoved() {
    VacuumReport report = index.vacuum(tid -> tid < 1_000 * TID_STEP, VacuumOptions.defaults());

    assertEquals(2 * ROWS, report.tidsTested());
    assertEquals(2_000, report.tidsRemoved());
    assertEquals(KEYS + 1, report.keysWalked());
    assertEquals(0, report.keysRemoved());
    assertTrue(report.pagesFreed() > 0, report.toString());
    assertTrue(report.seconds() >= 0, report.toString());
    assertEquals(tids(1_000, ROWS), find(-1));
    assertEquals(List.of(), db.verify());
  }

  @Test
  void keysWithoutRowsGo() {
    VacuumReport report =
        index.vacuum(tid -> tid / TID_STEP % KEYS < 100, VacuumOptions.defaults());

    assertEquals(100, report.keysRemoved());
    try (Snapshot snapshot = db.snapshot()) {
      assertEquals(KEYS + 1 - 100, index.stats(snapshot).keys());
    }
    assertEquals(List.of(), db.verify());
  }

  @Test
  void pagesOfAnIndexWhoseRowsAreAllDeadCanBeUsedAgain() {
    long pagesBefore;
    try (Snapshot snapshot = db.snapshot()) {
      pagesBefore = index.stats(snapshot).totalPages();
    }

    VacuumReport report = index.vacuum(tid -> true, VacuumOptions.defaults());

    try (Snapshot snapshot = db.snapshot()) {
      GinStats stats = index.stats(snapshot);
      assertEquals(
          List.of(2L, 1L, 0L, 0L, 0L),
          List.of(
              stats.totalPages(),
              stats.entryPages(),
              stats.postingPages(),
              stats.keys(),
              stats.tids()));
      assertEquals(pagesBefore - stats.totalPages(), report.pagesFreed());
    }
    long filePages = db.stats().filePages();
    insert(db, index);
    assertEquals(filePages, db.stats().filePages());
    assertEquals(tids(0, ROWS), find(-1));
  }

  @Test
  void aSnapshotFromBeforeSeesWhatVacuumRemoved() {
    try (Djinn ample =
        Djinn.open(
            new SimEnv(new SimVfs(), 2), DjinnTest.TINY.withFrameMemoryBytes(4_096 * 512L))) {
      GinIndex other =
          ample.createGin("tags", GinSpec.column("v", ArrayOps.ofInts()).withFastUpdate(false));
      insert(ample, other);
      try (Snapshot before = ample.snapshot()) {
        other.vacuum(tid -> true, VacuumOptions.defaults());

        List<Long> seen = new ArrayList<>();
        try (TidCursor cursor = other.search(before, ArrayOps.containsAll(-1))) {
          while (cursor.next()) {
            seen.add(cursor.tid());
          }
        }
        assertEquals(tids(0, ROWS), seen);
      }
      assertEquals(List.of(), DjinnTest.find(ample, other, ArrayOps.containsAll(-1)));
    }
  }

  @Test
  void thePredicateIsAskedOutsideOfStepsAndBatches() {
    boolean[] isDone = new boolean[1];

    index.vacuum(
        tid -> {
          if (!isDone[0]) {
            isDone[0] = true;
            assertFalse(db.store().isCommitting());
            try (WriteBatch batch = db.begin()) {
              index.insert(batch, 5, List.of(9_999));
              batch.commit();
            }
            // Waits for every step entered before: for ever, if this is one.
            db.store().versions().steps().awaitCurrent();
          }
          return false;
        },
        VacuumOptions.defaults());

    assertTrue(isDone[0]);
    assertEquals(List.of(5L), find(9_999));
  }

  @Test
  void aSnapshotThatIsGivenUpDoesNotEndVacuum() {
    int[] expired = new int[1];
    int[] next = {1};

    VacuumReport report =
        index.vacuum(
            tid -> tid % 2 == 0,
            listening(
                progress -> {
                  if (progress.tidsTested() >= next[0] * 500L && next[0] <= 12) {
                    next[0]++;
                    expired[0] += expireSnapshots();
                  }
                }));

    assertEquals(12, expired[0]);
    assertEquals(2 * ROWS, report.tidsTested(), "each TID is tested once");
    List<Long> odd = tids(0, ROWS);
    odd.removeIf(tid -> tid % 2 == 0);
    assertEquals(odd, find(-1));
    assertEquals(List.of(), db.verify());
  }

  /** Changes one row below all others again and again until no snapshot from before is left. */
  private int expireSnapshots() {
    try (Snapshot probe = db.snapshot()) {
      for (int i = 0; i < 5_000 && !probe.isExpired(); i++) {
        try (WriteBatch batch = db.begin()) {
          for (int key = 0; key < 20; key++) {
            index.insert(batch, 1, List.of(-1_000 - key));
          }
          batch.commit();
        }
        try (WriteBatch batch = db.begin()) {
          for (int key = 0; key < 20; key++) {
            index.delete(batch, 1, List.of(-1_000 - key));
          }
          batch.commit();
        }
      }
      return probe.isExpired() ? 1 : 0;
    }
  }

  @Test
  void anInsertOfATidInTheSetIsRefusedByTidAndIndexUntilVacuumHasEnded() {
    TidSet dead = TidSet.of(7 * TID_STEP, 8 * TID_STEP);
    List<String> refused = new ArrayList<>();
    try (WriteBatch early = db.begin()) {
      index.insert(early, 7 * TID_STEP, List.of(1));
      boolean[] isTried = new boolean[1];

      index.vacuum(
          dead,
          listening(
              progress -> {
                if (isTried[0]) {
                  return;
                }
                isTried[0] = true;
                refused.add(refusal(() -> early.commit()));
                try (WriteBatch late = db.begin()) {
                  refused.add(refusal(() -> index.insert(late, 8 * TID_STEP, List.of(1))));
                  index.insert(late, 9 * TID_STEP, List.of(77_777));
                  index.delete(late, 8 * TID_STEP, values(8));
                  late.commit();
                }
              }));
    }

    assertTrue(refused.get(0).contains("TID " + 7 * TID_STEP), refused.toString());
    assertTrue(refused.get(1).contains("TID " + 8 * TID_STEP), refused.toString());
    assertTrue(refused.stream().allMatch(text -> text.contains("\"tags\"")), refused.toString());
    assertEquals(List.of(9 * TID_STEP), find(77_777));
    List<Long> left = tids(0, ROWS);
    left.removeIf(dead::contains);
    assertEquals(left, find(-1));
    try (WriteBatch batch = db.begin()) {
      index.insert(batch, 7 * TID_STEP, List.of(1));
      batch.commit();
    }
    assertTrue(find(1).contains(7 * TID_STEP));
  }

  private static String refusal(org.junit.jupiter.api.function.Executable work) {
    return assertThrows(IllegalStateException.class, work).getMessage();
  }

  @Test
  void ofTwoVacuumsOfAnIndexTheSecondIsRefusedByName() {
    GinIndex other =
        db.createGin("other", GinSpec.column("v", ArrayOps.ofInts()).withFastUpdate(false));
    List<String> refused = new ArrayList<>();

    index.vacuum(
        tid -> false,
        listening(
            progress -> {
              if (refused.isEmpty()) {
                refused.add(refusal(() -> index.vacuum(tid -> true, VacuumOptions.defaults())));
                other.vacuum(tid -> true, VacuumOptions.defaults());
              }
            }));

    assertTrue(refused.get(0).contains("index \"tags\""), refused.get(0));
    assertEquals(tids(0, ROWS), find(-1));
    assertEquals(0, index.vacuum(tid -> false, VacuumOptions.defaults()).tidsRemoved());
  }

  @Test
  void aDroppedIndexEndsItsVacuumByName() {
    for (boolean isFirstStep : new boolean[] {true, false}) {
      GinIndex doomed =
          db.createGin("doomed", GinSpec.column("v", ArrayOps.ofInts()).withFastUpdate(false));
      insert(db, doomed);
      String refused =
          refusal(
              () ->
                  doomed.vacuum(
                      tid -> true,
                      listening(
                          progress -> {
                            if (isFirstStep || progress.tidsRemoved() > 0) {
                              db.drop("doomed");
                              db.awaitDropped();
                              insert(db, index);
                            }
                          })));
      assertTrue(refused.contains("index \"doomed\" was dropped"), refused);
      assertTrue(
          refusal(() -> doomed.vacuum(tid -> true, VacuumOptions.defaults())).contains("dropped"));
    }
    assertEquals(List.of(), db.verify());
  }

  @Test
  void aStoreThatIsClosedEndsVacuum() {
    for (boolean isFirstStep : new boolean[] {true, false}) {
      SimVfs files = new SimVfs();
      Djinn other = Djinn.open(new SimEnv(files, 3), DjinnTest.TINY);
      GinIndex tags =
          other.createGin("tags", GinSpec.column("v", ArrayOps.ofInts()).withFastUpdate(false));
      insert(other, tags);
      assertThrows(
          StoreClosedException.class,
          () ->
              tags.vacuum(
                  tid -> true,
                  listening(
                      progress -> {
                        if (isFirstStep || progress.tidsRemoved() > 0) {
                          other.close();
                        }
                      })));
      assertThrows(
          StoreClosedException.class, () -> tags.vacuum(tid -> true, VacuumOptions.defaults()));
      files.close();
    }
  }

  @Test
  void aSealedStoreAndOneOpenedForReadingAreRefused() {
    assertThrows(
        StoreSealedException.class,
        () ->
            index.vacuum(
                tid -> true,
                listening(
                    progress -> {
                      if (progress.tidsRemoved() > 0) {
                        db.store().seal(new IOException("broken"));
                      }
                    })));
    assertThrows(
        StoreSealedException.class, () -> index.vacuum(tid -> true, VacuumOptions.defaults()));
    assertEquals(List.of(), db.verify());
    db.close();
    disk = disk.reopen();
    db = Djinn.open(new SimEnv(disk, 4), DjinnTest.TINY);
    db.close();
    disk = disk.reopen();
    db = Djinn.open(new SimEnv(disk, 5), DjinnTest.TINY.withReadOnly(true));
    assertThrows(
        ReadOnlyStoreException.class,
        () -> db.gin("tags").vacuum(tid -> true, VacuumOptions.defaults()));
  }

  @Test
  void aFullDiskEndsVacuumWhichCanBeRunAgain() {
    disk.hook(
        call -> {
          if (call.op() == IoOp.ALLOCATE) {
            throw new IOException("No space left on device");
          }
        });
    boolean isFull = false;
    try {
      // Most of its pages are written anew, which takes more log than there is.
      for (int i = 0; i < 10 && !isFull; i++) {
        int round = i;
        index.vacuum(tid -> tid / TID_STEP % 10 == round, VacuumOptions.defaults());
      }
    } catch (NoSpaceException e) {
      isFull = true;
    }
    disk.hook(null);
    assertFalse(db.isSealed());
    assertEquals(List.of(), db.verify());
    index.vacuum(tid -> true, VacuumOptions.defaults());
    assertEquals(List.of(), find(-1));
    assertEquals(List.of(), db.verify());
  }

  @Test
  void cancellingFromAnotherThreadEndsVacuumBetweenTwoQuestions() throws Exception {
    CancelToken token = new CancelToken();
    CountDownLatch isAsked = new CountDownLatch(1);
    CountDownLatch isCancelled = new CountDownLatch(1);
    int[] asked = new int[1];
    FutureTask<VacuumReport> vacuum =
        new FutureTask<>(
            () ->
                index.vacuum(
                    tid -> {
                      asked[0]++;
                      isAsked.countDown();
                      await(isCancelled);
                      return true;
                    },
                    VacuumOptions.defaults().withCancelToken(token)));
    new Thread(vacuum, "vacuum").start();
    isAsked.await();
    token.cancel();
    isCancelled.countDown();

    Throwable cause =
        assertThrows(java.util.concurrent.ExecutionException.class, vacuum::get).getCause();

    assertEquals(VacuumCancelledException.class, cause.getClass());
    assertEquals(1, asked[0]);
    assertTrue(cause.getMessage().contains("index \"tags\" was cancelled"), cause.getMessage());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatWasRemovedBeforeCancellingStaysRemovedAndTheRestGoesNextTime() {
    CancelToken token = new CancelToken();
    VacuumCancelledException cancelled =
        assertThrows(
            VacuumCancelledException.class,
            () ->
                index.vacuum(
                    tid -> true,
                    listening(
                            progress -> {
                              if (progress.tidsRemoved() > 0) {
                                token.cancel();
                              }
                            })
                        .withCancelToken(token)));
    assertTrue(cancelled.getMessage().contains("of which it removed"), cancelled.getMessage());
    long left;
    try (Snapshot snapshot = db.snapshot()) {
      left = index.stats(snapshot).tids();
    }
    assertTrue(left > 0 && left < 2 * ROWS, "left: " + left);
    assertEquals(List.of(), db.verify());

    assertEquals(left, index.vacuum(tid -> true, VacuumOptions.defaults()).tidsRemoved());
    assertEquals(List.of(), find(-1));
  }

  @Test
  void anInterruptCancelsAndIsKeptAndClosesNoFile(@TempDir Path directory) {
    try (Djinn real = Djinn.open(directory, DjinnTest.TINY.withDurability(Durability.sync()))) {
      GinIndex tags =
          real.createGin("tags", GinSpec.column("v", ArrayOps.ofInts()).withFastUpdate(false));
      insert(real, tags);

      VacuumCancelledException cancelled =
          assertThrows(
              VacuumCancelledException.class,
              () ->
                  tags.vacuum(
                      tid -> true,
                      listening(
                          progress -> {
                            if (progress.tidsRemoved() > 0) {
                              Thread.currentThread().interrupt();
                            }
                          })));

      assertTrue(Thread.interrupted());
      assertTrue(cancelled.getMessage().contains("was interrupted"), cancelled.getMessage());
      tags.vacuum(tid -> true, VacuumOptions.defaults());
      assertEquals(List.of(), DjinnTest.find(real, tags, ArrayOps.containsAll(-1)));
      assertEquals(List.of(), real.verify());
    }
  }

  @Test
  void whatAListenerThrowsEndsVacuumAndLeavesTheIndexFree() {
    IllegalArgumentException thrown = new IllegalArgumentException("enough");

    assertEquals(
        thrown,
        assertThrows(
            IllegalArgumentException.class,
            () ->
                index.vacuum(
                    tid -> true,
                    listening(
                        progress -> {
                          throw thrown;
                        }))));

    index.vacuum(tid -> true, VacuumOptions.defaults());
    assertEquals(List.of(), find(-1));
  }

  @Test
  void whatVacuumRemovedIsDurableWhenItReturnsInASyncedStore() {
    SimVfs files = new SimVfs();
    Djinn other = Djinn.open(new SimEnv(files, 6), DjinnTest.TINY);
    GinIndex tags =
        other.createGin("tags", GinSpec.column("v", ArrayOps.ofInts()).withFastUpdate(false));
    insert(other, tags);

    tags.vacuum(tid -> true, VacuumOptions.defaults());

    try (SimVfs left = files.crash(io.djinn.testkit.CrashMode.NONE, 0);
        Djinn reopened = Djinn.open(new SimEnv(left, 7), DjinnTest.TINY)) {
      try (Snapshot snapshot = reopened.snapshot()) {
        assertEquals(0, reopened.gin("tags").stats(snapshot).tids());
      }
    }
    other.close();
    files.close();
  }

  @Test
  void aSliceOutOfBoundsIsRefusedWithValueAndLimit() {
    for (int micros : new int[] {0, 1_000_001}) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> VacuumOptions.defaults().withSliceMicros(micros))
              .getMessage();
      assertTrue(message.contains(" " + micros + " ") && message.contains("1000000"), message);
    }
  }

  @Test
  void aSetHoldsWhatWasAddedInWhateverOrder() {
    TidSet set =
        new TidSet.Builder()
            .add(9)
            .addRange(3, 5)
            .add(4)
            .addRange(5, 7)
            .add(GinIndex.MAX_TID)
            .add(0)
            .build();

    TreeSet<Long> held = new TreeSet<>();
    for (long tid = 0; tid < 20; tid++) {
      if (set.contains(tid)) {
        held.add(tid);
      }
    }
    assertEquals(new TreeSet<>(List.of(0L, 3L, 4L, 5L, 6L, 7L, 9L)), held);
    assertTrue(set.contains(GinIndex.MAX_TID));
    assertFalse(set.contains(GinIndex.MAX_TID - 1));
    assertEquals(8, set.count());
    assertFalse(TidSet.of().contains(0));
    assertThrows(IllegalArgumentException.class, () -> TidSet.of(-1));
    assertThrows(IllegalArgumentException.class, () -> new TidSet.Builder().addRange(5, 4));
  }
}
