package io.djinn.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.file.OpenMode;
import io.djinn.file.RawFile;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceVfsTest {
  @Test
  void everyCallIsALineAndIsPassedOn() throws IOException {
    List<String> lines = new ArrayList<>();
    MemoryRegion memory = MemoryRegion.allocate(new MemoryAccount("test", 8192), 8192);
    try (TraceVfs vfs = new TraceVfs(new SimVfs(), lines::add)) {
      vfs.tryLock();
      vfs.createDirectory("wal");
      try (RawFile file = vfs.open("wal/1", OpenMode.CREATE_NEW)) {
        file.allocate(0, 16384);
        file.writeFully(8192, memory.address(), 8192);
        file.sync(true);
        file.readFully(0, memory.address(), 512);
        file.sync(false);
        file.truncate(512);
        assertEquals(512, file.sizeBytes());
        file.map(0, 65536);
      }
      vfs.syncDirectory("wal");
      vfs.rename("wal/1", "f");
      vfs.exists("f");
      vfs.delete("f");
      vfs.list("");
      vfs.syncDirectory("");
      vfs.freeBytes();
      assertEquals("simulated disk", vfs.describe());
    }
    memory.close();
    assertEquals(
        List.of(
            "lock",
            "mkdir wal",
            "open wal/1 CREATE_NEW",
            "allocate wal/1 0 16384",
            "pwrite wal/1 8192 8192",
            "fsync wal/1",
            "pread wal/1 0 512",
            "fdatasync wal/1",
            "truncate wal/1 512",
            "size wal/1",
            "map wal/1 0 65536",
            "close wal/1",
            "syncdir wal",
            "rename wal/1 f",
            "exists f",
            "delete f",
            "list .",
            "syncdir .",
            "free",
            "unlock"),
        lines);
  }
}
