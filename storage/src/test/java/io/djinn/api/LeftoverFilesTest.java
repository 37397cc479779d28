package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.file.OpenMode;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeftoverFilesTest {
  @ParameterizedTest
  @ValueSource(strings = {"tmp/run-1-0-3", "wal/next"})
  void openingRemovesWhatAKilledProcessWasWriting(String name) throws IOException {
    SimVfs disk = new SimVfs(1 << 20);
    Djinn.open(new SimEnv(disk, 1), DjinnTest.TINY).close();
    disk = disk.reopen();
    disk.open(name, OpenMode.CREATE_NEW).close();
    assertTrue(disk.exists(name));
    // Nothing is written in between.
    Djinn.open(new SimEnv(disk, 2), DjinnTest.TINY).close();
    disk = disk.reopen();
    assertFalse(disk.exists(name));
    disk.close();
  }
}
