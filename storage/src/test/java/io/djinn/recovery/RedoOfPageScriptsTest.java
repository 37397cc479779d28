package io.djinn.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.testkit.Family;
import io.djinn.testkit.Oracle;
import io.djinn.testkit.ProofPart;
import io.djinn.testkit.RedoCheck;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Workload;
import org.junit.jupiter.api.Test;

class RedoOfPageScriptsTest {
  @Test
  void redoMakesThePagesOfEveryScriptAgain() throws Exception {
    long seed = TestSeed.forTest("RedoOfPageScriptsTest");
    try (ProofPart pages = new ProofPart(Family.REDO_EQUALS_DO, "page-scripts")) {
      for (PageWorkload script : PageWorkload.all(seed, 0)) {
        try (SimVfs vfs = new SimVfs();
            RedoCheck redo = new RedoCheck(PageStoreTest.TABLE, new RedoCheck.Listener() {})) {
          run(script, vfs, redo, seed);
          assertTrue(redo.compared() > 0, script.name() + " made no pages");
          assertEquals(0, redo.unseen(), script.name());
          pages.add(redo.compared());
        } catch (Throwable t) {
          pages.failed(1);
          throw new AssertionError(
              script.name()
                  + " failed\n  mvn -B -ntp -pl storage test -Dtest=RedoOfPageScriptsTest"
                  + " -Ddjinn.seed="
                  + seed,
              t);
        }
      }
    }
  }

  private static void run(PageWorkload script, SimVfs vfs, RedoCheck redo, long seed)
      throws Exception {
    Oracle<PageState> oracle = Oracle.startingWith(script.initial());
    PageSession session = script.open(new SimEnv(vfs, seed));
    redo.attach(vfs, session.store);
    vfs.hook(redo.hook());
    for (Workload.Step<PageSession, PageState> step : script.steps()) {
      step.run(session, oracle);
    }
    redo.check();
    script.close(session);
    redo.detach();
    vfs.hook(null);
    session = script.open(new SimEnv(vfs, seed + 1));
    redo.attach(vfs, session.store);
    assertEquals(oracle.current(), session.read());
    script.close(session);
  }
}
