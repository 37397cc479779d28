package io.djinn.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OsRawFileTest {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final long CHUNK_BYTES = 1 << 20;

  @TempDir Path directory;
  private MemoryRegion memory;
  private OsVfs vfs;
  private RawFile file;

  @BeforeEach
  void open() throws IOException {
    memory = MemoryRegion.allocate(new MemoryAccount("test", BUFFER_BYTES), BUFFER_BYTES);
    vfs = new OsVfs(directory);
    file = vfs.open("pages", OpenMode.CREATE_NEW);
  }

  @AfterEach
  void close() throws IOException {
    file.close();
    vfs.close();
    memory.close();
  }

  @Test
  void longRangesAreWrittenAndReadInSeveralCalls() throws IOException {
    long address = memory.address();
    for (int i = 0; i < BUFFER_BYTES; i += 8) {
      NativeMemory.putLong(address + i, i * 0x9E3779B97F4A7C15L);
    }
    assertEquals(StagingBuffers.SIZE_BYTES, file.pwrite(3, address, BUFFER_BYTES));
    file.writeFully(3, address, BUFFER_BYTES);
    file.sync(false);
    assertEquals(BUFFER_BYTES + 3, file.sizeBytes());
    NativeMemory.fill(address, BUFFER_BYTES, 0);
    file.readFully(3, address, BUFFER_BYTES);
    for (int i = 0; i < BUFFER_BYTES; i += 8) {
      assertEquals(i * 0x9E3779B97F4A7C15L, NativeMemory.getLong(address + i));
    }
  }

  @Test
  void readingAtTheEndGivesNothing() throws IOException {
    file.writeFully(0, memory.address(), 100);
    assertEquals(40, file.pread(60, memory.address(), 100));
    assertEquals(0, file.pread(100, memory.address(), 1));
    assertEquals(0, file.pread(1 << 20, memory.address(), 1));
    assertThrows(IOException.class, () -> file.readFully(60, memory.address(), 41));
  }

  @Test
  void allocatingWritesZerosBehindTheEndAndLeavesTheRestAlone() throws IOException {
    NativeMemory.fill(memory.address(), 4096, 7);
    file.writeFully(0, memory.address(), 1000);
    file.allocate(0, 500);
    assertEquals(1000, file.sizeBytes());
    file.allocate(BUFFER_BYTES - 100, 100);
    assertEquals(BUFFER_BYTES, file.sizeBytes());
    file.readFully(0, memory.address(), BUFFER_BYTES);
    assertEquals(7, NativeMemory.getByte(memory.address() + 999));
    for (int i = 1000; i < BUFFER_BYTES; i++) {
      assertEquals(0, NativeMemory.getByte(memory.address() + i));
    }
  }

  @Test
  void aMappingReachesPastTheEndWithoutGrowingTheFile() throws IOException {
    file.allocate(0, 8192);
    long address = file.map(0, CHUNK_BYTES);
    assertEquals(0, NativeMemory.getLong(address + 8184));
    assertEquals(8192, file.sizeBytes());
    file.map(5 * CHUNK_BYTES, CHUNK_BYTES);
    assertEquals(8192, file.sizeBytes());
  }

  @Test
  void aMappingSeesWhatIsWrittenLaterAndTheGrowthOfTheFile() throws IOException {
    file.allocate(0, 8192);
    long first = file.map(0, CHUNK_BYTES);
    long second = file.map(CHUNK_BYTES, CHUNK_BYTES);
    file.allocate(8192, 2 * CHUNK_BYTES - 8192);
    for (long at = 0; at < 2 * CHUNK_BYTES; at += 8192) {
      NativeMemory.putLong(memory.address(), at + 1);
      file.writeFully(at, memory.address(), 8);
    }
    for (long at = 0; at < CHUNK_BYTES; at += 8192) {
      assertEquals(at + 1, NativeMemory.getLong(first + at));
      assertEquals(CHUNK_BYTES + at + 1, NativeMemory.getLong(second + at));
    }
    assertEquals(2 * CHUNK_BYTES, file.sizeBytes());
  }

  @Test
  void theSameRangeIsMappedOnceAndReadOnly() throws IOException {
    file.allocate(0, 8192);
    long address = file.map(0, CHUNK_BYTES);
    assertEquals(address, file.map(0, CHUNK_BYTES));
    List<String> mappings = mappingsOfTheFile();
    assertEquals(1, mappings.size(), mappings::toString);
    assertTrue(mappings.get(0).contains(" r--s "), mappings::toString);
    assertTrue(mappings.get(0).startsWith(Long.toHexString(address)), mappings::toString);
  }

  @Test
  void rangesThatAreNoChunksAreRefused() throws IOException {
    assertThrows(IllegalArgumentException.class, () -> file.map(0, 4096));
    file.map(0, CHUNK_BYTES);
    assertThrows(IllegalArgumentException.class, () -> file.map(0, 2 * CHUNK_BYTES));
    assertThrows(IllegalArgumentException.class, () -> file.map(4096, CHUNK_BYTES));
  }

  @Test
  void theDefaultChunkOfAGibibyteMapsOverASmallFile() throws IOException {
    file.writeFully(0, memory.address(), 100);
    NativeMemory.putLong(memory.address(), 42);
    long address = file.map(0, 1L << 30);
    file.writeFully(0, memory.address(), 8);
    assertEquals(42, NativeMemory.getLong(address));
    assertEquals(100, file.sizeBytes());
  }

  @Test
  void closingUnmapsAlsoOnAnotherThreadThanTheOneThatMapped() throws Exception {
    file.allocate(0, 8192);
    new OsEnv(vfs).call("map", () -> file.map(0, CHUNK_BYTES));
    file.close();
    file.close();
    for (int i = 0; i < 10_000 && !mappingsOfTheFile().isEmpty(); i++) {
      Thread.yield();
    }
    assertEquals(List.of(), mappingsOfTheFile());
  }

  @Test
  void anInterruptedCallerDoesNotCloseTheFileWhenItCallsThroughTheEnvironment() throws IOException {
    OsEnv env = new OsEnv(vfs);
    Thread.currentThread().interrupt();
    env.call(
        "write",
        () -> {
          file.writeFully(0, memory.address(), 8192);
          file.sync(true);
          return null;
        });
    assertTrue(Thread.interrupted());
    assertEquals(8192, file.sizeBytes());
  }

  @Test
  void buffersAreSharedByFilesAndFreedWithTheDirectory() throws IOException {
    StagingBuffers staging = new StagingBuffers();
    var first = staging.acquire();
    staging.release(first);
    var again = staging.acquire();
    assertTrue(first == again, "an idle buffer is used again");
    staging.close();
    staging.release(again);
    assertFalse(first == staging.acquire());
  }

  private List<String> mappingsOfTheFile() throws IOException {
    String path = directory.toRealPath().resolve("pages").toString();
    return Files.readAllLines(Path.of("/proc/self/maps")).stream()
        .filter(line -> line.endsWith(path))
        .collect(Collectors.toList());
  }
}
