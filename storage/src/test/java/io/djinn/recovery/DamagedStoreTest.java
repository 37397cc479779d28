package io.djinn.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.batch.SyncMode;
import io.djinn.error.CorruptLogException;
import io.djinn.error.CorruptPageException;
import io.djinn.error.DjinnException;
import io.djinn.error.FormatVersionException;
import io.djinn.file.OpenMode;
import io.djinn.file.RawFile;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.Oracle;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.wal.LogReader;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Damage to log and control file: refused with nothing changed, or cut at the log's end. */
class DamagedStoreTest {
  private static final PageStoreOptions OPTIONS = PageWorkload.OPTIONS;
  private static final int BATCHES = 40;

  private final SimVfs vfs = new SimVfs(1 << 20);
  private PageSession session;
  private final Map<PageState, Integer> states = new HashMap<>();
  private SimVfs whole;

  /** A store whose process ended with all of its log written, in one segment. */
  @BeforeEach
  void write() {
    session = PageSession.open(new SimEnv(vfs, 1), OPTIONS);
    Oracle<PageState> oracle = Oracle.startingWith(PageState.EMPTY);
    session.commit(oracle, SyncMode.SYNC, session.allocate(5));
    for (int i = 0; i < BATCHES; i++) {
      states.put(oracle.current(), i);
      session.commit(
          oracle,
          i % 3 == 0 ? SyncMode.SYNC : SyncMode.NONE,
          i % 5 == 0 ? session.rewrite(3) : session.edit(1 + i % 4));
    }
    states.put(oracle.current(), BATCHES);
    session.commit(oracle, SyncMode.SYNC, session.edit(1));
    states.put(oracle.current(), BATCHES + 1);
    whole = vfs.crash(CrashMode.ALL, 0);
  }

  @AfterEach
  void close() {
    session.close();
    vfs.close();
    whole.close();
  }

  /** Copies the whole store, so that it can be damaged. */
  private SimVfs copy() {
    return whole.crash(CrashMode.ALL, 0);
  }

  private static final class Log {
    String name;
    long syncedBatch;
    long endOffset;
  }

  private Log log() throws Exception {
    Log log = new Log();
    try (SimVfs image = copy();
        ControlFile control = ControlFile.open(image);
        LogReader reader =
            new LogReader(image, control.state().storeId(), new MemoryAccount("t", 1 << 20))) {
      ControlFile.State state = control.state();
      reader.select(state.epoch(), state.startLsn(), state.takeoverLsn(), state.takeoverEpoch());
      Redo redo = new Redo(reader, state, PageStoreTest.TABLE);
      redo.findEnd();
      log.syncedBatch = redo.syncedBoundaryBatch();
      log.name = reader.files().get(0).name();
      byte[] bytes = whole.bytes(log.name);
      int end = bytes.length;
      while (bytes[end - 1] == 0) {
        end--;
      }
      log.endOffset = end;
      // The directory and the pages were made by two batches before the first state.
      assertEquals(BATCHES + 3, redo.lastBatch());
      assertTrue(log.syncedBatch > 10 && log.syncedBatch < redo.lastBatch());
    }
    return log;
  }

  /** Opens a damaged image: a refusal changes nothing, and nothing known to be synced is lost. */
  private boolean isRefused(SimVfs image, Log log, String what) {
    long hash = image.durableHash();
    try {
      PageSession reopened = PageSession.open(SimEnv.ofDamaged(image, 2), OPTIONS);
      try {
        Integer state = states.get(reopened.read());
        assertTrue(state != null && state + 2 >= log.syncedBatch, what + ": found state " + state);
      } finally {
        reopened.close();
      }
      return false;
    } catch (CorruptLogException e) {
      assertEquals(0, image.unsyncedEffects(), what);
      assertEquals(hash, image.durableHash(), what);
      return true;
    } finally {
      image.close();
    }
  }

  @Test
  void noGarbledByteLosesWhatIsKnownToBeSynced() throws Exception {
    Log log = log();
    int refused = 0;
    int cut = 0;
    for (long at = 4096; at < log.endOffset; at += 7) {
      SimVfs image = copy();
      image.overwrite(log.name, at, whole.bytes(log.name)[(int) at] ^ 0x5A);
      if (isRefused(image, log, "byte " + at)) {
        refused++;
      } else {
        cut++;
      }
    }
    assertTrue(refused > 100 && cut > 20, refused + " refused, " + cut + " cut");
  }

  @Test
  void noSectorOfZerosLosesWhatIsKnownToBeSynced() throws Exception {
    Log log = log();
    int refused = 0;
    for (long sector = 4096; sector < log.endOffset; sector += 512) {
      SimVfs image = copy();
      for (int i = 0; i < 512; i++) {
        image.overwrite(log.name, sector + i, 0);
      }
      refused += isRefused(image, log, "sector at " + sector) ? 1 : 0;
    }
    assertTrue(refused > 3, refused + " refused");
  }

  @Test
  void aLogCutAnywhereGivesAPrefix() throws Exception {
    Log log = log();
    // What says how far the log was synced is cut off too.
    log.syncedBatch = 0;
    for (long end = log.endOffset - 1; end > log.endOffset - 1_600; end--) {
      SimVfs image = copy();
      for (long at = end; at < log.endOffset; at++) {
        image.overwrite(log.name, at, 0);
      }
      isRefused(image, log, "cut at " + end);
    }
  }

  @Test
  void eitherControlSlotAloneOpensTheStoreAndNeitherIsAnError() throws Exception {
    for (int slot = 0; slot < 2; slot++) {
      SimVfs image = copy();
      image.overwrite(ControlFile.NAME, slot * 4096L + 40, 0xEE);
      PageSession reopened = PageSession.open(SimEnv.ofDamaged(image, 2), OPTIONS);
      assertEquals(BATCHES + 1, states.get(reopened.read()));
      reopened.close();
      image.close();
    }
    try (SimVfs image = copy()) {
      image.overwrite(ControlFile.NAME, 40, 0xEE);
      image.overwrite(ControlFile.NAME, 4096 + 40, 0xEE);
      long hash = image.durableHash();
      DjinnException e =
          assertThrows(
              DjinnException.class, () -> PageSession.open(SimEnv.ofDamaged(image, 2), OPTIONS));
      assertTrue(e.getMessage().contains("both slots"), e.getMessage());
      assertEquals(hash, image.durableHash());
    }
  }

  @Test
  void aLostControlFileIsNoNewStore() throws Exception {
    try (SimVfs image = copy()) {
      image.delete(ControlFile.NAME);
      image.syncDirectory("");
      long hash = image.durableHash();
      assertThrows(
          DjinnException.class, () -> PageSession.open(SimEnv.ofDamaged(image, 2), OPTIONS));
      assertEquals(hash, image.durableHash());
      assertTrue(image.exists("pages"));
    }
  }

  @Test
  void aForeignDirectoryAndAnotherVersionAreRefusedByName() throws Exception {
    try (SimVfs foreign = new SimVfs(1 << 20)) {
      foreign.open("letter", OpenMode.CREATE_NEW).close();
      assertThrows(
          FormatVersionException.class, () -> PageSession.open(new SimEnv(foreign, 2), OPTIONS));
      assertEquals(List.of("letter"), foreign.list(""));
    }
    try (SimVfs image = copy()) {
      ControlFile.State state;
      try (ControlFile control = ControlFile.open(image)) {
        state = control.state();
      }
      byte[] slot = Arrays.copyOf(image.bytes(ControlFile.NAME), 512);
      slot[8] = 9;
      CRC32C crc = new CRC32C();
      Arrays.fill(slot, 12, 16, (byte) 0);
      crc.update(slot);
      int sum = (int) crc.getValue();
      for (int i = 0; i < 4; i++) {
        slot[12 + i] = (byte) (sum >>> 8 * i);
      }
      for (int i = 0; i < 512; i++) {
        image.overwrite(ControlFile.NAME, i, slot[i]);
      }
      FormatVersionException e =
          assertThrows(
              FormatVersionException.class,
              () -> PageSession.open(SimEnv.ofDamaged(image, 2), OPTIONS));
      assertTrue(e.getMessage().contains("version 9"), e.getMessage());
      assertFalse(state.generation() == 0);
    }
  }

  private static void cut(SimVfs image, int pages) throws Exception {
    try (RawFile file = image.open("pages", OpenMode.READ_WRITE)) {
      file.truncate((long) pages * OPTIONS.pageSizeBytes());
      file.sync(true);
    }
  }

  @Test
  void aPageFileWithoutItsEndIsMadeWholeFromTheLogOrRefused() throws Exception {
    try (SimVfs image = copy()) {
      cut(image, 2);
      PageSession reopened = PageSession.open(SimEnv.ofDamaged(image, 2), OPTIONS);
      assertEquals(BATCHES + 1, states.get(reopened.read()));
      reopened.close();
      cut(image, 2);
      for (int i = 0; i < 2; i++) {
        CorruptPageException e =
            assertThrows(
                CorruptPageException.class,
                () -> PageSession.open(SimEnv.ofDamaged(image, 2), OPTIONS));
        assertTrue(e.getMessage().contains("only 2 of "), e.getMessage());
        assertEquals(2 * OPTIONS.pageSizeBytes(), image.bytes("pages").length);
      }
    }
  }

  /** Adds a file as a power cut in the middle of recycling leaves one. */
  private static void addMisnamed(SimVfs image, String name, byte[] segment) throws Exception {
    try (RawFile file = image.open(name, OpenMode.CREATE_NEW);
        MemoryRegion bytes =
            MemoryRegion.allocate(new MemoryAccount("t", segment.length), segment.length)) {
      NativeMemory.copyFromArray(segment, 0, bytes.address(), segment.length);
      file.writeFully(0, bytes.address(), segment.length);
      file.sync(true);
    }
    image.syncDirectory("wal");
  }

  private static long epoch(SimVfs image) throws Exception {
    try (ControlFile control = ControlFile.open(image)) {
      return control.state().epoch();
    }
  }

  @Test
  void aFileThatWasBeingRecycledIsDeleted() throws Exception {
    try (SimVfs image = copy()) {
      String misnamed = "wal/00000000000000ff";
      addMisnamed(image, misnamed, image.bytes(log().name));
      PageSession reopened = PageSession.open(SimEnv.ofDamaged(image, 2), OPTIONS);
      assertEquals(BATCHES + 1, states.get(reopened.read()));
      ((SimEnv) reopened.store.env()).runAgents();
      assertFalse(image.exists(misnamed));
      reopened.close();
    }
  }

  @Test
  void theEpochInAFileThatWasBeingRecycledIsNotUsedAgain() throws Exception {
    try (SimVfs later = copy();
        SimVfs image = copy()) {
      for (int i = 0; i < 4; i++) {
        PageSession reopened = PageSession.open(new SimEnv(later, i), OPTIONS);
        reopened.commit(Oracle.startingWith(reopened.read()), SyncMode.SYNC, reopened.edit(1));
        reopened.close();
      }
      String last =
          later.list("wal").stream()
              .filter(LogReader::isSegmentName)
              .sorted()
              .reduce((a, b) -> b)
              .orElseThrow();
      addMisnamed(image, "wal/00000000000000ff", later.bytes("wal/" + last));
      PageSession.open(SimEnv.ofDamaged(image, 2), OPTIONS).close();
      assertTrue(epoch(image) > epoch(later), epoch(image) + " after " + epoch(later));
    }
  }
}
