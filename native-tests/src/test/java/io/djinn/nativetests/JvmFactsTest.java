package io.djinn.nativetests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.djinn.testkit.Family;
import io.djinn.testkit.ForkedJvm;
import io.djinn.testkit.ProofPart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the JVM does to files, and the engine is built around: should one of these change, a rule of
 * the engine has lost its reason.
 */
class JvmFactsTest {
  private static final int ABORTED = 128 + 6;

  private static ProofPart part;

  @TempDir private Path directory;

  @BeforeAll
  static void begin() {
    part = new ProofPart(Family.REAL_SYSTEM, "facts");
  }

  @AfterAll
  static void end() {
    part.close();
  }

  /** So only engine-owned threads, which nobody interrupts, use channels. */
  @Test
  void anInterruptClosesAChannelForEveryThread() throws IOException {
    Path file = directory.resolve("file");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      Thread.currentThread().interrupt();
      assertThrows(
          ClosedByInterruptException.class, () -> channel.write(ByteBuffer.allocate(1), 0));
      assertEquals(true, Thread.interrupted());
      assertThrows(ClosedChannelException.class, () -> channel.write(ByteBuffer.allocate(1), 0));
    }
    part.add(1);
  }

  /** So the lock file is opened once and by nobody else. */
  @Test
  void closingAnyDescriptorOfAFileGivesUpItsLock() throws IOException {
    Path file = directory.resolve("lock");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.lock();
      assertEquals(JvmFact.REFUSED, tell(JvmFact.LOCK, file));
      FileChannel.open(file, StandardOpenOption.WRITE).close();
      assertEquals(JvmFact.LOCKED, tell(JvmFact.LOCK, file));
    }
    part.add(1);
  }

  private static String tell(String fact, Path file) throws IOException {
    try (ForkedJvm process = ForkedJvm.start(JvmFact.class, fact, file.toString())) {
      return process.readLine();
    }
  }

  /** So a page is copied before its checksum is computed. */
  @Test
  void aChecksumOverATruncatedMappingKillsTheJvm() throws IOException {
    Path file = directory.resolve("mapped");
    Files.write(file, new byte[JvmFact.MAPPED_BYTES]);
    try (ForkedJvm process =
        ForkedJvm.of(JvmFact.class)
            .optimized()
            .dying(directory.resolve("errors"))
            .start(JvmFact.CHECKSUM, file.toString())) {
      for (String line = process.readLine(); line != null; line = process.readLine()) {
        assertFalse(line.startsWith(JvmFact.ALIVE), line);
      }
      assertEquals(ABORTED, process.waitFor());
      try (Stream<Path> errors = Files.list(directory.resolve("errors"))) {
        assertEquals(1, errors.count());
      }
    }
    part.add(1);
  }

  @Test
  void aCopyOfATruncatedMappingIsAnErrorThatCanBeCaught() throws IOException {
    Path file = directory.resolve("mapped");
    Files.write(file, new byte[JvmFact.MAPPED_BYTES]);
    assertEquals(JvmFact.CAUGHT, tell(JvmFact.COPY, file));
    part.add(1);
  }
}
