package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.FormatVersionException;
import io.djinn.file.OpenMode;
import io.djinn.file.RawFile;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.recovery.ControlFile;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/**
 * A store as an earlier engine of this format left it, killed with a log to redo, is opened and
 * gives its answers; one of another format is refused by name.
 *
 * <p>A new format gets a new golden store: bump {@link ControlFile#FORMAT_VERSION} and run this
 * test once with {@code -Ddjinn.golden.write=src/test/resources/io/djinn/api}.
 */
class GoldenStoreTest {
  private static final String NAME = "format-" + ControlFile.FORMAT_VERSION + ".zip";
  private static final int SLOT_DISTANCE = 4096;
  private static final int SLOT_BYTES = 512;
  private static final int VERSION = 8;
  private static final int CHECKSUM = 12;
  private static final List<String> FILES = List.of("control", "pages");

  @Test
  void theGoldenStoreOpensWithItsAnswers() throws IOException {
    try (EveryKindStore fresh = new EveryKindStore();
        SimVfs golden = new SimVfs(4 << 20)) {
      String target = System.getProperty("djinn.golden.write", "");
      if (!target.isEmpty()) {
        write(fresh.killed, Path.of(target));
      }
      read(golden);
      try (Djinn db = Djinn.open(new SimEnv(golden, 1), DjinnTest.TINY)) {
        assertEquals(List.of(), db.verify());
        assertEquals(
            List.of("kept", "last", "loaded", "named", "other", "placed", "placedList"),
            db.indexes().stream().map(IndexInfo::name).sorted().toList());
        assertEquals(
            fresh.states.lastEntry().getValue(), EveryKindStore.answers(db, db.gin("kept")));
        EveryKindStore.assertPlaced(db);
        assertEquals(fresh.namesLeft(), EveryKindStore.names(db));
        try (WriteBatch batch = db.begin()) {
          db.gin("last").insert(batch, 5, List.of(77));
          batch.commit();
        }
        assertEquals(List.of(), db.verify());
      }
    }
  }

  @Test
  void anotherFormatIsRefusedByNameAndNothingIsChanged() throws IOException {
    try (SimVfs other = new SimVfs(4 << 20)) {
      read(other);
      for (int slot = 0; slot < 2; slot++) {
        reseal(other, slot * SLOT_DISTANCE);
      }
      long before = other.durableHash();
      FormatVersionException refusal =
          assertThrows(
              FormatVersionException.class,
              () -> Djinn.open(SimEnv.ofDamaged(other, 1), DjinnTest.TINY));
      assertTrue(
          refusal.getMessage().contains("format version " + (ControlFile.FORMAT_VERSION - 1)),
          refusal::toString);
      assertEquals(before, other.durableHash());
    }
  }

  /** Gives a slot the version before this one, with the checksum that belongs to it. */
  private static void reseal(SimVfs store, int at) throws IOException {
    byte[] slot = Arrays.copyOfRange(store.bytes("control"), at, at + SLOT_BYTES);
    slot[VERSION] = ControlFile.FORMAT_VERSION - 1;
    Arrays.fill(slot, CHECKSUM, CHECKSUM + 4, (byte) 0);
    CRC32C crc = new CRC32C();
    crc.update(slot);
    for (int i = 0; i < 4; i++) {
      slot[CHECKSUM + i] = (byte) (crc.getValue() >>> 8 * i);
    }
    for (int i = 0; i < SLOT_BYTES; i++) {
      store.overwrite("control", at + i, slot[i]);
    }
  }

  private static void write(SimVfs store, Path directory) throws IOException {
    Files.createDirectories(directory);
    try (OutputStream out = Files.newOutputStream(directory.resolve(NAME));
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : FILES) {
        put(zip, store, name);
      }
      for (String name : store.list("wal")) {
        put(zip, store, "wal/" + name);
      }
    }
  }

  private static void put(ZipOutputStream zip, SimVfs store, String name) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(store.bytes(name));
    zip.closeEntry();
  }

  private static void read(SimVfs to) throws IOException {
    to.createDirectory("wal");
    to.createDirectory("tmp");
    MemoryAccount account = new MemoryAccount("golden", Long.MAX_VALUE);
    try (InputStream in = GoldenStoreTest.class.getResourceAsStream(NAME)) {
      assertTrue(in != null, "no golden store " + NAME);
      ZipInputStream zip = new ZipInputStream(in);
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        byte[] bytes = zip.readAllBytes();
        try (RawFile file = to.open(entry.getName(), OpenMode.CREATE_NEW);
            MemoryRegion memory = MemoryRegion.allocate(account, bytes.length)) {
          NativeMemory.copyFromArray(bytes, 0, memory.address(), bytes.length);
          file.writeFully(0, memory.address(), bytes.length);
          file.sync(true);
        }
      }
    }
    for (String directory : List.of("", "wal", "tmp")) {
      to.syncDirectory(directory);
    }
  }
}
