package io.djinn.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.batch.BatchCommitter;
import io.djinn.batch.OpenBatch;
import io.djinn.batch.SyncMode;
import io.djinn.error.StoreClosedException;
import io.djinn.error.StoreSealedException;
import io.djinn.memory.NativeMemory;
import io.djinn.metrics.EventCount;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.testkit.BatonEnv;
import io.djinn.testkit.IoOp;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Commits that wait while another one has the writer's slot, in a known order: what they share, and
 * what they do not. Each seed is another schedule.
 */
class SharedCommitsTest {
  private static final long GROUP_NANOS = 1_000_000_000;

  /** As many pages as a member can touch so that two of them are too many for one batch. */
  private static final int MANY_PAGES = 14;

  private final SimVfs disk = new SimVfs(1 << 20);
  private final List<Commit> commits = new ArrayList<>();
  private final List<Commit> appended = new ArrayList<>();
  private BatonEnv env;
  private PageStore store;
  private int sharedPage;
  private int[] pages;
  private boolean isHeld;
  private int waiting;

  /** A commit, which adds one to the number on the page that all share, and its outcome. */
  private class Commit implements BatchCommitter.Work, Runnable {
    final SyncMode mode;
    boolean isShared = true;
    RuntimeException thrown;
    int pagesTouched;
    long number;
    long numberAtAppend;
    Throwable failure;

    Commit(SyncMode mode) {
      this.mode = mode;
      commits.add(this);
    }

    Commit alone() {
      isShared = false;
      return this;
    }

    Commit throwing() {
      thrown = new IllegalStateException("commit " + commits.size());
      return this;
    }

    Commit touching(int count) {
      pagesTouched = count;
      return this;
    }

    @Override
    public void run() {
      int place = commits.indexOf(this);
      while (!isHeld || waiting < place) {
        env.pause();
      }
      waiting++;
      try {
        number = store.commit(this, mode, GROUP_NANOS);
      } catch (Throwable t) {
        failure = t;
      }
    }

    @Override
    public void apply(OpenBatch batch) {
      batch.operation(() -> count(batch, sharedPage));
      for (int i = 0; i < pagesTouched; i++) {
        int pageNo = pages[i];
        batch.operation(() -> batch.rewrite(pageNo));
      }
      if (thrown != null) {
        throw thrown;
      }
    }

    @Override
    public boolean isShared() {
      return isShared;
    }

    @Override
    public void appended(long batchNumber) {
      assertEquals(0, numberAtAppend);
      numberAtAppend = batchNumber;
      appended.add(this);
    }
  }

  private static void count(OpenBatch batch, int pageNo) {
    long page = batch.rewrite(pageNo);
    long next = number(page) + 1;
    Page.lower(page, Page.HEADER_BYTES + 8);
    NativeMemory.putLong(page + Page.HEADER_BYTES, next);
  }

  private static long number(long page) {
    return Page.lower(page) == Page.HEADER_BYTES
        ? 0
        : NativeMemory.getLong(page + Page.HEADER_BYTES);
  }

  private Commit commit(SyncMode mode) {
    return new Commit(mode);
  }

  private void open(long seed) {
    env = new BatonEnv(disk, seed);
    env.spawn(
        "open",
        () -> {
          store = PageStore.open(env, PageStoreTest.SMALL, PageStoreTest.TABLE);
          pages = new int[2 * MANY_PAGES];
          store.commit(
              batch -> batch.operation(() -> sharedPage = batch.allocate(PageKind.POSTING_LEAF, 0)),
              SyncMode.SYNC,
              0);
          for (int i = 0; i < pages.length; i++) {
            int at = i;
            store.commit(
                batch ->
                    batch.operation(() -> pages[at] = batch.allocate(PageKind.POSTING_LEAF, 0)),
                SyncMode.SYNC,
                0);
          }
        });
    env.run();
  }

  /** Lets the commits wait in their order behind one that has the slot, until a condition holds. */
  private void runBehindOneUntil(BooleanSupplier condition) {
    env.spawn(
        "holder",
        () ->
            store.commit(
                batch -> {
                  isHeld = true;
                  while (waiting < commits.size() || !condition.getAsBoolean()) {
                    env.pause();
                  }
                },
                SyncMode.NONE,
                0));
    for (Commit commit : commits) {
      env.spawn("commit", commit);
    }
    env.run();
  }

  private void runBehindOne() {
    runBehindOneUntil(() -> true);
  }

  private long batches() {
    return store.metrics().count(EventCount.BATCHES);
  }

  /** Closes the store, and gives the number that is on the shared page when it is opened again. */
  private long countAfterReopening() {
    env.spawn("close", () -> store.close());
    env.run();
    long[] found = new long[1];
    try (PageStore reopened =
        PageStore.open(new SimEnv(disk, 1), PageStoreTest.SMALL, PageStoreTest.TABLE)) {
      reopened.commit(
          batch -> batch.operation(() -> found[0] = number(batch.page(sharedPage))),
          SyncMode.NONE,
          0);
    }
    return found[0];
  }

  @AfterEach
  void close() {
    disk.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void commitsThatWaitTogetherAreOneBatchInTheirOrder(long seed) {
    open(seed);
    for (int i = 0; i < 5; i++) {
      commit(i % 2 == 0 ? SyncMode.SYNC : SyncMode.GROUP);
    }
    long before = batches();
    runBehindOne();
    assertEquals(1, batches() - before);
    assertEquals(1, store.metrics().count(EventCount.SHARED_BATCHES));
    for (Commit commit : commits) {
      assertEquals(commits.get(0).number, commit.number);
      assertEquals(commit.number, commit.numberAtAppend);
    }
    assertEquals(commits, appended);
    assertEquals(5, countAfterReopening());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aMemberThatThrowsFailsAloneAndTheOthersKeepTheirOrder(long seed) {
    open(seed);
    commit(SyncMode.SYNC);
    commit(SyncMode.SYNC);
    Commit failing = commit(SyncMode.SYNC).throwing();
    commit(SyncMode.SYNC);
    Commit failingToo = commit(SyncMode.SYNC).throwing();
    runBehindOne();
    assertSame(failing.thrown, failing.failure);
    assertSame(failingToo.thrown, failingToo.failure);
    List<Commit> others = new ArrayList<>(commits);
    others.removeAll(List.of(failing, failingToo));
    assertEquals(others, appended);
    for (Commit commit : others) {
      assertEquals(others.get(0).number + others.indexOf(commit), commit.number);
      assertEquals(commit.number, commit.numberAtAppend);
    }
    // The first three, and the two behind them.
    assertEquals(2, store.metrics().count(EventCount.SPLIT_GROUPS));
    assertEquals(3, countAfterReopening());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void membersThatAreTooLargeOnlyTogetherAllCommit(long seed) {
    open(seed);
    commit(SyncMode.SYNC).touching(MANY_PAGES);
    commit(SyncMode.SYNC).touching(2 * MANY_PAGES);
    commit(SyncMode.SYNC).touching(MANY_PAGES);
    runBehindOne();
    for (Commit commit : commits) {
      assertEquals(null, commit.failure);
    }
    assertEquals(commits, appended);
    assertEquals(3, countAfterReopening());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aWorkThatIsNotSharedHasABatchOfItsOwnInItsTurn(long seed) {
    open(seed);
    commit(SyncMode.NONE);
    commit(SyncMode.NONE);
    Commit alone = commit(SyncMode.NONE).alone();
    commit(SyncMode.NONE);
    commit(SyncMode.NONE);
    runBehindOne();
    long first = commits.get(0).number;
    assertEquals(
        List.of(first, first, first + 1, first + 2, first + 2),
        commits.stream().map(commit -> commit.number).toList());
    assertEquals(first + 1, alone.numberAtAppend);
    assertEquals(5, countAfterReopening());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aCommitThatWaitsForNoSyncSharesNoneThatComesBehindIt(long seed) {
    open(seed);
    Commit none = commit(SyncMode.NONE);
    Commit async = commit(SyncMode.ASYNC);
    Commit sync = commit(SyncMode.SYNC);
    Commit behind = commit(SyncMode.NONE);
    // Nothing is synced: who waits for that is still there when the others have returned.
    boolean[] wasEarly = new boolean[1];
    disk.hook(
        call -> {
          if (call.op() == IoOp.SYNC && call.name().startsWith("wal/")) {
            wasEarly[0] |= sync.number != 0 || behind.number != 0;
          }
        });
    runBehindOne();
    disk.hook(null);
    assertEquals(none.number, async.number);
    assertEquals(none.number + 1, sync.number);
    assertEquals(sync.number, behind.number);
    assertTrue(!wasEarly[0], "acknowledged before the sync");
    assertEquals(4, countAfterReopening());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void theOutcomeOfEveryMemberIsUnknownWhereTheLogFails(long seed) {
    open(seed);
    for (int i = 0; i < 4; i++) {
      commit(SyncMode.SYNC);
    }
    disk.hook(
        call -> {
          if (call.op() == IoOp.SYNC && call.name().startsWith("wal/")) {
            throw new IOException("broken");
          }
        });
    runBehindOne();
    disk.hook(null);
    Throwable cause = null;
    for (Commit commit : commits) {
      assertInstanceOf(StoreSealedException.class, commit.failure);
      assertTrue(commit.failure.getMessage().contains("unknown"), commit.failure.getMessage());
      assertNotEquals(0, commit.numberAtAppend);
      cause = cause == null ? commit.failure.getCause() : cause;
      assertSame(cause, commit.failure.getCause());
    }
    long found = countAfterReopening();
    assertTrue(found == 0 || found == 4, () -> found + " of 4 members are there");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void commitsThatWaitWhenTheStoreIsSealedOrClosedAreNotApplied(long seed) {
    open(seed);
    for (int i = 0; i < 3; i++) {
      commit(SyncMode.SYNC);
    }
    boolean isSealed = seed % 2 == 0;
    Throwable cause = new IOException("first");
    if (isSealed) {
      env.spawn(
          "sealer",
          () -> {
            while (waiting < commits.size()) {
              env.pause();
            }
            store.seal(cause);
          });
    } else {
      env.spawn(
          "closer",
          () -> {
            while (waiting < commits.size()) {
              env.pause();
            }
            store.close();
          });
    }
    runBehindOneUntil(() -> store.seal().isSealed() || store.seal().isClosed());
    for (Commit commit : commits) {
      Class<?> expected = isSealed ? StoreSealedException.class : StoreClosedException.class;
      assertInstanceOf(expected, commit.failure);
      if (isSealed) {
        assertSame(cause, commit.failure.getCause());
      }
    }
    assertEquals(List.of(), appended);
    assertEquals(0, countAfterReopening());
  }
}
