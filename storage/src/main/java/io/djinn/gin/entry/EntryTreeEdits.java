package io.djinn.gin.entry;

import io.djinn.batch.PageEditor;
import io.djinn.memory.NativeMemory;
import io.djinn.page.PageKind;

/**
 * Puts tuples into the pages of an entry tree and takes them out: splits what overflows, unlinks
 * what is empty, and keeps the root's page number.
 *
 * <pre>
 * split        [a b c d]  + bb  ->  [a b | bb c d], separator "bb" to the parent
 * root split   the content goes to two new pages, the root becomes their parent
 * unlink       an empty page leaves its parent and is freed; a parent left without children too
 * pull up      a root with one child takes that child's content
 * </pre>
 */
final class EntryTreeEdits {
  private final int pageSizeBytes;
  private final EntryPage view = new EntryPage();
  private final EntryPageSequence sequence;
  private final EntryPageBuilder left;
  private final EntryPageBuilder right;
  private final long arguments;
  private final long downlink;
  private final long[] separators = new long[2];
  private int[] sizes;

  EntryTreeEdits(long work, int pageSizeBytes) {
    this.pageSizeBytes = pageSizeBytes;
    // Tuples are rarely shorter; more make it grow.
    sizes = new int[pageSizeBytes / SlotLayout.MAX_SLOT_BYTES];
    long at = work;
    sequence = new EntryPageSequence(at, pageSizeBytes);
    at += EntryPageSequence.workBytes(pageSizeBytes);
    left = new EntryPageBuilder(at, pageSizeBytes);
    at += EntryPageBuilder.workBytes(pageSizeBytes);
    right = new EntryPageBuilder(at, pageSizeBytes);
    at += EntryPageBuilder.workBytes(pageSizeBytes);
    arguments = at;
    at += EntryRecords.MAX_FIXED_BYTES + ValueDifference.maxHunksBytes(pageSizeBytes);
    downlink = at;
    at += 8;
    separators[0] = at;
    separators[1] = at + pageSizeBytes;
  }

  static int workBytes(int pageSizeBytes) {
    return EntryPageSequence.workBytes(pageSizeBytes)
        + 2 * EntryPageBuilder.workBytes(pageSizeBytes)
        + EntryRecords.MAX_FIXED_BYTES
        + ValueDifference.maxHunksBytes(pageSizeBytes)
        + 8
        + 2 * pageSizeBytes;
  }

  /** Inserts a tuple into the leaf at the end of the path. */
  void insert(
      PageEditor editor,
      EntryPath path,
      int slot,
      long key,
      int keyLength,
      long value,
      int valueBytes) {
    insertAt(editor, path, path.leafDepth(), slot, key, keyLength, value, valueBytes);
  }

  private void insertAt(
      PageEditor editor,
      EntryPath path,
      int startDepth,
      int startSlot,
      long startKey,
      int startLength,
      long startValue,
      int startValueBytes) {
    int depth = startDepth;
    int slot = startSlot;
    long key = startKey;
    int keyLength = startLength;
    long value = startValue;
    int valueBytes = startValueBytes;
    while (!tryInsert(editor, path.pageNo(depth), slot, key, keyLength, value, valueBytes)) {
      sequence.insert(view, slot, key, keyLength, value, valueBytes);
      int separatorLength = rebuild(editor, path, depth);
      if (separatorLength == 0) {
        return;
      }
      key = separators[depth & 1];
      keyLength = separatorLength;
      value = downlink;
      valueBytes = EntryPage.CHILD_BYTES;
      depth--;
      slot = path.childIndex(depth);
    }
  }

  /** Inserts a tuple by an edit where prefix and free bytes allow; leaves the view on the page. */
  private boolean tryInsert(
      PageEditor editor,
      int pageNo,
      int slot,
      long key,
      int keyLength,
      long value,
      int valueBytes) {
    view.wrap(editor.page(pageNo), pageSizeBytes, pageNo);
    if (!view.takes(key, keyLength)) {
      return false;
    }
    long suffix = key + view.prefixBytes();
    int suffixBytes = keyLength - view.prefixBytes();
    if (view.bytesWithSlot(slot, suffixBytes, valueBytes) > view.freeBytes()) {
      return false;
    }
    int length = EntryRecords.putInsert(arguments, slot, suffix, suffixBytes, value, valueBytes);
    EntryRecords.insert(editor, pageNo, arguments, length);
    return true;
  }

  /** Gives the tuple at a slot of the path's leaf another value. */
  void replaceValue(PageEditor editor, EntryPath path, int slot, long value, int valueBytes) {
    int pageNo = path.pageNo(path.leafDepth());
    view.wrap(editor.page(pageNo), pageSizeBytes, pageNo);
    view.slot(slot);
    if (valueBytes - view.valueBytes() <= view.freeBytes()) {
      spliceDifference(editor, pageNo, slot, value, valueBytes);
      return;
    }
    sequence.replace(view, slot, value, valueBytes);
    int separatorLength = rebuild(editor, path, path.leafDepth());
    if (separatorLength > 0) {
      int parent = path.leafDepth() - 1;
      insertAt(
          editor,
          path,
          parent,
          path.childIndex(parent),
          separators[path.leafDepth() & 1],
          separatorLength,
          downlink,
          EntryPage.CHILD_BYTES);
    }
  }

  /** Logs only what differs between the old and the new value of the view's tuple. */
  private void spliceDifference(
      PageEditor editor, int pageNo, int slot, long value, int valueBytes) {
    long hunks = EntryRecords.spliceHunks(arguments);
    int offset = (int) (view.valueAddress() - view.tupleAddress());
    long end =
        ValueDifference.write(
            view.valueAddress(), view.valueBytes(), value, valueBytes, offset, hunks);
    if (end > hunks) {
      EntryRecords.splice(editor, pageNo, slot, arguments, end);
    }
  }

  /**
   * Writes the sequence of tuples in place of the page it came from, in one page if that has become
   * possible, else in two.
   *
   * @return length of the separator at {@code separators[depth & 1]} that must go to the parent
   *     with {@link #downlink}, 0 where the parent stays as it is
   */
  private int rebuild(PageEditor editor, EntryPath path, int depth) {
    int pageNo = path.pageNo(depth);
    int count = sequence.count();
    if (sequence.mayFitPage() && build(left, 0, count, sequence.leftmost())) {
      left.copyTo(editor.rewrite(pageNo));
      return 0;
    }
    int middle = divide(path.isRightmost(depth));
    int level = sequence.level();
    PageKind kind = level == 0 ? PageKind.ENTRY_LEAF : PageKind.ENTRY_INNER;
    long separator = separators[depth & 1];
    int separatorLength =
        level == 0
            ? sequence.shortestSeparator(middle, separator)
            : sequence.copyKey(middle, separator);
    int rightNo = editor.allocate(kind, level);
    right.copyTo(editor.rewrite(rightNo));
    NativeMemory.putInt(downlink, rightNo);
    if (depth > 0) {
      left.copyTo(editor.rewrite(pageNo));
      return separatorLength;
    }
    int leftNo = editor.allocate(kind, level);
    left.copyTo(editor.rewrite(leftNo));
    left.start(PageKind.ENTRY_INNER, level + 1, pageSizeBytes, EntryPageBuilder.Groups.NONE);
    left.leftmost(leftNo);
    boolean fits = left.tryAppend(separator, separatorLength, downlink, EntryPage.CHILD_BYTES);
    assert fits : "a separator of " + separatorLength + " bytes does not fit an empty page";
    left.copyTo(editor.rewrite(pageNo));
    return 0;
  }

  /**
   * Builds the two halves.
   *
   * @return the index of the first tuple of the right half; of inner pages that of the separator
   *     between them, which goes up
   */
  private int divide(boolean isRightmost) {
    int count = sequence.count();
    if (count > sizes.length) {
      sizes = new int[Math.max(count, 2 * sizes.length)];
    }
    sequence.sizes(sizes);
    int last = sequence.level() == 0 ? count - 1 : count - 2;
    boolean isAppending = isRightmost && sequence.changedIndex() == count - 1;
    int room = pageSizeBytes - EntryPage.PREFIX;
    int wanted = Math.min(last, SplitPoint.choose(sizes, count, room, isAppending));
    if (tryDivide(wanted)) {
      return wanted;
    }
    // A key without the page's prefix may need a page of its own.
    int alone = sequence.changedIndex() == 0 ? 1 : last;
    if (tryDivide(alone)) {
      return alone;
    }
    for (int distance = 1; distance < count; distance++) {
      if (wanted - distance >= 1 && tryDivide(wanted - distance)) {
        return wanted - distance;
      }
      if (wanted + distance <= last && tryDivide(wanted + distance)) {
        return wanted + distance;
      }
    }
    throw view.corrupt("its tuples fit no two pages");
  }

  private boolean tryDivide(int middle) {
    boolean leaf = sequence.level() == 0;
    return build(left, 0, middle, sequence.leftmost())
        && build(
            right, leaf ? middle : middle + 1, sequence.count(), leaf ? 0 : sequence.child(middle));
  }

  private boolean build(EntryPageBuilder builder, int from, int to, int leftmost) {
    int level = sequence.level();
    PageKind kind = level == 0 ? PageKind.ENTRY_LEAF : PageKind.ENTRY_INNER;
    builder.start(kind, level, pageSizeBytes, sequence.groups());
    builder.leftmost(leftmost);
    for (int i = from; i < to; i++) {
      if (!sequence.appendTo(builder, i)) {
        return false;
      }
    }
    return true;
  }

  /** Removes the tuple at a slot of the path's leaf, and pages that become empty by it. */
  void delete(PageEditor editor, EntryPath path, int slot) {
    int depth = path.leafDepth();
    int pageNo = path.pageNo(depth);
    view.wrap(editor.page(pageNo), pageSizeBytes, pageNo);
    if (view.slotCount() > 1 || depth == 0) {
      EntryRecords.delete(editor, pageNo, slot, arguments);
      return;
    }
    while (depth > 0) {
      editor.free(path.pageNo(depth));
      depth--;
      int parent = path.pageNo(depth);
      view.wrap(editor.page(parent), pageSizeBytes, parent);
      if (view.slotCount() > 0) {
        unlink(editor, parent, path.childIndex(depth));
        pullUp(editor, path.pageNo(0));
        return;
      }
    }
    left.start(PageKind.ENTRY_LEAF, 0, pageSizeBytes, EntryPageBuilder.Groups.NONE);
    left.copyTo(editor.rewrite(path.pageNo(0)));
  }

  /** Takes a child out of an inner page that has others. */
  private void unlink(PageEditor editor, int parent, int childIndex) {
    if (childIndex == 0) {
      EntryRecords.leftmost(editor, parent, view.child(1), arguments);
      EntryRecords.delete(editor, parent, 0, arguments);
    } else {
      EntryRecords.delete(editor, parent, childIndex - 1, arguments);
    }
  }

  /** Moves the content of an only child into the root, as often as there is one. */
  private void pullUp(PageEditor editor, int root) {
    view.wrap(editor.page(root), pageSizeBytes, root);
    while (!view.isLeaf() && view.slotCount() == 0) {
      int level = view.level();
      int child = view.child(0);
      long target = editor.rewrite(root);
      EntryPath.wrapChild(view, editor, child, level);
      EntryPage.copyContent(view.address(), target, pageSizeBytes);
      editor.free(child);
      view.wrap(editor.page(root), pageSizeBytes, root);
    }
  }
}
