package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.buffer.SnapshotReader;
import io.djinn.error.SnapshotExpiredException;
import io.djinn.error.StoreClosedException;
import io.djinn.gin.pending.PendingView;
import io.djinn.gin.scan.GinScan;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.page.StepReader;
import io.djinn.testkit.TestSeed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A reader held inside a step, between two pages, while everything that could take its pages away
 * is done: it gets the TIDs of its snapshot or an exception, never anything else.
 */
class HeldStepTest {
  private static final int ROUNDS = 12;
  private static final int ROWS = 2_000;

  /** So that a TID takes bytes and the trees have many pages. */
  private static final long TID_STEP = 1_000_003;

  /** So that a writer that must wait for the reader does, and the test does not. */
  private static final int HOLD_MILLIS = 30;

  private static final DjinnOptions OPTIONS =
      DjinnTest.TINY.withDurability(Durability.none()).withCloseDeadlineMillis(5);

  private static final int AMPLE_FRAMES = 16_384;

  @TempDir private Path directory;
  private SplittableRandom random;

  @BeforeEach
  void seed() {
    random = new SplittableRandom(TestSeed.forTest("HeldStepTest"));
  }

  /** What is done to a store while a reader of it is held. */
  private interface Disturbance {
    void run(Djinn db, GinIndex index);
  }

  @Test
  void aReaderOfPagesThatAreWrittenBackSeesItsSnapshot() throws Exception {
    int ended = 0;
    for (int round = 0; round < ROUNDS; round++) {
      ended +=
          hold(
              OPTIONS.withFrameMemoryBytes(AMPLE_FRAMES * 512L),
              round,
              (db, index) -> {
                change(db, index, 1);
                db.checkpoint();
                change(db, index, 2);
                db.checkpoint();
              });
    }
    assertEquals(ROUNDS, ended, "with frames to spare no snapshot is given up");
  }

  @Test
  void aReaderOfAnExpiringSnapshotSeesItOrIsToldSo() throws Exception {
    int ended = 0;
    for (int round = 0; round < ROUNDS; round++) {
      ended += hold(OPTIONS, round, (db, index) -> expire(db, index));
    }
    assertTrue(ended < ROUNDS, "no snapshot expired");
  }

  @Test
  void aReaderOfAStoreThatClosesSeesItsSnapshotOrIsToldSo() throws Exception {
    int ended = 0;
    for (int round = 0; round < ROUNDS; round++) {
      ended += hold(OPTIONS, round, (db, index) -> db.close());
    }
    // One held in its last step may come to its end there.
    assertTrue(ended < ROUNDS, "every reader outlived the store");
  }

  /** Changes until the engine has given up its oldest snapshot. */
  private void expire(Djinn db, GinIndex index) {
    try (Snapshot probe = db.snapshot()) {
      for (int change = 1; !probe.isExpired() && change < 100; change++) {
        change(db, index, change);
      }
    }
  }

  /** Moves every row to other keys: every page of the tree has a new version. */
  private static void change(Djinn db, GinIndex index, int change) {
    for (int row = 0; row < ROWS; ) {
      try (WriteBatch batch = db.begin()) {
        for (int i = 0; i < 50; i++, row++) {
          index.delete(batch, row * TID_STEP, values(row, change - 1));
          index.insert(batch, row * TID_STEP, values(row, change));
        }
        batch.commit();
      }
    }
  }

  private static List<Integer> values(int row, int change) {
    return List.of(Math.floorMod(row + change, 3), 1_000 + Math.floorMod(row / 8 + change, 500));
  }

  /** One round; 1 where the reader came to its end, 0 where it was told that it can not. */
  private int hold(DjinnOptions options, int round, Disturbance disturbance) throws Exception {
    Djinn db = Djinn.open(directory.resolve("round" + round), options);
    try {
      GinIndex index =
          db.createGin("i", GinSpec.column("v", ArrayOps.ofInts()).withFastUpdate(false));
      change(db, index, 0);
      List<Long> expected = new ArrayList<>();
      for (int row = 0; row < ROWS; row++) {
        if (values(row, 0).contains(1)) {
          expected.add(row * TID_STEP);
        }
      }
      int pages = pagesOfScan(db, index, expected);
      CountDownLatch held = new CountDownLatch(1);
      CountDownLatch disturbed = new CountDownLatch(1);
      FutureTask<Void> writer =
          new FutureTask<>(
              () -> {
                held.await();
                try {
                  disturbance.run(db, index);
                } finally {
                  disturbed.countDown();
                }
                return null;
              });
      int ended;
      try (Snapshot snapshot = db.snapshot()) {
        Thread thread = new Thread(writer, "disturbance");
        thread.start();
        HoldingReader reader = new HoldingReader(random.nextInt(pages), held, disturbed);
        ended = read(snapshot, index, expected, reader) ? 1 : 0;
        writer.get();
      }
      assertFalse(db.isSealed());
      return ended;
    } finally {
      db.close();
    }
  }

  private static int pagesOfScan(Djinn db, GinIndex index, List<Long> expected)
      throws InterruptedException {
    HoldingReader counting =
        new HoldingReader(Integer.MAX_VALUE, new CountDownLatch(0), new CountDownLatch(0));
    try (Snapshot snapshot = db.snapshot()) {
      assertTrue(read(snapshot, index, expected, counting));
    }
    return counting.pagesRead;
  }

  /** Reads to the end, true, or until told that it can not, false. */
  private static boolean read(
      Snapshot snapshot, GinIndex index, List<Long> expected, HoldingReader holding)
      throws InterruptedException {
    GinScan scan =
        new GinScan(
            index.metaPage(),
            List.of(new GinScan.Condition(0, ArrayOps.containsAll(1))),
            PendingView.EMPTY);
    List<Long> found = new ArrayList<>();
    long[] block = new long[GinScan.BLOCK];
    try (SnapshotReader reader = snapshot.reader()) {
      holding.reader = reader;
      for (int taken = 0; taken != GinScan.END; ) {
        scan.plan();
        reader.enter();
        try {
          taken = scan.next(holding, block);
        } finally {
          reader.leave();
        }
        for (int i = 0; i < taken; i++) {
          found.add(block[i]);
        }
        holding.awaitBetweenSteps();
      }
      assertEquals(expected, found);
      return true;
    } catch (SnapshotExpiredException | StoreClosedException e) {
      assertEquals(expected.subList(0, found.size()), found);
      return false;
    }
  }

  /** Waits inside the step, with the address of a page in its hands. */
  private static final class HoldingReader implements StepReader {
    private final int pageToHold;
    private final CountDownLatch held;
    private final CountDownLatch disturbed;
    private SnapshotReader reader;
    private int pagesRead;

    /**
     * @param pageToHold which of the pages it reads, 0-based
     * @param held is told when it holds
     * @param disturbed ends the hold, unless that takes longer than a reader may be held
     */
    HoldingReader(int pageToHold, CountDownLatch held, CountDownLatch disturbed) {
      this.pageToHold = pageToHold;
      this.held = held;
      this.disturbed = disturbed;
    }

    /** When it has held, lets everything be taken away before the next step. */
    void awaitBetweenSteps() throws InterruptedException {
      if (pagesRead > pageToHold) {
        disturbed.await();
      }
    }

    @Override
    public long page(int pageNo) {
      long page = reader.page(pageNo);
      if (pagesRead++ == pageToHold) {
        held.countDown();
        try {
          disturbed.await(HOLD_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
      return page;
    }

    @Override
    public boolean isSpent() {
      return reader.isSpent();
    }

    @Override
    public int pageSizeBytes() {
      return reader.pageSizeBytes();
    }
  }
}
