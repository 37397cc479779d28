package io.djinn.nativetests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinIndex;
import io.djinn.error.AlreadyOpenException;
import io.djinn.nativetests.StoreProcess.Said;
import io.djinn.nativetests.StoreProcess.Work;
import io.djinn.testkit.Family;
import io.djinn.testkit.ForkedJvm;
import io.djinn.testkit.ProofPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store belongs to one process at a time, and to one opening in it. */
class SecondProcessTest {
  private static final DjinnOptions OPTIONS = Work.OPEN_TWICE.options;
  private static final long LONGEST_REFUSAL_NANOS = 1_000_000_000;

  private static ProofPart part;

  @TempDir private Path directory;

  @BeforeAll
  static void begin() {
    part = new ProofPart(Family.REAL_SYSTEM, "second-process");
  }

  @AfterAll
  static void end() {
    part.close();
  }

  @Test
  void aSecondProcessIsRefusedAtOnceAndChangesNothing() throws IOException {
    try (Djinn db = Djinn.open(directory, OPTIONS)) {
      GinIndex index = StoreProcess.inserted(db);
      StoreProcess.commit(db, index, 0);
      db.checkpoint();
      Map<String, Integer> before = contents();
      for (int again = 0; again < 2; again++) {
        assertRefused(directory);
      }
      assertEquals(before, contents());
      StoreProcess.commit(db, index, 1);
      // The lock is held still: descriptors other than its own do not matter.
      assertRefused(directory);
    }
    assertEquals(2, StoreExamination.examine(directory, Work.OPEN_TWICE, 2));
    part.add(1);
  }

  @Test
  void aSecondProcessIsRefusedThroughALinkAsWell() throws IOException {
    try (Djinn db = Djinn.open(directory, OPTIONS)) {
      StoreProcess.commit(db, StoreProcess.inserted(db), 0);
      Map<String, Integer> before = contents();
      Path link = Files.createSymbolicLink(directory.resolveSibling("second-link"), directory);
      try {
        assertRefused(link);
      } finally {
        Files.delete(link);
      }
      assertEquals(before, contents());
    }
    part.add(1);
  }

  private static void assertRefused(Path path) throws IOException {
    try (ForkedJvm second =
        ForkedJvm.start(StoreProcess.class, path.toString(), Work.OPEN_TWICE.name(), "0")) {
      assertEquals(Said.OPENING, StoreProcess.Line.parse(second.readLine()).said());
      StoreProcess.Line answer = StoreProcess.Line.parse(second.readLine());
      assertEquals(Said.REFUSED, answer.said());
      assertTrue(answer.number() < LONGEST_REFUSAL_NANOS, answer.number() + " ns");
      assertEquals(0, second.waitFor());
    }
  }

  @Test
  void aSecondOpeningInTheSameProcessIsRefusedAndTheLockIsKept() throws IOException {
    try (Djinn db = Djinn.open(directory, OPTIONS)) {
      StoreProcess.inserted(db);
      assertThrows(AlreadyOpenException.class, () -> Djinn.open(directory, OPTIONS));
      Path link = Files.createSymbolicLink(directory.resolveSibling("link"), directory);
      try {
        assertThrows(AlreadyOpenException.class, () -> Djinn.open(link, OPTIONS));
      } finally {
        Files.delete(link);
      }
      assertRefused(directory);
    }
    part.add(1);
  }

  @Test
  void aStoreIsFreeWhenItsProcessHasBeenKilled() throws IOException {
    KilledStore killed =
        KilledStore.run(directory, Work.INSERT, 0, null, KilledStore.Moment.after(Said.OPEN, 0));
    StoreExamination.examine(directory, Work.INSERT, killed.acknowledged);
    part.add(1);
  }

  private Map<String, Integer> contents() throws IOException {
    Map<String, Integer> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        // Closing the lock file, even after reading it, would give up the lock of this process.
        boolean isFile = Files.isRegularFile(file) && !file.endsWith("LOCK");
        contents.put(
            directory.relativize(file) + (isFile ? " " + Files.size(file) : "/"),
            isFile ? Arrays.hashCode(Files.readAllBytes(file)) : 0);
      }
    }
    return contents;
  }
}
