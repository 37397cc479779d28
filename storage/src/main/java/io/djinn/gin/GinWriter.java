package io.djinn.gin;

import io.djinn.batch.OpenBatch;
import io.djinn.gin.entry.EntryTree;
import io.djinn.gin.entry.GinCounts;
import io.djinn.gin.entry.GinMetaPage;
import io.djinn.gin.entry.GinMetaRecords;
import io.djinn.gin.entry.KeyChanges;
import io.djinn.gin.pending.PendingList;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;

/**
 * Changes GIN indexes in the open batch, key by key or leaf by leaf, and keeps their metapages'
 * counts.
 *
 * <p>Each operation takes a few TIDs of one key, or the keys of one leaf, so that it touches a
 * bounded number of pages. Belongs to whoever holds the writer's slot.
 */
public final class GinWriter implements PendingList.Tree, AutoCloseable {
  private static final int OPERATION_TIDS = EntryTree.OPERATION_CHANGES;

  /** Of TIDs with payloads fewer: a leaf may have to be split twice for each. */
  private static final int OPERATION_PAYLOADS = 4;

  private final MemoryRegion work;
  private final long arguments;
  private final long keyBuffer;
  private final GinCounts counts = new GinCounts();
  private final EntryTree tree;
  private int metaPageNo;
  private int outcome;
  private int reached;

  public GinWriter(int pageSizeBytes, MemoryAccount account) {
    long treeBytes = EntryTree.workBytes(pageSizeBytes);
    int argumentBytes = (GinMetaRecords.MAX_ARGUMENT_BYTES + 7) & -8;
    work = MemoryRegion.allocate(account, treeBytes + argumentBytes + pageSizeBytes);
    arguments = work.address() + treeBytes;
    keyBuffer = arguments + argumentBytes;
    tree = new EntryTree(work.address(), pageSizeBytes, counts);
  }

  /** Begins the changes of one index. */
  public void begin(int newMetaPageNo) {
    metaPageNo = newMetaPageNo;
    counts.clear();
  }

  @Override
  public GinCounts counts() {
    return counts;
  }

  @Override
  public long keyBuffer() {
    return keyBuffer;
  }

  @Override
  public long arguments() {
    return arguments;
  }

  /**
   * Adds and removes TIDs of a key.
   *
   * @param root root page of the index's entry tree
   * @param inserts ascending, {@code inserted} of them
   * @param payloads of the inserts by their index; null where all are of no bytes
   * @param deletes ascending, {@code deleted} of them, none of which is among the inserts
   */
  public void change(
      OpenBatch batch,
      int root,
      long key,
      int keyLength,
      long[] inserts,
      ByteStrings payloads,
      int inserted,
      long[] deletes,
      int deleted) {
    for (int from = 0; from < deleted; from += OPERATION_TIDS) {
      int first = from;
      int to = Math.min(deleted, from + OPERATION_TIDS);
      batch.operation(() -> tree.remove(batch, root, key, keyLength, deletes, first, to));
    }
    for (int from = 0; from < inserted; from = reached) {
      int first = from;
      if (payloads == null) {
        batch.operation(
            () -> reached = tree.insertSome(batch, root, key, keyLength, inserts, first, inserted));
      } else {
        int to = Math.min(inserted, from + OPERATION_PAYLOADS);
        batch.operation(
            () -> tree.insert(batch, root, key, keyLength, inserts, payloads, first, to));
        reached = to;
      }
    }
  }

  /**
   * Makes the changes of many keys, those that fall on one leaf together.
   *
   * @param root root page of the index's entry tree
   * @param changes standing on no key yet; used up
   */
  @Override
  public void changeMany(OpenBatch batch, int root, KeyChanges changes) {
    boolean isAtKey = changes.next();
    while (isAtKey) {
      batch.operation(() -> outcome = tree.changeLeaf(batch, root, changes));
      if (outcome == EntryTree.ALONE) {
        change(
            batch,
            root,
            changes.key(),
            changes.keyLength(),
            changes.inserts(),
            changes.payloads(),
            changes.inserted(),
            changes.deletes(),
            changes.deleted());
        isAtKey = changes.next();
      } else {
        isAtKey = outcome == EntryTree.NEXT;
      }
    }
  }

  /** What the changes since {@link #begin} add to a count; negative where they take away. */
  public long changed(GinCounts.Field field) {
    return counts.get(field);
  }

  /** Puts what has changed into the metapage. */
  public void end(OpenBatch batch) {
    if (!counts.isZero()) {
      batch.operation(() -> GinMetaPage.add(batch, metaPageNo, counts, arguments));
      counts.clear();
    }
  }

  @Override
  public void close() {
    work.close();
  }
}
