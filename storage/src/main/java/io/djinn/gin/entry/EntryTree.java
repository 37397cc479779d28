package io.djinn.gin.entry;

import io.djinn.batch.PageEditor;
import io.djinn.error.CorruptPageException;
import io.djinn.gin.entry.GinCounts.Field;
import io.djinn.gin.posting.MalformedListException;
import io.djinn.gin.posting.PostingList;
import io.djinn.gin.posting.PostingTree;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.NativeMemory;
import io.djinn.page.PageKind;

/**
 * Inserts and removes TIDs of keys in an entry tree, as part of a batch.
 *
 * <p>One object serves one batch at a time and any number of trees. Every change is added to its
 * {@link GinCounts}; the batch writes them to the metapage with {@link GinMetaPage#add}, or clears
 * them when it is aborted.
 */
public final class EntryTree {
  /** What {@link #changeLeaf} says: the key the changes stand on is to be changed next. */
  public static final int NEXT = 0;

  /** What {@link #changeLeaf} says: the key the changes stand on has to be changed on its own. */
  public static final int ALONE = 1;

  /** What {@link #changeLeaf} says: there is no further key. */
  public static final int END = -1;

  /** Changes of leaves of a posting tree, or TIDs of another key, in one operation of a batch. */
  public static final int OPERATION_CHANGES = 8;

  private final int pageSizeBytes;
  private final GinCounts counts;
  private final CountingPageEditor editor;
  private final EntryPage leaf = new EntryPage();
  private final EntryPath path = new EntryPath();
  private final PostingPlace place = new PostingPlace();
  private final EntryTreeEdits edits;
  private final InlineList list;
  private final PostingTree postingTree;
  private final EntryPage separators = new EntryPage();
  private final LeafMergeWriter merge;
  private final long hunks;
  private final long highKey;

  /** Of the leaf that is changed: bytes not taken, and tuples, after the changes so far. */
  private int freeBytes;

  private int tuples;

  /**
   * @param work {@link #workBytes} bytes of memory, the tree's own
   * @param counts what changes are added to
   */
  public EntryTree(long work, int pageSizeBytes, GinCounts counts) {
    this.pageSizeBytes = pageSizeBytes;
    this.counts = counts;
    editor = new CountingPageEditor(counts);
    long at = work;
    edits = new EntryTreeEdits(at, pageSizeBytes);
    at += EntryTreeEdits.workBytes(pageSizeBytes);
    list = new InlineList(at, pageSizeBytes);
    at += InlineList.workBytes(pageSizeBytes);
    merge = new LeafMergeWriter(at, pageSizeBytes);
    at += LeafMergeWriter.workBytes(pageSizeBytes);
    hunks = at;
    at += ValueDifference.maxHunksBytes(pageSizeBytes);
    highKey = at;
    postingTree = new PostingTree();
  }

  /** Memory an entry tree works in. */
  public static int workBytes(int pageSizeBytes) {
    return EntryTreeEdits.workBytes(pageSizeBytes)
        + InlineList.workBytes(pageSizeBytes)
        + LeafMergeWriter.workBytes(pageSizeBytes)
        + ValueDifference.maxHunksBytes(pageSizeBytes)
        + pageSizeBytes;
  }

  /** Makes an empty tree; returns its root's page number, which stays the same for life. */
  public static int create(PageEditor editor) {
    int root = editor.allocate(PageKind.ENTRY_LEAF, 0);
    EntryPage.clear(editor.rewrite(root));
    return root;
  }

  /** Adds TIDs without payloads to a key; see the method with all arguments. */
  public int insert(
      PageEditor editor, int root, long key, int keyLength, long[] tids, int from, int to) {
    return insert(editor, root, key, keyLength, tids, null, from, to);
  }

  /**
   * Adds TIDs to a key, which is inserted where it is not there.
   *
   * @param root root page number of the entry tree
   * @param key address of the composite key
   * @param keyLength its bytes, at least {@link EntryKeys#HEADER_BYTES} and at most {@link
   *     EntryKeys#maxKeyBytes}: the caller has refused longer ones by name
   * @param tids strictly ascending from {@code from} to {@code to}
   * @param payloads by the index of the TID, in place of those of TIDs already there, each within
   *     {@link EntryKeys#maxPayloadBytes}; null where all are of no bytes
   * @return how many of them were not there
   */
  public int insert(
      PageEditor editor,
      int root,
      long key,
      int keyLength,
      long[] tids,
      ByteStrings payloads,
      int from,
      int to) {
    requireKey(keyLength);
    if (from >= to) {
      return 0;
    }
    this.editor.over(editor);
    int slot = find(root, key, keyLength);
    int added;
    if (slot < 0) {
      added = insertKey(~slot, key, keyLength, tids, payloads, from, to);
      counts.add(Field.KEYS, 1);
    } else if (place.isTree()) {
      added = insertIntoTree(slot, tids, payloads, from, to, Integer.MAX_VALUE);
    } else {
      added = insertIntoList(slot, keyLength, tids, payloads, from, to);
    }
    counts.add(Field.TIDS, added);
    return added;
  }

  /**
   * Adds some TIDs of a key, without payloads, the first ones, as far as that touches few pages:
   * all that fall on few leaves of a posting tree, else not more than {@link #OPERATION_CHANGES}.
   *
   * @return index behind the last one that is there now; {@code from} where only room was made
   */
  public int insertSome(
      PageEditor editor, int root, long key, int keyLength, long[] tids, int from, int to) {
    requireKey(keyLength);
    this.editor.over(editor);
    int slot = find(root, key, keyLength);
    if (slot < 0 || !place.isTree()) {
      int end = Math.min(to, from + OPERATION_CHANGES);
      insert(editor, root, key, keyLength, tids, null, from, end);
      return end;
    }
    counts.add(Field.TIDS, insertIntoTree(slot, tids, null, from, to, OPERATION_CHANGES));
    return postingTree.reached();
  }

  /**
   * Goes to a key: its slot with {@link #place} read, or the complement of the slot it would get.
   */
  private int find(int root, long key, int keyLength) {
    path.descend(editor, root, key, keyLength, leaf);
    int slot = leaf.find(key, keyLength);
    if (slot >= 0) {
      place.read(leaf, slot);
    }
    return slot;
  }

  private int insertKey(
      int slot, long key, int keyLength, long[] tids, ByteStrings payloads, int from, int to) {
    int limit =
        EntryKeys.maxInlineListBytes(pageSizeBytes, keyLength) - leaf.growthBytes(keyLength);
    int taken = list.encode(tids, payloads, from, to, limit);
    int count = taken;
    if (from + taken < to || list.valueBytes() > limit) {
      int tree = createTree(list.value(), list.valueBytes());
      count += postingTree.insert(editor, tree, tids, payloads, from + taken, to);
      list.setTree(tree, count);
    }
    edits.insert(editor, path, slot, key, keyLength, list.value(), list.valueBytes());
    return count;
  }

  private int insertIntoList(
      int slot, int keyLength, long[] tids, ByteStrings payloads, int from, int to) {
    int limit = EntryKeys.maxInlineListBytes(pageSizeBytes, keyLength);
    long address = place.listAddress(leaf.address());
    int added = list.add(place, address, tids, payloads, from, to, limit);
    if (added == PostingList.DOES_NOT_FIT) {
      int tree = createTree(address, place.listBytes());
      added = postingTree.insert(editor, tree, tids, payloads, from, to);
      list.setTree(tree, place.tidCount() + added);
    }
    if (list.isChanged()) {
      edits.replaceValue(editor, path, slot, list.value(), list.valueBytes());
    }
    return added;
  }

  private int insertIntoTree(
      int slot, long[] tids, ByteStrings payloads, int from, int to, int mostChanges) {
    int added = postingTree.insertSome(editor, place.root(), tids, payloads, from, to, mostChanges);
    if (added > 0) {
      list.setTree(place.root(), place.tidCount() + added);
      edits.replaceValue(editor, path, slot, list.value(), list.valueBytes());
    }
    return added;
  }

  private int createTree(long address, int listBytes) {
    try {
      return postingTree.create(editor, address, listBytes);
    } catch (MalformedListException malformed) {
      throw malformed.onPage(leaf.pageNo(), PageKind.ENTRY_LEAF);
    }
  }

  /**
   * Removes TIDs of a key; a key without TIDs goes, and so does a page without keys.
   *
   * @param tids strictly ascending from {@code from} to {@code to}
   * @return how many of them were there
   */
  public int remove(
      PageEditor editor, int root, long key, int keyLength, long[] tids, int from, int to) {
    requireKey(keyLength);
    this.editor.over(editor);
    int slot = from < to ? find(root, key, keyLength) : -1;
    if (slot < 0) {
      return 0;
    }
    int removed =
        place.isTree()
            ? postingTree.remove(this.editor, place.root(), tids, from, to)
            : list.remove(place, place.listAddress(leaf.address()), tids, from, to);
    if (removed == 0) {
      return 0;
    }
    counts.add(Field.TIDS, -removed);
    long left = place.tidCount() - removed;
    if (left < 0 || (!place.isTree() && (left == 0) != (list.valueBytes() == 0))) {
      throw wrongCount(slot, removed);
    }
    if (left == 0) {
      if (place.isTree()) {
        this.editor.free(place.root());
      }
      edits.delete(this.editor, path, slot);
      counts.add(Field.KEYS, -1);
      return removed;
    }
    if (place.isTree()) {
      list.setTree(place.root(), left);
    }
    edits.replaceValue(this.editor, path, slot, list.value(), list.valueBytes());
    return removed;
  }

  /**
   * Changes the key the changes stand on and those behind it as far as they fall on the same leaf
   * and need nothing but that leaf, in one edit; goes on in the changes by as many.
   *
   * <p>A key has to be changed on its own, by {@link #remove} and {@link #insert}, where its TIDs
   * are or come to be in a posting tree, where the leaf has to be split or laid out anew for it,
   * and where it leaves the leaf empty.
   *
   * @param root root page number of the entry tree
   * @param changes standing on a key, all of them within the limits of {@link #insert}
   * @return {@link #NEXT}, {@link #ALONE} or {@link #END}
   */
  public int changeLeaf(PageEditor editor, int root, KeyChanges changes) {
    requireKey(changes.keyLength());
    path.descend(editor, root, changes.key(), changes.keyLength(), leaf);
    int highBytes = path.copyHighKey(editor, separators, highKey);
    freeBytes = leaf.freeBytes();
    tuples = leaf.slotCount();
    merge.start();
    int outcome = END;
    if (isBehind(changes, highBytes)) {
      // Else the same key would lead here for ever.
      throw leaf.corrupt("the separator behind it is not above a key that leads to it");
    }
    boolean isAtKey = true;
    while (isAtKey) {
      requireKey(changes.keyLength());
      if (merge.isFull() || isBehind(changes, highBytes)) {
        outcome = NEXT;
        break;
      }
      if (!tryChange(changes)) {
        outcome = ALONE;
        break;
      }
      isAtKey = changes.next();
    }
    if (!merge.isEmpty()) {
      EntryRecords.merge(editor, leaf.pageNo(), merge);
    }
    return outcome;
  }

  /** Whether a key belongs right of the leaf. */
  private boolean isBehind(KeyChanges change, int highBytes) {
    return highBytes >= 0
        && NativeMemory.compare(change.key(), change.keyLength(), highKey, highBytes) >= 0;
  }

  /** Adds a key's changes to those of the leaf; false where it has to be changed on its own. */
  private boolean tryChange(KeyChanges change) {
    int keyLength = change.keyLength();
    int slot = leaf.find(change.key(), keyLength);
    if (slot < 0) {
      return change.inserted() == 0 || tryInsertKey(~slot, change);
    }
    place.read(leaf, slot);
    int limit = EntryKeys.maxInlineListBytes(pageSizeBytes, keyLength);
    if (place.isTree()
        || !list.tryChange(place, place.listAddress(leaf.address()), change, limit)) {
      return false;
    }
    if (!list.isChanged()) {
      return true;
    }
    long left = place.tidCount() - list.removed() + list.added();
    if ((left == 0) != (list.valueBytes() == 0)) {
      throw wrongCount(slot, list.removed());
    }
    if (left == 0) {
      if (tuples == 1) {
        return false;
      }
      leaf.slot(slot);
      freeBytes += leaf.slotBytes() + leaf.tupleBytes();
      tuples--;
      merge.delete(slot);
      counts.add(Field.KEYS, -1);
    } else if (!trySplice(slot)) {
      return false;
    }
    counts.add(Field.TIDS, list.added() - list.removed());
    return true;
  }

  private boolean tryInsertKey(int slot, KeyChanges change) {
    int keyLength = change.keyLength();
    int limit = EntryKeys.maxInlineListBytes(pageSizeBytes, keyLength);
    if (!leaf.takes(change.key(), keyLength)
        || !list.tryEncode(change.inserts(), change.payloads(), change.inserted(), limit)) {
      return false;
    }
    int suffixBytes = keyLength - leaf.prefixBytes();
    int bytes = leaf.bytesWithSlot(slot, suffixBytes, list.valueBytes());
    if (bytes > freeBytes) {
      return false;
    }
    freeBytes -= bytes;
    tuples++;
    long suffix = change.key() + leaf.prefixBytes();
    merge.insert(slot, suffix, suffixBytes, list.value(), list.valueBytes());
    counts.add(Field.KEYS, 1);
    counts.add(Field.TIDS, change.inserted());
    return true;
  }

  /** Gives the tuple at a slot the list's value; false where that does not fit the leaf. */
  private boolean trySplice(int slot) {
    leaf.slot(slot);
    int growth = list.valueBytes() - leaf.valueBytes();
    if (growth > freeBytes) {
      return false;
    }
    freeBytes -= growth;
    long end =
        ValueDifference.write(
            leaf.valueAddress(), leaf.valueBytes(), list.value(), list.valueBytes(), 0, hunks);
    merge.splice(slot, hunks, end);
    return true;
  }

  private CorruptPageException wrongCount(int slot, int removed) {
    return leaf.corrupt(
        "slot " + slot + ": count of " + place.tidCount() + " TIDs is wrong, found " + removed);
  }

  private void requireKey(int keyLength) {
    int limit = EntryKeys.maxKeyBytes(pageSizeBytes);
    if (keyLength < EntryKeys.HEADER_BYTES || keyLength > limit) {
      throw new IllegalArgumentException(
          "composite key of "
              + keyLength
              + " bytes, expected "
              + EntryKeys.HEADER_BYTES
              + " to "
              + limit);
    }
  }
}
