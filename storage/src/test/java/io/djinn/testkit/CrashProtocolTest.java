package io.djinn.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.file.OpenMode;
import io.djinn.file.RawFile;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The simulated disk judges a protocol everybody knows, the atomic replacement of a file: it finds
 * nothing wrong with the whole of it, and something with each step left out.
 */
class CrashProtocolTest {
  private static final int FILE_BYTES = 4096;
  private static final int SEEDS = 12;

  private final MemoryRegion memory =
      MemoryRegion.allocate(new MemoryAccount("test", FILE_BYTES), FILE_BYTES);

  /** What a protocol may forget. */
  private enum Step {
    SYNC_DATA,
    SYNC_SIZE,
    RENAME,
    SYNC_DIRECTORY
  }

  @AfterEach
  void close() {
    memory.close();
  }

  @Test
  void theWholeProtocolSurvivesEveryCrash() throws IOException {
    assertEquals(0, violations(EnumSet.noneOf(Step.class)));
  }

  @ParameterizedTest
  @EnumSource(Step.class)
  void aForgottenStepIsFound(Step forgotten) throws IOException {
    assertTrue(violations(EnumSet.of(forgotten)) > 0);
  }

  private int violations(Set<Step> forgotten) throws IOException {
    int violations = 0;
    for (long crashAt = 1; ; crashAt++) {
      try (SimVfs vfs = new SimVfs()) {
        put(vfs, "f", 1, Set.of());
        vfs.syncDirectory("");
        vfs.hook(IoHook.crashBefore(vfs.operations() + crashAt));
        boolean done = false;
        try {
          replace(vfs, forgotten);
          done = true;
        } catch (SimulatedCrash crash) {
          assertTrue(vfs.operations() > 0);
        }
        for (CrashMode mode : CrashMode.values()) {
          for (int seed = 0; seed < SEEDS; seed++) {
            try (SimVfs image = vfs.crash(mode, seed)) {
              if (!isLegal(image, done)) {
                violations++;
              }
            }
          }
        }
        if (done) {
          return violations;
        }
      }
    }
  }

  private void replace(SimVfs vfs, Set<Step> forgotten) throws IOException {
    if (forgotten.contains(Step.RENAME)) {
      vfs.delete("f");
      put(vfs, "f", 2, forgotten);
    } else {
      put(vfs, "f.new", 2, forgotten);
      vfs.rename("f.new", "f");
    }
    if (!forgotten.contains(Step.SYNC_DIRECTORY)) {
      vfs.syncDirectory("");
    }
  }

  private void put(SimVfs vfs, String name, int value, Set<Step> forgotten) throws IOException {
    try (RawFile file = vfs.open(name, OpenMode.CREATE_NEW)) {
      NativeMemory.fill(memory.address(), FILE_BYTES, value);
      file.writeFully(0, memory.address(), FILE_BYTES);
      if (!forgotten.contains(Step.SYNC_DATA)) {
        file.sync(!forgotten.contains(Step.SYNC_SIZE));
      }
    }
  }

  /** Whole and old, or whole and new; only new once the protocol is through. */
  private static boolean isLegal(SimVfs image, boolean done) throws IOException {
    if (!image.exists("f")) {
      return false;
    }
    byte[] bytes = image.bytes("f");
    if (bytes.length != FILE_BYTES) {
      return false;
    }
    for (byte b : bytes) {
      if (b != bytes[0]) {
        return false;
      }
    }
    return done ? bytes[0] == 2 : bytes[0] == 1 || bytes[0] == 2;
  }
}
