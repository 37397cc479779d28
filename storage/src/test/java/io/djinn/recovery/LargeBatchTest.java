package io.djinn.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.batch.SyncMode;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.Oracle;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import org.junit.jupiter.api.Test;

class LargeBatchTest {
  private static final PageStoreOptions OPTIONS =
      new PageStoreOptions(512, 1024 * 512, 64 << 10, 4 * (64 << 10), 64 << 10, 1_000_000_000L);

  @Test
  void aRedoPointIsNeverFixedInsideABatchThatWaitsForTheLog() throws Exception {
    Oracle<PageState> oracle = Oracle.startingWith(PageState.EMPTY);
    try (SimVfs vfs = new SimVfs()) {
      PageSession session = PageSession.open(new SimEnv(vfs, 3), OPTIONS);
      session.commit(oracle, SyncMode.SYNC, session.allocate(100));
      for (int round = 0; round < 40; round++) {
        session.commit(oracle, SyncMode.NONE, session.edit(40), session.rewrite(150));
        try (SimVfs image = vfs.crash(CrashMode.ALL, round)) {
          PageSession after = PageSession.open(new SimEnv(image, round), OPTIONS);
          after.read();
          after.close();
        }
      }
      assertEquals(oracle.current(), session.read());
      session.close();
    }
  }
}
