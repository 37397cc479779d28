package io.djinn.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.batch.SyncMode;
import io.djinn.error.CorruptPageException;
import io.djinn.error.StoreSealedException;
import io.djinn.file.OsEnv;
import io.djinn.file.OsVfs;
import io.djinn.testkit.IoHook;
import io.djinn.testkit.IoOp;
import io.djinn.testkit.Oracle;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a final failure stops, and what it does not. */
class SealTest {
  private static final int ROUNDS = 40;

  /** One thread waits for syncs until the log fails, another one never waits. */
  @Test
  void nothingIsPublishedOnceAnybodyHasSeenTheFailure() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      try (SimVfs vfs = new SimVfs(1 << 20)) {
        PageSession session = PageSession.open(new OsEnv(vfs), PageWorkload.OPTIONS);
        Oracle<PageState> oracle = Oracle.startingWith(PageState.EMPTY);
        session.commit(oracle, SyncMode.SYNC, session.allocate(4));
        CountDownLatch ready = new CountDownLatch(1);
        AtomicReference<Throwable> end = new AtomicReference<>();
        Thread other =
            new Thread(
                () -> {
                  ready.countDown();
                  try {
                    while (true) {
                      commitEmptyChange(session, SyncMode.NONE);
                    }
                  } catch (Throwable t) {
                    end.set(t);
                  }
                });
        other.start();
        ready.await();
        vfs.hook(IoHook.fail(IoOp.SYNC, 1 + round % 3, true, "broken"));
        Throwable seen =
            assertThrows(
                StoreSealedException.class,
                () -> {
                  while (true) {
                    commitEmptyChange(session, SyncMode.SYNC);
                  }
                });
        long published = session.store.versions().snapshots().published();
        other.join();
        assertEquals(published, session.store.versions().snapshots().published());
        assertTrue(end.get() instanceof StoreSealedException, () -> "ended by " + end.get());
        assertSame(root(seen), root(end.get()));
        session.close();
      }
    }
  }

  private static void commitEmptyChange(PageSession session, SyncMode mode) {
    session.store.commit(
        batch -> batch.operation(() -> batch.rewrite(PageSession.DIRECTORY)), mode, 0);
  }

  private static Throwable root(Throwable t) {
    return t.getCause() == null ? t : root(t.getCause());
  }

  @Test
  void aCommitThatWaitsSaysThatItsOutcomeIsUnknown() {
    try (SimVfs vfs = new SimVfs(1 << 20)) {
      PageSession session = PageSession.open(new SimEnv(vfs, 1), PageWorkload.OPTIONS);
      vfs.hook(IoHook.fail(IoOp.PWRITE, 1, false, "broken"));
      StoreSealedException waiting =
          assertThrows(StoreSealedException.class, () -> commitEmptyChange(session, SyncMode.SYNC));
      assertTrue(waiting.getMessage().contains("unknown"), waiting.getMessage());
      StoreSealedException later =
          assertThrows(StoreSealedException.class, () -> commitEmptyChange(session, SyncMode.SYNC));
      assertSame(root(waiting), root(later));
      assertFalse(later.getMessage().contains("unknown"), later.getMessage());
      session.close();
    }
  }

  @Test
  void aFailedAccessToTheMappingInsideACommitIsFinal() {
    try (SimVfs vfs = new SimVfs(1 << 20)) {
      PageSession session = PageSession.open(new SimEnv(vfs, 1), PageWorkload.OPTIONS);
      InternalError fault = new InternalError("a fault occurred in an unsafe memory access");
      assertSame(
          fault,
          assertThrows(
              InternalError.class,
              () ->
                  session.store.commit(
                      batch -> {
                        throw fault;
                      },
                      SyncMode.SYNC,
                      0)));
      StoreSealedException sealed =
          assertThrows(StoreSealedException.class, () -> commitEmptyChange(session, SyncMode.NONE));
      assertSame(fault, root(sealed));
      assertEquals(PageState.EMPTY, session.read());
      session.close();
    }
  }

  /** The file is cut short under the mapping: the copy that would be verified can not be made. */
  @Test
  void aPageThatCanNotBeReadFailsOnlyTheOperationThatWantsIt(@TempDir Path directory)
      throws Exception {
    PageSession first = PageSession.open(new OsEnv(OsVfs.create(directory)), PageWorkload.OPTIONS);
    Oracle<PageState> oracle = Oracle.startingWith(PageState.EMPTY);
    first.commit(oracle, SyncMode.SYNC, first.allocate(20));
    first.commit(oracle, SyncMode.SYNC, first.allocate(20));
    first.close();
    PageSession session =
        PageSession.open(new OsEnv(OsVfs.create(directory)), PageWorkload.OPTIONS);
    try (FileChannel pages =
        FileChannel.open(directory.resolve("pages"), StandardOpenOption.WRITE)) {
      pages.truncate(4096);
    }
    Throwable unreadable = assertThrows(Throwable.class, session::read);
    // Compiled code may report it a little later than where it is looked for: the copy then has
    // another checksum, or the report comes by itself.
    assertTrue(
        unreadable instanceof InternalError || unreadable instanceof CorruptPageException,
        unreadable.toString());
    assertFalse(session.store.seal().isSealed());
    commitEmptyChange(session, SyncMode.SYNC);
    session.close();
  }
}
