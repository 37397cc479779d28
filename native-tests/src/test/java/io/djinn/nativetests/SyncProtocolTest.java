package io.djinn.nativetests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.testkit.Family;
import io.djinn.testkit.ForkedJvm;
import io.djinn.testkit.ProofPart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The order of writes and syncs at the operating system, as the shim wrote it down, is the declared
 * one, in every durability.
 *
 * <p>Log before acknowledgement where the mode promises it; in a checkpoint log, its sync, pages,
 * their sync, control file, its sync; a log segment gets its name when it is synced, and is written
 * when the name is.
 */
class SyncProtocolTest {
  private static final String SEGMENT = "store/wal/[0-9a-f]{16}";
  private static final String PAGES = "store/pages";
  private static final String CONTROL = "store/control";

  private static ProofPart part;

  @TempDir private Path directory;

  @BeforeAll
  static void begin() {
    part = new ProofPart(Family.REAL_SYSTEM, "sync-protocol");
  }

  @AfterAll
  static void end() {
    part.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SYNC", "GROUP", "ASYNC", "NONE"})
  void writesAndSyncsComeInTheDeclaredOrder(String durability) throws IOException {
    if (!FaultShim.isPresent()) {
      part.absent("gcc");
      Assumptions.abort("SKIPPED: no gcc");
    }
    List<FileOperation> operations = record(durability);
    Order order = new Order(durability.equals("SYNC") || durability.equals("GROUP"));
    for (FileOperation operation : operations) {
      order.next(operation);
    }
    assertEquals(DurabilityProcess.BATCHES, order.commits);
    assertEquals(1, order.checkpoints);
    if (durability.equals("NONE")) {
      assertEquals(0, order.logSyncsBetweenCommits, "syncs of the log though none were asked for");
    }
    part.add(1);
  }

  private List<FileOperation> record(String durability) throws IOException {
    Path root = Files.createDirectory(directory.resolve("root"));
    Path log = directory.resolve("log");
    FaultShim shim = FaultShim.below(root, log);
    try (ForkedJvm process =
        ForkedJvm.of(DurabilityProcess.class)
            .environment(shim.environment())
            .start(
                root.resolve("store").toString(), root.resolve("witness").toString(), durability)) {
      assertEquals(0, process.waitFor());
    }
    return FileOperation.read(log);
  }

  /** Where the process is, and what is not synced. */
  private static final class Order {
    private final boolean isSyncedBeforeAcknowledgement;
    private final Set<String> unsynced = new HashSet<>();
    private final Set<String> unsyncedNames = new HashSet<>();
    private boolean isInCheckpoint;
    private boolean hasWrittenControl;
    private int commits;
    private int checkpoints;
    private int logSyncsBetweenCommits;

    Order(boolean isSyncedBeforeAcknowledgement) {
      this.isSyncedBeforeAcknowledgement = isSyncedBeforeAcknowledgement;
    }

    void next(FileOperation operation) {
      String path = operation.path();
      switch (operation.kind()) {
        case WRITE -> {
          if (path.equals("witness")) {
            witness(new String(operation.data(), StandardCharsets.UTF_8));
            return;
          }
          write(path);
          unsynced.add(path);
        }
        case SYNC, DATA_SYNC -> {
          unsynced.remove(path);
          if (path.matches(SEGMENT) && commits > 0 && !isInCheckpoint && checkpoints == 0) {
            logSyncsBetweenCommits++;
          }
        }
        case RENAME -> {
          assertTrue(!unsynced.contains(path), path + " gets a name before it is synced");
          unsyncedNames.add(operation.target());
        }
        case SYNC_DIRECTORY ->
            unsyncedNames.removeIf(name -> name.substring(0, name.lastIndexOf('/')).equals(path));
        default -> {}
      }
    }

    private void write(String path) {
      if (path.matches(SEGMENT)) {
        assertTrue(
            !unsyncedNames.contains(path), "log written to " + path + " before its name is synced");
      } else if (path.equals(PAGES) && isInCheckpoint) {
        assertNoneUnsynced(SEGMENT, "pages written before the log is synced");
        assertTrue(!hasWrittenControl, "pages written after the control file");
      } else if (path.equals(CONTROL)) {
        assertNoneUnsynced(PAGES, "the control file written before the pages are synced");
        if (isInCheckpoint) {
          assertNoneUnsynced(SEGMENT, "the control file written before the log is synced");
          hasWrittenControl = true;
        }
      }
    }

    private void witness(String what) {
      switch (what) {
        case DurabilityProcess.COMMITTED -> {
          commits++;
          if (isSyncedBeforeAcknowledgement) {
            assertNoneUnsynced(SEGMENT, "commit " + commits + " acknowledged before its sync");
          }
        }
        case DurabilityProcess.BEGUN -> {
          isInCheckpoint = true;
          hasWrittenControl = false;
        }
        case DurabilityProcess.ENDED -> {
          isInCheckpoint = false;
          checkpoints++;
          assertTrue(hasWrittenControl, "a checkpoint without the control file");
          assertNoneUnsynced(
              CONTROL + "|" + PAGES + "|" + SEGMENT, "the checkpoint ended before syncs");
        }
        default -> throw new IllegalArgumentException(what);
      }
    }

    private void assertNoneUnsynced(String pattern, String what) {
      for (String path : unsynced) {
        assertTrue(!path.matches(pattern), what + ": " + path);
      }
    }
  }
}
