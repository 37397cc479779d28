package io.djinn.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.error.DjinnException;
import io.djinn.file.OpenMode;
import io.djinn.file.OsVfs;
import io.djinn.file.RawFile;
import io.djinn.file.Vfs;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same random calls on the simulated and on the real directory have the same outcomes. */
class SimVfsAgainstOsVfsTest {
  private static final int ROUNDS = 20;
  private static final int CALLS = 300;
  private static final int MAX_FILE_BYTES = 40_000;
  private static final int CHUNK_BYTES = 64 << 10;
  private static final List<String> NAMES = List.of("a", "b", "d", "d/a", "d/b", "e/a");

  @TempDir Path directory;

  private SplittableRandom random;
  private MemoryRegion memory;

  /** A call on one of the two directories, with its outcome in words. */
  private interface Call {
    Object on(Vfs vfs) throws IOException;
  }

  @Test
  void bothBehaveAlike() throws IOException {
    long seed = TestSeed.forTest("SimVfsAgainstOsVfsTest");
    random = new SplittableRandom(seed);
    memory = MemoryRegion.allocate(new MemoryAccount("test", CHUNK_BYTES), CHUNK_BYTES);
    for (int round = 0; round < ROUNDS; round++) {
      Path root = directory.resolve("round" + round);
      try (OsVfs real = OsVfs.create(root);
          SimVfs simulated = new SimVfs(1 << 20)) {
        for (int call = 0; call < CALLS; call++) {
          step(real, simulated, "round " + round + ", call " + call);
        }
      }
    }
    memory.close();
  }

  private void step(Vfs real, Vfs simulated, String where) throws IOException {
    String name = NAMES.get(random.nextInt(NAMES.size()));
    String other = NAMES.get(random.nextInt(NAMES.size()));
    switch (random.nextInt(10)) {
      case 0:
        compare(real, simulated, where, vfs -> create(vfs, name));
        break;
      case 1:
        compare(real, simulated, where, vfs -> vfs.exists(name));
        break;
      case 2:
        compare(
            real,
            simulated,
            where,
            vfs -> {
              vfs.createDirectory("d");
              return null;
            });
        break;
      case 3:
        if (isFile(real, name) && isFile(real, other)) {
          compare(
              real,
              simulated,
              where,
              vfs -> {
                vfs.rename(name, other);
                return null;
              });
        }
        break;
      case 4:
        compare(
            real,
            simulated,
            where,
            vfs -> {
              vfs.delete(name);
              return null;
            });
        break;
      case 5:
        compare(real, simulated, where, vfs -> vfs.list(""));
        compare(real, simulated, where, vfs -> vfs.list("d"));
        break;
      default:
        if (isFile(real, name)) {
          useFile(real, simulated, name, where);
        }
    }
  }

  private static boolean isFile(Vfs vfs, String name) throws IOException {
    return vfs.exists(name) && !name.equals("d");
  }

  private static Object create(Vfs vfs, String name) throws IOException {
    vfs.open(name, OpenMode.CREATE_NEW).close();
    return null;
  }

  private void useFile(Vfs real, Vfs simulated, String name, String where) throws IOException {
    try (RawFile realFile = real.open(name, OpenMode.READ_WRITE);
        RawFile simFile = simulated.open(name, OpenMode.READ_WRITE)) {
      List<RawFile> files = List.of(realFile, simFile);
      long[] mapped = new long[2];
      if (random.nextBoolean()) {
        mapped[0] = realFile.map(0, CHUNK_BYTES);
        mapped[1] = simFile.map(0, CHUNK_BYTES);
      }
      for (int i = random.nextInt(6); i > 0; i--) {
        int byteOffset = random.nextInt(MAX_FILE_BYTES);
        int length = 1 + random.nextInt(MAX_FILE_BYTES - byteOffset);
        int value = random.nextInt();
        int kind = random.nextInt(4);
        NativeMemory.fill(memory.address(), length, value);
        for (RawFile file : files) {
          if (kind < 2) {
            file.writeFully(byteOffset, memory.address(), length);
          } else if (kind == 2) {
            file.truncate(byteOffset);
          } else {
            file.allocate(byteOffset, length);
          }
        }
        int size = (int) realFile.sizeBytes();
        assertEquals(size, simFile.sizeBytes(), where);
        byte[] expected = read(realFile, size);
        assertArrayEquals(expected, read(simFile, size), where);
        if (mapped[0] != 0) {
          assertArrayEquals(expected, copy(mapped[0], size), where);
          assertArrayEquals(expected, copy(mapped[1], size), where);
        }
      }
      assertEquals(
          realFile.pread(realFile.sizeBytes(), memory.address(), 10),
          simFile.pread(simFile.sizeBytes(), memory.address(), 10),
          where);
    }
  }

  private byte[] read(RawFile file, int size) throws IOException {
    file.readFully(0, memory.address(), size);
    return copy(memory.address(), size);
  }

  private static byte[] copy(long address, int size) {
    byte[] bytes = new byte[size];
    NativeMemory.copyToArray(address, bytes, 0, size);
    return bytes;
  }

  private static void compare(Vfs real, Vfs simulated, String where, Call call) {
    assertEquals(outcome(real, call), outcome(simulated, call), where);
  }

  /** The result, or the kind of the failure as far as the contract fixes it. */
  private static List<Object> outcome(Vfs vfs, Call call) {
    List<Object> outcome = new ArrayList<>();
    try {
      outcome.add(call.on(vfs));
    } catch (FileSystemException e) {
      outcome.add("file system");
    } catch (IOException e) {
      outcome.add("io");
    } catch (DjinnException | IllegalArgumentException e) {
      outcome.add(e.getClass());
    }
    return outcome;
  }
}
