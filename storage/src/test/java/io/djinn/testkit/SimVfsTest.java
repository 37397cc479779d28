package io.djinn.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.NoSpaceException;
import io.djinn.file.OpenMode;
import io.djinn.file.RawFile;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimVfsTest {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final long CHUNK_BYTES = 64 << 10;
  private static final int SECTOR = 512;

  private long mappedBefore;
  private MemoryRegion memory;
  private SimVfs vfs;
  private RawFile file;

  /** A disk with a durable file "f" of eight sectors of ones. */
  @BeforeEach
  void open() throws IOException {
    mappedBefore = SimVfs.mappedBytes();
    memory = MemoryRegion.allocate(new MemoryAccount("test", BUFFER_BYTES), BUFFER_BYTES);
    vfs = new SimVfs(4 << 20);
    file = vfs.open("f", OpenMode.CREATE_NEW);
    write(file, 0, 8 * SECTOR, 1);
    file.sync(true);
    vfs.syncDirectory("");
    assertEquals(0, vfs.unsyncedEffects());
  }

  @AfterEach
  void close() {
    vfs.close();
    memory.close();
    assertEquals(mappedBefore, SimVfs.mappedBytes(), "mapped memory is freed");
  }

  private void write(RawFile to, long byteOffset, int length, int value) throws IOException {
    NativeMemory.fill(memory.address(), length, value);
    to.writeFully(byteOffset, memory.address(), length);
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static byte[] sectors(int... values) {
    byte[] bytes = new byte[values.length * SECTOR];
    for (int i = 0; i < values.length; i++) {
      Arrays.fill(bytes, i * SECTOR, (i + 1) * SECTOR, (byte) values[i]);
    }
    return bytes;
  }

  private byte[] afterCrash(CrashMode mode, long seed) throws IOException {
    try (SimVfs image = vfs.crash(mode, seed)) {
      return image.bytes("f");
    }
  }

  @Test
  void readsSeeWritesBeforeAnySync() throws IOException {
    write(file, 700, 100, 9);
    NativeMemory.fill(memory.address(), 300, 0);
    file.readFully(600, memory.address(), 300);
    assertEquals(1, NativeMemory.getByte(memory.address() + 99));
    assertEquals(9, NativeMemory.getByte(memory.address() + 100));
    assertEquals(9, NativeMemory.getByte(memory.address() + 199));
    assertEquals(1, NativeMemory.getByte(memory.address() + 200));
    assertEquals(0, file.pread(8 * SECTOR, memory.address(), 1));
    assertEquals(10, file.pread(8 * SECTOR - 10, memory.address(), 100));
  }

  @Test
  void aMappingSeesEveryWriteGrowthAndTruncation() throws IOException {
    long address = file.map(0, CHUNK_BYTES);
    assertEquals(0, address % 4096);
    assertEquals(1, NativeMemory.getByte(address + 100));
    write(file, 100, 1, 2);
    assertEquals(2, NativeMemory.getByte(address + 100));
    file.allocate(0, 16 * SECTOR);
    assertEquals(0, NativeMemory.getLong(address + 16 * SECTOR - 8));
    write(file, 20 * SECTOR, SECTOR, 3);
    assertEquals(0, NativeMemory.getByte(address + 18 * SECTOR));
    assertEquals(3, NativeMemory.getByte(address + 20 * SECTOR));
    file.truncate(SECTOR);
    file.allocate(0, 2 * SECTOR);
    assertEquals(0, NativeMemory.getByte(address + SECTOR));
    RawFile second = vfs.open("f", OpenMode.READ_ONLY);
    assertEquals(address, second.map(0, CHUNK_BYTES));
    second.close();
    write(file, 0, 1, 4);
    assertEquals(4, NativeMemory.getByte(address));
    assertEquals(address + CHUNK_BYTES, file.map(CHUNK_BYTES, CHUNK_BYTES));
    assertThrows(IllegalArgumentException.class, () -> file.map(0, 2 * CHUNK_BYTES));
    assertThrows(IOException.class, () -> file.allocate(4 << 20, 1));
  }

  @Test
  void withoutASyncACrashMayKeepNothingOrEverything() throws IOException {
    write(file, 0, SECTOR, 2);
    assertArrayEquals(filled(8 * SECTOR, 1), afterCrash(CrashMode.NONE, 0));
    assertArrayEquals(sectors(2, 1, 1, 1, 1, 1, 1, 1), afterCrash(CrashMode.ALL, 0));
    file.sync(false);
    for (CrashMode mode : CrashMode.values()) {
      assertArrayEquals(sectors(2, 1, 1, 1, 1, 1, 1, 1), afterCrash(mode, 5), mode::name);
    }
  }

  @Test
  void aPartOfASectorIsWrittenWithTheWholeSector() throws IOException {
    write(file, 10, 20, 2);
    file.sync(false);
    byte[] expected = filled(8 * SECTOR, 1);
    Arrays.fill(expected, 10, 30, (byte) 2);
    assertArrayEquals(expected, afterCrash(CrashMode.NONE, 0));
  }

  @Test
  void aSyncWithoutMetadataDoesNotMakeTheSizeDurable() throws IOException {
    write(file, 8 * SECTOR, SECTOR, 2);
    file.sync(false);
    assertEquals(8 * SECTOR, afterCrash(CrashMode.NONE, 0).length);
    assertArrayEquals(sectors(1, 1, 1, 1, 1, 1, 1, 1, 2), afterCrash(CrashMode.ALL, 0));
    file.sync(true);
    assertArrayEquals(sectors(1, 1, 1, 1, 1, 1, 1, 1, 2), afterCrash(CrashMode.NONE, 0));
  }

  @Test
  void theLastOperationMayBeTheOnlyOneLeft() throws IOException {
    write(file, 0, SECTOR, 2);
    write(file, SECTOR, SECTOR, 3);
    write(file, 2 * SECTOR, SECTOR, 4);
    assertArrayEquals(sectors(1, 1, 4, 1, 1, 1, 1, 1), afterCrash(CrashMode.LAST_ONLY, 0));
  }

  @Test
  void anyOneOperationMayBeDropped() throws IOException {
    write(file, 0, SECTOR, 2);
    write(file, SECTOR, SECTOR, 3);
    write(file, 2 * SECTOR, SECTOR, 4);
    Set<String> images = new HashSet<>();
    for (int seed = 0; seed < 50; seed++) {
      images.add(Arrays.toString(firstBytes(afterCrash(CrashMode.DROP_ONE, seed), 3)));
    }
    assertEquals(Set.of("[1, 3, 4]", "[2, 1, 4]", "[2, 3, 1]"), images);
  }

  @Test
  void aRandomSubsetReachesEveryCombinationAlsoOfOverwrites() throws IOException {
    write(file, 0, SECTOR, 2);
    write(file, 0, SECTOR, 3);
    write(file, SECTOR, SECTOR, 4);
    Set<String> images = new HashSet<>();
    for (int seed = 0; seed < 200; seed++) {
      images.add(Arrays.toString(firstBytes(afterCrash(CrashMode.RANDOM_SUBSET, seed), 2)));
    }
    assertEquals(Set.of("[1, 1]", "[2, 1]", "[3, 1]", "[1, 4]", "[2, 4]", "[3, 4]"), images);
  }

  @Test
  void aTornWriteLeavesAnySectorsOfIt() throws IOException {
    write(file, 0, 4 * SECTOR, 2);
    Set<String> images = new HashSet<>();
    for (int seed = 0; seed < 500; seed++) {
      byte[] bytes = afterCrash(CrashMode.TORN, seed);
      for (int i = 0; i < bytes.length; i++) {
        assertEquals(bytes[i / SECTOR * SECTOR], bytes[i], "sectors are whole");
      }
      images.add(Arrays.toString(firstBytes(bytes, 4)));
    }
    assertEquals(16, images.size(), images::toString);
  }

  @Test
  void aWriteMayAlsoBeTornInsideASector() throws IOException {
    write(file, 0, 4 * SECTOR, 2);
    for (int seed = 0; seed < 50; seed++) {
      byte[] bytes = afterCrash(CrashMode.TORN_INSIDE_SECTORS, seed);
      int mixed = 0;
      for (int i = 0; i < bytes.length; i += SECTOR) {
        if (bytes[i] != bytes[i + SECTOR - 1]) {
          assertEquals(2, bytes[i]);
          assertEquals(1, bytes[i + SECTOR - 1]);
          mixed++;
        }
      }
      assertEquals(1, mixed);
    }
  }

  @Test
  void aFileMayGrowWithoutItsDataByZerosOrJunk() throws IOException {
    write(file, 8 * SECTOR, 4 * SECTOR, 2);
    boolean zeros = false;
    boolean junk = false;
    for (int seed = 0; seed < 50; seed++) {
      byte[] bytes = afterCrash(CrashMode.EXTEND_WITHOUT_DATA, seed);
      assertEquals(12 * SECTOR, bytes.length);
      byte[] tail = Arrays.copyOfRange(bytes, 8 * SECTOR, 12 * SECTOR);
      boolean isZero = Arrays.equals(tail, new byte[4 * SECTOR]);
      zeros |= isZero;
      junk |= !isZero;
      assertFalse(Arrays.equals(tail, filled(4 * SECTOR, 2)));
    }
    assertTrue(zeros && junk);
  }

  @Test
  void aRenameMayComeBeforeTheDataOfItsFile() throws IOException {
    RawFile made = vfs.open("f.new", OpenMode.CREATE_NEW);
    write(made, 0, SECTOR, 2);
    vfs.rename("f.new", "f");
    boolean empty = false;
    boolean zero = false;
    for (int seed = 0; seed < 20; seed++) {
      byte[] bytes = afterCrash(CrashMode.RENAME_BEFORE_DATA, seed);
      empty |= bytes.length == 0;
      zero |= Arrays.equals(bytes, new byte[SECTOR]);
    }
    assertTrue(empty && zero);
    made.sync(true);
    assertArrayEquals(sectors(2), afterCrash(CrashMode.RENAME_BEFORE_DATA, 0));
    assertEquals(8 * SECTOR, afterCrash(CrashMode.NONE, 0).length);
  }

  @Test
  void aSyncedFileWhoseNameWasNotSyncedMayVanish() throws IOException {
    RawFile made = vfs.open("g", OpenMode.CREATE_NEW);
    write(made, 0, SECTOR, 2);
    made.sync(true);
    try (SimVfs none = vfs.crash(CrashMode.NONE, 0);
        SimVfs all = vfs.crash(CrashMode.ALL, 0)) {
      assertFalse(none.exists("g"));
      assertArrayEquals(sectors(2), all.bytes("g"));
    }
    vfs.syncDirectory("");
    try (SimVfs none = vfs.crash(CrashMode.NONE, 0)) {
      assertArrayEquals(sectors(2), none.bytes("g"));
    }
  }

  @Test
  void aDeletedFileMayComeBack() throws IOException {
    vfs.delete("f");
    assertFalse(vfs.exists("f"));
    try (SimVfs none = vfs.crash(CrashMode.NONE, 0)) {
      assertArrayEquals(filled(8 * SECTOR, 1), none.bytes("f"));
    }
    vfs.syncDirectory("");
    try (SimVfs none = vfs.crash(CrashMode.NONE, 0)) {
      assertFalse(none.exists("f"));
    }
  }

  @Test
  void aDirectoryNotSyncedInItsParentTakesItsFilesAlong() throws IOException {
    vfs.createDirectory("wal");
    vfs.open("wal/1", OpenMode.CREATE_NEW).sync(true);
    vfs.syncDirectory("wal");
    try (SimVfs none = vfs.crash(CrashMode.NONE, 0)) {
      assertEquals(List.of("f"), none.list(""));
    }
    vfs.syncDirectory("");
    try (SimVfs none = vfs.crash(CrashMode.NONE, 0)) {
      assertEquals(List.of("1"), none.list("wal"));
    }
  }

  @Test
  void aRenameBetweenDirectoriesNeverLosesBothNames() throws IOException {
    vfs.createDirectory("wal");
    vfs.syncDirectory("");
    vfs.rename("f", "wal/f");
    Set<String> names = new HashSet<>();
    for (int seed = 0; seed < 50; seed++) {
      try (SimVfs image = vfs.crash(CrashMode.RANDOM_SUBSET, seed)) {
        names.add(image.list("") + " " + image.list("wal"));
      }
    }
    assertEquals(Set.of("[f, wal] []", "[f, wal] [f]", "[wal] [f]"), names);
    vfs.syncDirectory("wal");
    try (SimVfs image = vfs.crash(CrashMode.NONE, 0)) {
      assertEquals("[f, wal] [f]", image.list("") + " " + image.list("wal"));
      RawFile one = image.open("f", OpenMode.READ_WRITE);
      write(one, 0, SECTOR, 7);
      assertEquals(7, image.bytes("wal/f")[0]);
    }
    vfs.syncDirectory("");
    try (SimVfs image = vfs.crash(CrashMode.NONE, 0)) {
      assertEquals("[wal] [f]", image.list("") + " " + image.list("wal"));
    }
  }

  @Test
  void syncingTheDirectoryAFileLeftMakesTheWholeRenameDurable() throws IOException {
    vfs.createDirectory("wal");
    vfs.syncDirectory("");
    vfs.rename("f", "wal/f");
    vfs.syncDirectory("");
    try (SimVfs image = vfs.crash(CrashMode.NONE, 0)) {
      assertEquals("[wal] [f]", image.list("") + " " + image.list("wal"));
    }
    vfs.rename("wal/f", "f");
    vfs.hook(
        call -> {
          if (call.op() == IoOp.SYNC_DIRECTORY && call.name().isEmpty()) {
            call.failSync(SyncFailure.MARKED_CLEAN);
          }
        });
    assertThrows(IOException.class, () -> vfs.syncDirectory(""));
    vfs.syncDirectory("wal");
    try (SimVfs image = vfs.crash(CrashMode.NONE, 0)) {
      assertEquals("[wal] [f]", image.list("") + " " + image.list("wal"));
    }
  }

  @Test
  void whatATruncationCutsOffComesBackOnlyIfItIsLostItself() throws IOException {
    file.truncate(SECTOR + 100);
    file.truncate(6 * SECTOR);
    assertEquals(SECTOR + 100, file.sizeBytes());
    file.allocate(0, 8 * SECTOR);
    assertEquals(0, vfs.bytes("f")[SECTOR + 100]);
    assertArrayEquals(filled(8 * SECTOR, 1), afterCrash(CrashMode.NONE, 0));
    file.sync(true);
    byte[] bytes = afterCrash(CrashMode.NONE, 0);
    assertEquals(1, bytes[SECTOR + 99]);
    assertArrayEquals(
        new byte[8 * SECTOR - SECTOR - 100], Arrays.copyOfRange(bytes, SECTOR + 100, 8 * SECTOR));
  }

  @Test
  void imagesAreIndependentOfEachOther() throws IOException {
    try (SimVfs first = vfs.crash(CrashMode.NONE, 0);
        SimVfs second = vfs.crash(CrashMode.NONE, 0)) {
      RawFile opened = first.open("f", OpenMode.READ_WRITE);
      write(opened, 0, SECTOR, 5);
      opened.sync(true);
      write(file, 0, SECTOR, 6);
      file.sync(true);
      assertEquals(1, second.bytes("f")[0]);
      assertEquals(5, first.bytes("f")[0]);
      assertEquals(6, vfs.bytes("f")[0]);
      try (SimVfs third = first.crash(CrashMode.NONE, 0)) {
        assertEquals(5, third.bytes("f")[0]);
      }
    }
  }

  @Test
  void equalDisksHaveEqualHashesAndOthersDoNot() throws IOException {
    long before = vfs.durableHash();
    write(file, 3 * SECTOR, SECTOR, 2);
    assertEquals(before, vfs.durableHash());
    file.sync(true);
    long after = vfs.durableHash();
    assertNotEquals(before, after);
    write(file, 3 * SECTOR, SECTOR, 1);
    file.sync(true);
    assertEquals(before, vfs.durableHash());
    file.allocate(0, 8 * SECTOR + 1);
    file.sync(true);
    assertNotEquals(before, vfs.durableHash());
    file.truncate(8 * SECTOR);
    file.sync(true);
    assertEquals(before, vfs.durableHash());
    vfs.rename("f", "g");
    vfs.syncDirectory("");
    assertNotEquals(before, vfs.durableHash());
  }

  @Test
  void theSameSeedGivesTheSameImage() throws IOException {
    for (int i = 0; i < 20; i++) {
      write(file, i % 7 * SECTOR, 2 * SECTOR, i);
    }
    for (CrashMode mode : CrashMode.values()) {
      try (SimVfs first = vfs.crash(mode, 77);
          SimVfs second = vfs.crash(mode, 77)) {
        assertEquals(first.durableHash(), second.durableHash());
      }
    }
  }

  @Test
  void aHookEndsTheProcessAtAnOperation() throws IOException {
    long operations = vfs.operations();
    vfs.hook(IoHook.crashBefore(operations + 2));
    write(file, 0, SECTOR, 2);
    file.sizeBytes();
    assertThrows(SimulatedCrash.class, () -> file.sync(true));
    assertThrows(SimulatedCrash.class, () -> file.sizeBytes());
    assertThrows(SimulatedCrash.class, () -> vfs.list(""));
    file.close();
    assertArrayEquals(filled(8 * SECTOR, 1), afterCrash(CrashMode.NONE, 0));
    assertArrayEquals(sectors(2, 1, 1, 1, 1, 1, 1, 1), afterCrash(CrashMode.ALL, 0));
  }

  @Test
  void aKilledProcessLeavesTheCache() throws IOException {
    assertTrue(vfs.tryLock());
    write(file, 0, SECTOR, 2);
    try (SimVfs next = vfs.reopen()) {
      assertThrows(SimulatedCrash.class, () -> vfs.exists("f"));
      assertTrue(next.tryLock());
      assertEquals(2, next.bytes("f")[0]);
      try (SimVfs image = next.crash(CrashMode.NONE, 0)) {
        assertEquals(1, image.bytes("f")[0]);
      }
    }
  }

  @Test
  void onlyOneProcessHasTheLock() throws IOException {
    assertTrue(vfs.tryLock());
    assertFalse(vfs.tryLock());
  }

  @Test
  void aHookFailsTheNthCallOnceOrFromThenOn() throws IOException {
    vfs.hook(IoHook.fail(IoOp.PWRITE, 2, false, "Input/output error"));
    write(file, 0, SECTOR, 2);
    assertThrows(IOException.class, () -> write(file, 0, SECTOR, 3));
    write(file, SECTOR, SECTOR, 4);
    assertArrayEquals(new byte[] {2, 4, 1}, firstBytes(vfs.bytes("f"), 3));
    vfs.hook(IoHook.fail(IoOp.ALLOCATE, 1, true, "No space left on device"));
    assertThrows(NoSpaceException.class, () -> file.allocate(0, 9 * SECTOR));
    assertThrows(NoSpaceException.class, () -> file.allocate(0, 9 * SECTOR));
  }

  @Test
  void aHookMakesCallsShort() throws IOException {
    vfs.hook(
        call -> {
          if (call.op() == IoOp.PWRITE || call.op() == IoOp.PREAD) {
            call.shorten(100);
          }
        });
    assertEquals(100, file.pwrite(0, memory.address(), SECTOR));
    assertEquals(100, file.pread(0, memory.address(), SECTOR));
    write(file, 0, SECTOR, 3);
    assertEquals(3, vfs.bytes("f")[SECTOR - 1]);
    assertEquals(1, vfs.bytes("f")[SECTOR]);
  }

  @Test
  void aWriteIsSeenHalfDone() throws IOException {
    long address = file.map(0, CHUNK_BYTES);
    int[] seen = new int[2];
    vfs.hook(
        new IoHook() {
          @Override
          public void before(IoCall call) {
            if (call.op() == IoOp.PWRITE) {
              call.pauseHalfway();
            }
          }

          @Override
          public void halfway(IoCall call) {
            seen[0] = NativeMemory.getByte(address + SECTOR - 1);
            seen[1] = NativeMemory.getByte(address + SECTOR);
          }
        });
    write(file, 0, 2 * SECTOR, 2);
    assertArrayEquals(new int[] {2, 1}, seen);
    assertEquals(2, NativeMemory.getByte(address + SECTOR));
  }

  @ParameterizedTest
  @EnumSource(SyncFailure.class)
  void aFailedSyncMakesNothingDurable(SyncFailure failure) throws IOException {
    write(file, 0, SECTOR, 2);
    vfs.hook(
        call -> {
          if (call.op() == IoOp.SYNC) {
            call.failSync(failure);
          }
        });
    boolean late = failure == SyncFailure.REPORTED_LATE;
    if (late) {
      file.sync(false);
    } else {
      assertThrows(IOException.class, () -> file.sync(false));
    }
    vfs.hook(null);
    assertEquals(failure == SyncFailure.REVERTED ? 1 : 2, vfs.bytes("f")[0]);
    assertEquals(1, afterCrash(CrashMode.NONE, 0)[0]);
    assertEquals(failure == SyncFailure.KEPT_DIRTY ? 2 : 1, afterCrash(CrashMode.ALL, 0)[0]);
    if (late) {
      assertThrows(IOException.class, () -> file.sync(false));
    }
    file.sync(false);
    assertEquals(failure == SyncFailure.KEPT_DIRTY ? 2 : 1, afterCrash(CrashMode.ALL, 0)[0]);
    write(file, 10, 1, 3);
    file.sync(false);
    assertEquals(3, afterCrash(CrashMode.NONE, 0)[10]);
  }

  @Test
  void aFailedSyncMayLeaveAPartAndRevertsTheMappingToo() throws IOException {
    long address = file.map(0, CHUNK_BYTES);
    for (int i = 0; i < 8; i++) {
      write(file, i * SECTOR, SECTOR, 2);
    }
    vfs.hook(
        call -> {
          if (call.op() == IoOp.SYNC) {
            call.failSync(SyncFailure.REVERTED, 3);
          }
        });
    assertThrows(IOException.class, () -> file.sync(false));
    byte[] bytes = firstBytes(afterCrash(CrashMode.NONE, 0), 8);
    int sum = 0;
    for (int i = 0; i < 8; i++) {
      assertEquals(bytes[i], NativeMemory.getByte(address + i * SECTOR));
      sum += bytes[i];
    }
    assertTrue(sum > 8 && sum < 16, Arrays.toString(bytes));
  }

  @Test
  void aLostWriteIsSeenUntilThePowerIsCut() throws IOException {
    vfs.hook(
        call -> {
          if (call.op() == IoOp.PWRITE) {
            call.lose();
          }
        });
    write(file, 0, SECTOR, 2);
    file.sync(true);
    assertEquals(2, vfs.bytes("f")[0]);
    assertEquals(1, afterCrash(CrashMode.ALL, 0)[0]);
  }

  @Test
  void aMisdirectedWriteComesToLieElsewhere() throws IOException {
    vfs.hook(
        call -> {
          if (call.op() == IoOp.PWRITE) {
            call.misdirect(2 * SECTOR);
          }
        });
    write(file, 0, 2 * SECTOR, 2);
    file.sync(true);
    assertArrayEquals(sectors(1, 1, 2, 2, 1, 1, 1, 1), afterCrash(CrashMode.NONE, 0));
  }

  @Test
  void aFullDiskShortensAWriteThenRefusesIt() throws IOException {
    vfs.quota(9 * SECTOR);
    assertEquals(SECTOR, vfs.freeBytes());
    assertThrows(NoSpaceException.class, () -> file.allocate(0, 10 * SECTOR));
    assertEquals(8 * SECTOR, file.sizeBytes());
    assertEquals(SECTOR, file.pwrite(8 * SECTOR, memory.address(), 2 * SECTOR));
    assertThrows(IOException.class, () -> file.pwrite(9 * SECTOR, memory.address(), SECTOR));
    write(file, 0, SECTOR, 2);
    vfs.quota(10 * SECTOR);
    file.allocate(0, 10 * SECTOR);
    vfs.delete("f");
    assertEquals(10 * SECTOR, vfs.freeBytes());
  }

  @Test
  void unreadableSectorsStayUnreadableAfterACrash() throws IOException {
    vfs.failReads("f", 600, 1);
    assertThrows(IOException.class, () -> file.pread(0, memory.address(), 4096));
    assertEquals(600, file.pread(0, memory.address(), 600));
    assertEquals(100, file.pread(601, memory.address(), 100));
    try (SimVfs image = vfs.crash(CrashMode.NONE, 0)) {
      RawFile opened = image.open("f", OpenMode.READ_ONLY);
      assertThrows(IOException.class, () -> opened.pread(600, memory.address(), 1));
    }
  }

  @Test
  void aByteIsChangedBehindEverybodysBack() throws IOException {
    long address = file.map(0, CHUNK_BYTES);
    vfs.overwrite("f", 1000, 0xFF);
    assertEquals(-1, NativeMemory.getByte(address + 1000));
    assertEquals(-1, afterCrash(CrashMode.NONE, 0)[1000]);
    assertEquals(0, vfs.unsyncedEffects());
  }

  @Test
  void namesBehaveAsInARealDirectory() throws IOException {
    assertThrows(FileAlreadyExistsException.class, () -> vfs.open("f", OpenMode.CREATE_NEW));
    assertThrows(NoSuchFileException.class, () -> vfs.open("g", OpenMode.READ_WRITE));
    assertThrows(NoSuchFileException.class, () -> vfs.open("d/g", OpenMode.CREATE_NEW));
    assertThrows(IllegalArgumentException.class, () -> vfs.open("LOCK", OpenMode.CREATE_NEW));
    assertFalse(vfs.exists("d/g"));
    vfs.createDirectory("d");
    vfs.open("d/g", OpenMode.CREATE_NEW);
    assertThrows(IOException.class, () -> vfs.delete("d"));
    vfs.rename("d/g", "f");
    assertEquals(0, vfs.bytes("f").length);
    vfs.delete("d");
    assertEquals(List.of("f"), vfs.list(""));
    assertEquals(8 * SECTOR, file.sizeBytes(), "an open file outlives its name");
    RawFile reader = vfs.open("f", OpenMode.READ_ONLY);
    assertThrows(RuntimeException.class, () -> write(reader, 0, 1, 1));
    reader.close();
    assertThrows(IOException.class, () -> reader.sizeBytes());
  }

  @Test
  void thousandsOfImagesAreCutFromASmallStore() throws IOException {
    long seed = TestSeed.forTest("SimVfsTest");
    file.allocate(0, 1 << 20);
    for (int page = 0; page < 128; page++) {
      NativeMemory.fill(memory.address(), 8192, page);
      NativeMemory.putLong(memory.address(), page * seed);
      file.writeFully(page * 8192L, memory.address(), 8192);
      if (page == 100) {
        file.sync(true);
      }
    }
    Set<Long> hashes = new HashSet<>();
    CrashMode[] modes = CrashMode.values();
    for (int i = 0; i < 2_000; i++) {
      try (SimVfs image = vfs.crash(modes[i % modes.length], seed + i)) {
        RawFile opened = image.open("f", OpenMode.READ_WRITE);
        opened.map(0, CHUNK_BYTES);
        write(opened, 0, 8192, i);
        opened.sync(true);
        hashes.add(image.durableHash());
      }
    }
    assertTrue(hashes.size() > 100, "distinct images: " + hashes.size());
  }

  private static byte[] firstBytes(byte[] bytes, int sectors) {
    byte[] first = new byte[sectors];
    for (int i = 0; i < sectors; i++) {
      first[i] = bytes[i * SECTOR];
    }
    return first;
  }
}
