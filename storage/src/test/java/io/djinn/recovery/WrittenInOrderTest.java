package io.djinn.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.batch.SyncMode;
import io.djinn.error.CorruptPageException;
import io.djinn.error.StoreSealedException;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.IoOp;
import io.djinn.testkit.Oracle;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.SyncFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Single steps of writing that only one order, or one moment, makes right. */
class WrittenInOrderTest {
  private static final PageStoreOptions OPTIONS = PageWorkload.OPTIONS;

  private final SimVfs vfs = new SimVfs(1 << 20);
  private final PageSession session = PageSession.open(new SimEnv(vfs, 1), OPTIONS);
  private final Oracle<PageState> oracle = Oracle.startingWith(PageState.EMPTY);

  @AfterEach
  void close() {
    vfs.hook(null);
    session.close();
    vfs.close();
  }

  private void commit(SyncMode mode, PageSession.Change... changes) {
    session.commit(oracle, mode, changes);
  }

  /** What a store that is opened after a power cut with nothing unsynced left holds. */
  private PageState afterPowerCut() {
    try (SimVfs image = vfs.crash(CrashMode.NONE, 0)) {
      PageSession reopened = PageSession.open(new SimEnv(image, 2), OPTIONS);
      try {
        return reopened.read();
      } finally {
        reopened.close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = SyncMode.class,
      names = {"SYNC", "GROUP"})
  void aBatchIsSeenByNobodyBeforeItsSync(SyncMode mode) {
    commit(SyncMode.SYNC, session.allocate(5));
    PageState before = oracle.current();
    List<PageState> seen = new ArrayList<>();
    vfs.hook(
        call -> {
          if (call.op() == IoOp.SYNC && call.name().startsWith("wal/")) {
            seen.add(session.read());
          }
        });
    commit(mode, session.edit(3));
    vfs.hook(null);
    assertNotEquals(before, oracle.current());
    assertEquals(List.of(before), seen);
    assertEquals(oracle.current(), session.read());
  }

  @Test
  void aPageChangedBeforeACheckpointInItsBatchIsLoggedWhole() {
    commit(SyncMode.SYNC, session.allocate(5));
    session.checkpoint(oracle);
    commit(SyncMode.SYNC, session.edit(30));
    // The pages have images behind the redo point now, but not behind the next one.
    PageSession.Change checkpoint = (batch, state, random) -> session.store.checkpoint();
    commit(SyncMode.SYNC, session.edit(30), checkpoint);
    assertEquals(oracle.current(), afterPowerCut());
  }

  @ParameterizedTest
  @EnumSource(SyncFailure.class)
  void aFailedSyncOfPagesLosesNoVersion(SyncFailure failure) {
    commit(SyncMode.SYNC, session.allocate(5));
    session.checkpoint(oracle);
    commit(SyncMode.SYNC, session.edit(20));
    vfs.hook(
        call -> {
          if (call.op() == IoOp.SYNC && call.name().equals("pages")) {
            call.failSync(failure);
          }
        });
    if (failure == SyncFailure.REPORTED_LATE) {
      session.checkpoint(oracle);
      commit(SyncMode.SYNC, session.edit(20));
    }
    assertThrows(StoreSealedException.class, session.store::checkpoint);
    assertEquals(oracle.current(), session.read());
  }

  @Test
  void aPageReadBeforeIsVerifiedAgainAfterItWasWritten() throws IOException {
    commit(SyncMode.SYNC, session.allocate(5));
    session.checkpoint(oracle);
    assertEquals(oracle.current(), session.read());
    commit(SyncMode.SYNC, session.edit(20));
    session.checkpoint(oracle);
    int pageNo = oracle.current().pages().firstKey();
    vfs.overwrite("pages", pageNo * (long) OPTIONS.pageSizeBytes() + 100, 0xA5);
    CorruptPageException e = assertThrows(CorruptPageException.class, session::read);
    assertTrue(e.getMessage().contains("checksum"), e.getMessage());
  }

  @Test
  void noControlSlotIsWrittenWhileTheOtherOneIsNotDurable() {
    Set<Long> unsynced = new HashSet<>();
    AtomicInteger slots = new AtomicInteger();
    vfs.hook(
        call -> {
          if (call.name().equals(ControlFile.NAME)) {
            if (call.op() == IoOp.SYNC) {
              unsynced.clear();
            } else if (call.op() == IoOp.PWRITE) {
              slots.incrementAndGet();
              unsynced.add(call.byteOffset());
              assertEquals(1, unsynced.size(), "slots at bytes " + unsynced);
            }
          }
        });
    for (int i = 0; i < 3; i++) {
      commit(SyncMode.SYNC, session.allocate(5));
      session.checkpoint(oracle);
    }
    vfs.hook(null);
    assertTrue(slots.get() >= 3, slots + " slots written");
  }

  @Test
  void closingLeavesNothingToRedo() {
    commit(SyncMode.SYNC, session.allocate(5), session.edit(5));
    session.close();
    try (SimVfs image = vfs.crash(CrashMode.ALL, 0)) {
      PageSession reopened = PageSession.open(new SimEnv(image, 2), OPTIONS);
      assertEquals(0, reopened.store.redonePages());
      assertEquals(oracle.current(), reopened.read());
      reopened.close();
    }
  }

  @Test
  void shortWritesAreContinued() {
    vfs.hook(
        call -> {
          if (call.op() == IoOp.PWRITE) {
            call.shorten(300);
          }
        });
    commit(SyncMode.SYNC, session.allocate(20));
    session.checkpoint(oracle);
    commit(SyncMode.SYNC, session.edit(20));
    assertEquals(oracle.current(), session.read());
    vfs.hook(null);
    assertEquals(oracle.current(), afterPowerCut());
    session.checkpoint(oracle);
    assertEquals(oracle.current(), session.read());
  }
}
