package io.djinn.gin.pending;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The model of a pending list: sorted maps of key, TID and whether the newest operation inserts.
 */
public final class Journal {
  private final TreeMap<byte[], TreeMap<Long, Boolean>> operations =
      new TreeMap<>(Arrays::compareUnsigned);

  public Journal() {}

  /** A journal of its own with the same content. */
  public Journal copy() {
    Journal copy = new Journal();
    copy.add(this);
    return copy;
  }

  /** Notes an operation that is newer than all before. */
  public void add(byte[] key, long tid, boolean isInsert) {
    operations.computeIfAbsent(key, k -> new TreeMap<>()).put(tid, isInsert);
  }

  /** Notes all operations of a newer journal. */
  public void add(Journal newer) {
    newer.operations.forEach((key, tids) -> tids.forEach((tid, op) -> add(key, tid, op)));
  }

  public NavigableMap<byte[], TreeMap<Long, Boolean>> operations() {
    return operations;
  }

  /** One run of everything. */
  public PendingRun run() {
    PendingRun.Builder builder = new PendingRun.Builder();
    MemoryAccount account = new MemoryAccount("journal", Long.MAX_VALUE);
    try (MemoryRegion region = MemoryRegion.allocate(account, 1 << 16)) {
      operations.forEach(
          (key, tids) -> {
            NativeMemory.copyFromArray(key, 0, region.address(), key.length);
            long[] inserts = tids(tids, true);
            long[] deletes = tids(tids, false);
            builder.key(
                region.address(), key.length, inserts, inserts.length, deletes, deletes.length);
          });
    }
    return builder.build();
  }

  private static long[] tids(Map<Long, Boolean> operations, boolean inserts) {
    return operations.entrySet().stream()
        .filter(operation -> operation.getValue() == inserts)
        .mapToLong(Map.Entry::getKey)
        .toArray();
  }

  /** Compares what a view finds of a key. */
  void checkFind(PendingView view, byte[] key) {
    PendingTids found = view.find(key);
    TreeMap<Long, Boolean> expected = operations.get(key);
    if (expected == null) {
      assertNull(found, () -> name(key));
      assertNull(view.locate(key), () -> name(key));
      return;
    }
    check(key, expected, found);
    assertTrue(view.locate(key).operations() >= expected.size());
  }

  private static void check(byte[] key, SortedMap<Long, Boolean> expected, PendingTids found) {
    assertEquals(expected, read(found), () -> name(key));
    long[] tids = new long[found.count()];
    long[] inserts = tids(expected, true);
    assertEquals(inserts.length, found.inserts());
    assertEquals(inserts.length, found.copyInserts(tids));
    assertArrayEquals(inserts, Arrays.copyOf(tids, inserts.length));
    long[] deletes = tids(expected, false);
    assertEquals(deletes.length, found.deletes());
    assertEquals(deletes.length, found.copyDeletes(tids));
    assertArrayEquals(deletes, Arrays.copyOf(tids, deletes.length));
  }

  private static TreeMap<Long, Boolean> read(PendingTids found) {
    TreeMap<Long, Boolean> read = new TreeMap<>();
    for (int i = 0; i < found.count(); i++) {
      assertTrue(i == 0 || found.tid(i - 1) < found.tid(i), "TIDs ascend");
      assertTrue(found.has(found.tid(i)));
      read.put(found.tid(i), !found.isDelete(i));
    }
    return read;
  }

  /** Compares a walk over all keys from one on. */
  void checkCursor(PendingView view, byte[] from) {
    PendingCursor cursor = view.cursor(from);
    operations
        .tailMap(from, true)
        .forEach(
            (key, tids) -> {
              assertTrue(cursor.next(), () -> "no " + name(key));
              assertEquals(name(key), name(Arrays.copyOf(cursor.key(), cursor.keyLength())));
              assertArrayEquals(key, cursor.copyKey());
              check(key, tids, cursor.tids());
            });
    assertFalse(cursor.next());
    assertFalse(cursor.next(), "the end stays the end");
  }

  /** Compares everything. */
  void check(PendingView view) {
    checkCursor(view, new byte[0]);
    for (byte[] key : operations.keySet()) {
      checkFind(view, key);
    }
    assertEquals(operations.isEmpty(), view.isEmpty());
    assertTrue(
        view.operations() >= operations.values().stream().mapToLong(TreeMap::size).sum(),
        view::toString);
  }

  private static String name(byte[] key) {
    return HexFormat.of().formatHex(key);
  }
}
