package io.djinn.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.batch.SyncMode;
import io.djinn.error.NoSpaceException;
import io.djinn.error.StoreSealedException;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.IoOp;
import io.djinn.testkit.Oracle;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.SyncFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Failing system calls: what is final seals the store, what is not changes nothing. */
class FailingDiskTest {
  private static final PageStoreOptions OPTIONS = PageWorkload.OPTIONS;

  private final SimVfs vfs = new SimVfs(1 << 20);
  private final PageSession session = PageSession.open(new SimEnv(vfs, 1), OPTIONS);
  private final Oracle<PageState> oracle = Oracle.startingWith(PageState.EMPTY);

  @AfterEach
  void nothingIsLeft() {
    vfs.hook(null);
    session.close();
    assertEquals(0, session.store.account().usedBytes());
    vfs.close();
  }

  private void commit(SyncMode mode, PageSession.Change... changes) {
    session.commit(oracle, mode, changes);
  }

  @ParameterizedTest
  @EnumSource(SyncFailure.class)
  void aFailedSyncOfTheLogIsFinalAndReadsGoOn(SyncFailure failure) {
    commit(SyncMode.SYNC, session.allocate(5));
    PageState published = oracle.current();
    AtomicInteger left = new AtomicInteger(1);
    vfs.hook(
        call -> {
          if (call.op() == IoOp.SYNC
              && call.name().startsWith("wal/")
              && left.getAndDecrement() > 0) {
            call.failSync(failure);
          }
        });
    if (failure == SyncFailure.REPORTED_LATE) {
      commit(SyncMode.SYNC, session.edit(1));
      published = oracle.current();
    }
    StoreSealedException first =
        assertThrows(StoreSealedException.class, () -> commit(SyncMode.SYNC, session.edit(2)));
    long writes = vfs.operations();
    for (SyncMode mode : SyncMode.values()) {
      StoreSealedException again =
          assertThrows(StoreSealedException.class, () -> commit(mode, session.edit(1)));
      assertSame(rootOf(first), rootOf(again));
    }
    assertThrows(StoreSealedException.class, session.store::checkpoint);
    assertEquals(published, session.read());
    session.close();
    assertEquals(writes, vfs.operations(), "something was written after the failure");
  }

  private static Throwable rootOf(Throwable t) {
    return t.getCause() == null ? t : rootOf(t.getCause());
  }

  @ParameterizedTest
  @ValueSource(strings = {"pages", "control"})
  void aFailedSyncOfACheckpointIsFinal(String name) {
    commit(SyncMode.SYNC, session.allocate(5));
    vfs.hook(
        call -> {
          if (call.op() == IoOp.SYNC && call.name().equals(name)) {
            call.failSync(SyncFailure.MARKED_CLEAN);
          }
        });
    assertThrows(StoreSealedException.class, session.store::checkpoint);
    vfs.hook(null);
    assertThrows(StoreSealedException.class, () -> commit(SyncMode.NONE, session.edit(1)));
    assertEquals(5, session.read().pages().size());
  }

  @Test
  void aFailedSyncOfTheLogsDirectoryIsFinal() {
    vfs.hook(
        call -> {
          if (call.op() == IoOp.SYNC_DIRECTORY && call.name().equals("wal")) {
            call.failSync(SyncFailure.REVERTED);
          }
        });
    PageState before = oracle.current();
    assertThrows(
        StoreSealedException.class,
        () -> {
          commit(SyncMode.SYNC, session.allocate(28));
          while (true) {
            commit(SyncMode.NONE, session.rewrite(30));
          }
        });
    assertTrue(session.store.seal().isSealed());
    assertFalse(before.equals(session.read()));
  }

  @Test
  void aFailedPageWriteIsRetriedAndThenFinal() {
    commit(SyncMode.SYNC, session.allocate(5));
    AtomicInteger failures = new AtomicInteger(2);
    vfs.hook(
        call -> {
          if (call.op() == IoOp.PWRITE
              && call.name().equals("pages")
              && failures.getAndDecrement() > 0) {
            throw new IOException("simulated");
          }
        });
    session.store.checkpoint();
    commit(SyncMode.SYNC, session.edit(2));
    failures.set(Integer.MAX_VALUE);
    assertThrows(StoreSealedException.class, session.store::checkpoint);
    vfs.hook(null);
    assertEquals(oracle.current(), session.read());
    try (SimVfs image = vfs.crash(CrashMode.NONE, 0)) {
      PageSession reopened = PageSession.open(new SimEnv(image, 2), OPTIONS);
      assertEquals(oracle.current(), reopened.read());
      reopened.close();
    }
  }

  @Test
  void withoutSpaceNothingChangesAndWritingGoesOnWhenThereIsSome() throws Exception {
    commit(SyncMode.SYNC, session.allocate(28));
    vfs.quota(1);
    int committed = 0;
    PageState before = oracle.current();
    try {
      for (; committed < 100; committed++) {
        before = oracle.current();
        commit(SyncMode.NONE, session.rewrite(30));
      }
    } catch (NoSpaceException e) {
      assertEquals(before, oracle.current());
      assertEquals(before, session.read());
    }
    assertTrue(committed < 100);
    assertThrows(NoSpaceException.class, () -> commit(SyncMode.SYNC, session.rewrite(30)));
    vfs.quota(Long.MAX_VALUE);
    for (int i = 0; i < 20; i++) {
      commit(SyncMode.SYNC, session.rewrite(30));
    }
    assertEquals(oracle.current(), session.read());
  }

  @Test
  void aFileThatCanNotGrowLeavesTheStoreAsItWasAndPagesCanStillBeFreed() {
    commit(SyncMode.SYNC, session.allocate(20));
    vfs.quota(1);
    int allocated = 0;
    try {
      for (; allocated < 200; allocated++) {
        commit(SyncMode.SYNC, session.allocate(1));
      }
    } catch (NoSpaceException e) {
      assertEquals(oracle.current(), session.read());
    }
    assertTrue(allocated < 200);
    vfs.quota(Long.MAX_VALUE);
    commit(SyncMode.SYNC, session.allocate(20), session.free(30));
    commit(SyncMode.SYNC, session.free(15));
    vfs.quota(1);
    commit(SyncMode.SYNC, session.edit(2), session.free(3), session.allocate(20));
    vfs.quota(Long.MAX_VALUE);
    commit(SyncMode.SYNC, session.allocate(30));
    assertEquals(oracle.current(), session.read());
  }

  @Test
  void reservedPagesHaveBlocksBeforeTheLogNamesThem() {
    commit(SyncMode.SYNC, session.allocate(20));
    vfs.quota(1);
    assertThrows(NoSpaceException.class, () -> session.build(oracle, 500, 3));
    assertEquals(oracle.current(), session.read());
    session.close();
    vfs.quota(Long.MAX_VALUE);
    PageSession reopened = PageSession.open(new SimEnv(vfs, 2), OPTIONS);
    assertEquals(oracle.current(), reopened.read());
    reopened.close();
  }

  @Test
  void anOpeningThatFailsAnywhereLeavesNoMemoryAndNoLock() {
    commit(SyncMode.SYNC, session.allocate(20));
    commit(SyncMode.SYNC, session.edit(9));
    long mapped = SimVfs.mappedBytes();
    List<String> failed = new ArrayList<>();
    for (int position = 1; ; position++) {
      try (SimVfs image = vfs.crash(CrashMode.ALL, 0)) {
        AtomicInteger left = new AtomicInteger(position);
        image.hook(
            call -> {
              if (left.decrementAndGet() == 0) {
                failed.add(call.toString());
                throw new IOException("simulated");
              }
            });
        try {
          PageSession.open(new SimEnv(image, 2), OPTIONS).close();
        } catch (RuntimeException e) {
          image.hook(null);
          PageSession reopened = PageSession.open(new SimEnv(image, 3), OPTIONS);
          assertEquals(oracle.current(), reopened.read(), failed.toString());
          reopened.close();
          assertEquals(0, reopened.store.account().usedBytes());
        }
        if (left.get() > 0) {
          break;
        }
      }
      assertEquals(mapped, SimVfs.mappedBytes(), failed.toString());
    }
    assertTrue(failed.size() > 20, failed.toString());
  }
}
