package io.djinn.gin.entry;

import io.djinn.batch.PageEditor;
import io.djinn.gin.entry.GinCounts.Field;
import io.djinn.gin.posting.MalformedListException;
import io.djinn.gin.posting.PostingList;
import io.djinn.gin.posting.PostingTree;
import io.djinn.page.PageKind;

/**
 * Inserts and removes TIDs of keys in an entry tree, as part of a batch.
 *
 * <p>One object serves one batch at a time and any number of trees. Every change is added to its
 * {@link GinCounts}; the batch writes them to the metapage with {@link GinMetaPage#add}, or clears
 * them when it is aborted.
 */
public final class EntryTree {
  private final int pageSizeBytes;
  private final GinCounts counts;
  private final CountingPageEditor editor;
  private final EntryPage leaf = new EntryPage();
  private final EntryPath path = new EntryPath();
  private final PostingPlace place = new PostingPlace();
  private final EntryTreeEdits edits;
  private final InlineList list;
  private final PostingTree postingTree;

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
    postingTree = new PostingTree();
  }

  /** Memory an entry tree works in. */
  public static int workBytes(int pageSizeBytes) {
    return EntryTreeEdits.workBytes(pageSizeBytes) + InlineList.workBytes(pageSizeBytes);
  }

  /** Makes an empty tree; returns its root's page number, which stays the same for life. */
  public static int create(PageEditor editor) {
    int root = editor.allocate(PageKind.ENTRY_LEAF, 0);
    EntryPage.clear(editor.rewrite(root));
    return root;
  }

  /**
   * Adds TIDs to a key, which is inserted where it is not there.
   *
   * @param root root page number of the entry tree
   * @param key address of the composite key
   * @param keyLength its bytes, at least {@link EntryKeys#HEADER_BYTES} and at most {@link
   *     EntryKeys#maxKeyBytes}: the caller has refused longer ones by name
   * @param tids strictly ascending from {@code from} to {@code to}
   * @return how many of them were not there
   */
  public int insert(
      PageEditor editor, int root, long key, int keyLength, long[] tids, int from, int to) {
    requireKey(keyLength);
    if (from >= to) {
      return 0;
    }
    this.editor.over(editor);
    int slot = find(root, key, keyLength);
    int added;
    if (slot < 0) {
      added = insertKey(~slot, key, keyLength, tids, from, to);
      counts.add(Field.KEYS, 1);
    } else if (place.isTree()) {
      added = insertIntoTree(slot, tids, from, to);
    } else {
      added = insertIntoList(slot, keyLength, tids, from, to);
    }
    counts.add(Field.TIDS, added);
    return added;
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

  private int insertKey(int slot, long key, int keyLength, long[] tids, int from, int to) {
    int limit = EntryKeys.maxInlineListBytes(pageSizeBytes, keyLength);
    int taken = list.encode(tids, from, to, limit);
    int count = taken;
    if (from + taken < to || list.valueBytes() > limit) {
      int tree = createTree(list.value(), list.valueBytes());
      count += postingTree.insert(editor, tree, tids, from + taken, to);
      list.setTree(tree, count);
    }
    edits.insert(editor, path, slot, key, keyLength, list.value(), list.valueBytes());
    return count;
  }

  private int insertIntoList(int slot, int keyLength, long[] tids, int from, int to) {
    int limit = EntryKeys.maxInlineListBytes(pageSizeBytes, keyLength);
    long address = place.listAddress(leaf.address());
    int added = list.add(place, address, tids, from, to, limit);
    if (added == PostingList.DOES_NOT_FIT) {
      int tree = createTree(address, place.listBytes());
      added = postingTree.insert(editor, tree, tids, from, to);
      list.setTree(tree, place.tidCount() + added);
    }
    if (added > 0) {
      edits.replaceValue(editor, path, slot, list.value(), list.valueBytes());
    }
    return added;
  }

  private int insertIntoTree(int slot, long[] tids, int from, int to) {
    int added = postingTree.insert(editor, place.root(), tids, from, to);
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
      throw leaf.corrupt(
          "slot " + slot + ": count of " + place.tidCount() + " TIDs is wrong, found " + removed);
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
