package io.djinn.nativetests;

import io.djinn.file.OpenMode;
import io.djinn.file.RawFile;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.testkit.SimVfs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Does to a simulated disk what a process did to the real one, so that the power can be cut between
 * any two of its operations; keeps what was acknowledged until then.
 */
final class DiskReplay implements AutoCloseable {
  static final String STORE = "store";
  static final String WITNESS = "acks";

  private static final String COMMITTED = StoreProcess.Said.COMMITTED + " ";

  final SimVfs disk = new SimVfs();

  /** Batches acknowledged so far. */
  long acknowledged;

  private final Map<String, RawFile> files = new HashMap<>();
  private final MemoryAccount account = new MemoryAccount("replay", Long.MAX_VALUE);

  /** Does one operation; false where it is none of the store's. */
  boolean apply(FileOperation operation) throws IOException {
    if (operation.path().equals(WITNESS)) {
      witness(new String(operation.data(), StandardCharsets.UTF_8));
      return false;
    }
    if (operation.path().equals(STORE)) {
      if (operation.kind() == FileOperation.Kind.SYNC_DIRECTORY) {
        disk.syncDirectory("");
      }
      return true;
    }
    String name = inStore(operation.path());
    if (name.isEmpty() || name.equals("LOCK")) {
      return false;
    }
    switch (operation.kind()) {
      case CREATE -> files.put(name, disk.open(name, OpenMode.CREATE_NEW));
      case CREATE_DIRECTORY -> disk.createDirectory(name);
      case SYNC_DIRECTORY -> disk.syncDirectory(name);
      case WRITE -> write(file(name), operation);
      case SYNC -> file(name).sync(true);
      case DATA_SYNC -> file(name).sync(false);
      case TRUNCATE -> file(name).truncate(operation.sizeBytes());
      case ALLOCATE -> file(name).allocate(operation.byteOffset(), operation.sizeBytes());
      case RENAME -> {
        String target = inStore(operation.target());
        disk.rename(name, target);
        forget(target);
        RawFile moved = files.remove(name);
        if (moved != null) {
          files.put(target, moved);
        }
      }
      case DELETE -> {
        forget(name);
        disk.delete(name);
      }
    }
    return true;
  }

  private void witness(String lines) {
    for (String line : lines.split("\n")) {
      if (line.startsWith(COMMITTED)) {
        acknowledged = Long.parseLong(line.substring(COMMITTED.length()));
      }
    }
  }

  private static String inStore(String path) {
    return path.startsWith(STORE + "/") ? path.substring(STORE.length() + 1) : "";
  }

  private RawFile file(String name) throws IOException {
    RawFile file = files.get(name);
    if (file == null) {
      file = disk.open(name, OpenMode.READ_WRITE);
      files.put(name, file);
    }
    return file;
  }

  private void forget(String name) throws IOException {
    RawFile file = files.remove(name);
    if (file != null) {
      file.close();
    }
  }

  private void write(RawFile file, FileOperation operation) throws IOException {
    byte[] data = operation.data();
    try (MemoryRegion memory = MemoryRegion.allocate(account, data.length)) {
      for (int i = 0; i < data.length; i++) {
        NativeMemory.putByte(memory.address() + i, data[i]);
      }
      file.writeFully(operation.byteOffset(), memory.address(), data.length);
    }
  }

  @Override
  public void close() {
    disk.close();
  }
}
