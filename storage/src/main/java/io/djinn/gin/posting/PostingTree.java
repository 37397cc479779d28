package io.djinn.gin.posting;

import io.djinn.batch.PageEditor;
import io.djinn.error.CorruptPageException;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.page.PageReader;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Changes of a posting tree through the open batch.
 *
 * <p>The root's page number never changes: a full root moves its content down to a new page, a root
 * with one child takes the child's content up. An insert that meets a full page makes one change of
 * structure, splitting the highest full page of its path whose parent has room, and then begins
 * again at the root; so each step needs room in one parent only. An ascending load leaves full
 * pages behind. A leaf that loses its last TID is freed, and so is an inner page that loses its
 * last child. A root that a load gave a rest gives it to a leaf before anything is added.
 *
 * <p>One object is used by one thread at a time.
 */
public final class PostingTree {
  /** Called for each page of a tree, parents before children, from left to right. */
  public interface Visitor {
    /**
     * @param pageNo page number
     * @param page address of its bytes, checked as far as the header goes
     */
    void inner(int pageNo, long page);

    /**
     * A leaf, or behind its children a root with a rest.
     *
     * @param list address of the encoded list
     */
    void leaf(int pageNo, long list, int listBytes);
  }

  /**
   * A page with so many bytes left for each TID to add needs no trial: one TID costs its bits and
   * at most a cut, and a k chosen anew by estimate at most one bit for each TID of the segment.
   */
  static final int GROWTH_BYTES = 512;

  /** TIDs one edit adds: a share of the page small enough to fit a page that is half full. */
  private static final int PAGE_BYTES_PER_TID = 32;

  private int reached;
  private final PostingTreePath path = new PostingTreePath();
  private final PostingWorkspace work = new PostingWorkspace();

  /**
   * Makes a tree of an encoded list.
   *
   * @return page number of the root
   */
  public int create(PageEditor editor, long listAddress, int listBytes) {
    int root = editor.allocate(PageKind.POSTING_LEAF, 0);
    int pageSizeBytes = editor.pageSizeBytes();
    long page = editor.rewrite(root);
    PostingLeafPage.format(page, pageSizeBytes, root);
    if (listBytes <= PostingLeafPage.capacityBytes(pageSizeBytes)) {
      PostingLeafPage.replaceList(
          page, listAddress, listBytes, PostingList.count(listAddress, listBytes));
    } else {
      int count = work.decode(listAddress, listBytes);
      // Copies: splits use the workspace.
      ByteStrings payloads = null;
      if (work.payloads() != null) {
        payloads = new ByteStrings();
        payloads.addAll(work.payloads(), 0, count);
      }
      insert(editor, root, Arrays.copyOf(work.tids(count), count), payloads, 0, count);
    }
    return root;
  }

  public boolean contains(PageReader reader, int root, long tid) {
    path.descend(reader, root, tid);
    long page = reader.page(path.leaf());
    try {
      if (Page.level(page) > 0) {
        int restBytes = PostingInnerPage.restBytes(page, reader.pageSizeBytes());
        return work.list.contains(PostingInnerPage.rest(page), restBytes, tid);
      }
      return work.list.contains(PostingLeafPage.list(page), PostingLeafPage.listBytes(page), tid);
    } catch (MalformedListException malformed) {
      throw malformed.onPage(path.leaf(), PageKind.of(Page.kind(page)));
    }
  }

  /** Whether the tree holds no TID; the caller then frees the root. */
  public static boolean isEmpty(PageReader reader, int root) {
    long page = reader.page(root);
    if (Page.level(page) > 0) {
      PostingInnerPage.check(page, reader.pageSizeBytes(), root);
      return false;
    }
    PostingLeafPage.check(page, reader.pageSizeBytes(), root);
    return PostingLeafPage.listBytes(page) == 0;
  }

  // ---- inserting ----

  /** Adds TIDs without payloads; see the method with all arguments. */
  public int insert(PageEditor editor, int root, long[] tids, int from, int to) {
    return insert(editor, root, tids, null, from, to);
  }

  /**
   * Adds the TIDs {@code from .. to}.
   *
   * @param tids strictly ascending
   * @param payloads by the index of the TID, in place of those of TIDs already there; null where
   *     all are of no bytes
   * @return how many were not there before
   */
  public int insert(
      PageEditor editor, int root, long[] tids, ByteStrings payloads, int from, int to) {
    return insertSome(editor, root, tids, payloads, from, to, Integer.MAX_VALUE);
  }

  /**
   * As {@link #insert}, but only until so many changes of a leaf or of the structure are made;
   * {@link #reached} says how far it came, perhaps nowhere yet.
   */
  public int insertSome(
      PageEditor editor,
      int root,
      long[] tids,
      ByteStrings payloads,
      int from,
      int to,
      int mostChanges) {
    int added = 0;
    int next = from;
    int most = editor.pageSizeBytes() / PAGE_BYTES_PER_TID;
    int mostPayload = PostingLeafPage.capacityBytes(editor.pageSizeBytes()) / 4;
    int limit = most;
    int changes = moveRestDown(editor, root) ? 1 : 0;
    while (next < to && changes < mostChanges) {
      path.descend(editor, root, tids[next]);
      int until = next;
      while (until < to && until - next < limit && tids[until] < path.high) {
        until++;
      }
      while (payloads != null && until - next > 1 && payloads.bytes(next, until) > mostPayload) {
        until--;
      }
      int count = insertIntoLeaf(editor, tids, payloads, next, until);
      if (count >= 0) {
        added += count;
        next = until;
        limit = most;
        changes++;
      } else if (limit > 8 && until - next > 8 && goesToTheEnd(editor, tids[next])) {
        // Fill the last page up before a new one begins.
        limit = until - next >> 1;
      } else {
        makeRoom(editor, root, tids[next]);
        limit = most;
        changes++;
      }
    }
    reached = next;
    return added;
  }

  /** Index behind the last TID that {@link #insertSome} has added. */
  public int reached() {
    return reached;
  }

  /** Adds TIDs to the leaf of the path; how many were new, -1 where they do not fit. */
  private int insertIntoLeaf(
      PageEditor editor, long[] tids, ByteStrings payloads, int from, int to) {
    int leaf = path.leaf();
    long page = editor.page(leaf);
    int listBytes = PostingLeafPage.listBytes(page);
    int capacity = PostingLeafPage.capacityBytes(editor.pageSizeBytes());
    if (payloads != null || capacity - listBytes < (long) GROWTH_BYTES * (to - from)) {
      int bytes;
      try {
        bytes =
            work.list.insert(
                PostingLeafPage.list(page),
                listBytes,
                tids,
                payloads,
                from,
                to,
                work.listAddress(),
                capacity);
      } catch (MalformedListException malformed) {
        throw malformed.onPage(leaf, PageKind.POSTING_LEAF);
      }
      if (bytes < 0) {
        return bytes == PostingList.NO_CHANGE ? 0 : -1;
      }
    }
    int before = PostingLeafPage.tidCount(page);
    editTids(editor, leaf, PostingRecords.Op.LEAF_INSERT, tids, payloads, from, to);
    return PostingLeafPage.tidCount(editor.page(leaf)) - before;
  }

  private void editTids(
      PageEditor editor,
      int leaf,
      PostingRecords.Op op,
      long[] tids,
      ByteStrings payloads,
      int from,
      int to) {
    long arguments = work.argumentAddress();
    int length = work.list.encode(tids, payloads, from, to, arguments, work.argumentBytes());
    editor.edit(leaf, op.code, arguments, length);
  }

  /** Whether the TID lies behind all of the tree. */
  private boolean goesToTheEnd(PageReader reader, long tid) {
    if (path.high <= Segment.MAX_TID) {
      return false;
    }
    long page = reader.page(path.leaf());
    int listBytes = PostingLeafPage.listBytes(page);
    try {
      return listBytes > 0 && work.list.lastTid(PostingLeafPage.list(page), listBytes) < tid;
    } catch (MalformedListException malformed) {
      throw malformed.onPage(path.leaf(), PageKind.POSTING_LEAF);
    }
  }

  /** Makes one change of structure towards room in the leaf of the path. */
  private void makeRoom(PageEditor editor, int root, long tid) {
    int capacity = PostingInnerPage.capacity(editor.pageSizeBytes());
    int depth = path.depth;
    while (depth > 0 && PostingInnerPage.count(editor.page(path.page(depth - 1))) >= capacity) {
      depth--;
    }
    if (depth == 0) {
      moveRootDown(editor, root);
    } else if (depth < path.depth) {
      splitInner(editor, depth);
    } else {
      splitLeaf(editor, tid);
    }
  }

  /**
   * Gives the rest of a loaded root a leaf of its own.
   *
   * @return false where the root has none
   */
  private static boolean moveRestDown(PageEditor editor, int root) {
    int pageSizeBytes = editor.pageSizeBytes();
    long page = editor.page(root);
    if (Page.level(page) != 1) {
      return false;
    }
    PostingInnerPage.check(page, pageSizeBytes, root);
    if (!PostingInnerPage.hasRest(page, pageSizeBytes)) {
      return false;
    }
    int restBytes = PostingInnerPage.restBytes(page, pageSizeBytes);
    int leaf = editor.allocate(PageKind.POSTING_LEAF, 0);
    long leafPage = editor.rewrite(leaf);
    PostingLeafPage.format(leafPage, pageSizeBytes, leaf);
    page = editor.rewrite(root);
    long separator;
    try {
      long rest = PostingInnerPage.rest(page);
      separator = PostingInnerPage.restBegin(page, pageSizeBytes);
      int tidCount = PostingList.count(rest, restBytes);
      PostingLeafPage.replaceList(leafPage, rest, restBytes, tidCount);
    } catch (MalformedListException malformed) {
      throw malformed.onPage(root, PageKind.POSTING_INNER);
    }
    PostingInnerPage.replaceRest(page, pageSizeBytes, 0, 0);
    PostingInnerPage.insert(page, PostingInnerPage.count(page), separator, leaf);
    return true;
  }

  private void moveRootDown(PageEditor editor, int root) {
    int pageSizeBytes = editor.pageSizeBytes();
    long page = editor.page(root);
    int level = Page.level(page);
    if (level + 2 > PostingInnerPage.MAX_LEVELS) {
      throw PostingLeafPage.corrupt(
          page, root, "level of a full root", level, PostingInnerPage.MAX_LEVELS - 2L);
    }
    PageKind kind = level == 0 ? PageKind.POSTING_LEAF : PageKind.POSTING_INNER;
    int child = editor.allocate(kind, level);
    long down = editor.rewrite(child);
    copyContent(editor.page(root), down);
    page = editor.rewrite(root);
    Page.format(page, pageSizeBytes, root, PageKind.POSTING_INNER.id(), level + 1);
    PostingInnerPage.insert(page, 0, 0, child);
  }

  /** Copies all behind the header, and where it ends. */
  private static void copyContent(long from, long to) {
    int lower = Page.lower(from);
    NativeMemory.copy(from + Page.HEADER_BYTES, to + Page.HEADER_BYTES, lower - Page.HEADER_BYTES);
    Page.lower(to, lower);
  }

  /** Splits the full inner page so many steps below the root; its parent has room. */
  private void splitInner(PageEditor editor, int depth) {
    int pageNo = path.page(depth);
    long page = editor.page(pageNo);
    int count = PostingInnerPage.count(page);
    int cut = path.index(depth) == count - 1 ? count - 1 : count / 2;
    long separator = PostingInnerPage.separator(page, cut);
    int right = editor.allocate(PageKind.POSTING_INNER, Page.level(page));
    long rightPage = editor.rewrite(right);
    page = editor.rewrite(pageNo);
    PostingInnerPage.append(rightPage, page, cut, count);
    PostingInnerPage.truncate(page, cut);
    insertChild(editor, depth - 1, separator, right);
  }

  private void insertChild(PageEditor editor, int depth, long separator, int child) {
    long arguments = work.argumentAddress();
    NativeMemory.putShort(arguments + PostingRecords.INDEX, path.index(depth) + 1);
    NativeMemory.putUnsigned48(arguments + PostingRecords.SEPARATOR, separator);
    NativeMemory.putInt(arguments + PostingRecords.CHILD, child);
    editor.edit(
        path.page(depth),
        PostingRecords.Op.INNER_INSERT.code,
        arguments,
        PostingRecords.INNER_INSERT_BYTES);
  }

  /** Splits the leaf of the path; its parent has room. */
  private void splitLeaf(PageEditor editor, long tid) {
    int leaf = path.leaf();
    boolean appends = goesToTheEnd(editor, tid);
    int right = editor.allocate(PageKind.POSTING_LEAF, 0);
    int pageSizeBytes = editor.pageSizeBytes();
    long rightPage = editor.rewrite(right);
    PostingLeafPage.format(rightPage, pageSizeBytes, right);
    long separator = tid;
    if (!appends) {
      long page = editor.rewrite(leaf);
      try {
        moveHalf(page, rightPage, PostingLeafPage.capacityBytes(pageSizeBytes));
      } catch (MalformedListException malformed) {
        throw malformed.onPage(leaf, PageKind.POSTING_LEAF);
      }
      separator =
          PostingList.firstTid(
              PostingLeafPage.list(rightPage), PostingLeafPage.listBytes(rightPage));
    }
    insertChild(editor, path.depth - 1, separator, right);
  }

  /**
   * Moves the rear half of a leaf's bytes to an empty one. The segment in the middle is cut where
   * it is large, else it goes to the side that has less.
   */
  private void moveHalf(long page, long rightPage, int capacity) {
    long list = PostingLeafPage.list(page);
    int length = PostingLeafPage.listBytes(page);
    int at = 0;
    int bytes = PostingList.segmentBytes(list, 0, length);
    while (at + bytes <= length / 2 && at + bytes < length) {
      at += bytes;
      bytes = PostingList.segmentBytes(list, at, length);
    }
    int behind = at + bytes;
    int tidsBefore = PostingList.count(list, at);
    int tidCount = PostingLeafPage.tidCount(page);
    long out = PostingLeafPage.list(rightPage);
    if (bytes <= length / 4 || Segment.count(list + at) == 1) {
      int cut = at > 0 && length - at <= behind || behind == length ? at : behind;
      int before = cut == at ? tidsBefore : tidsBefore + Segment.count(list + at);
      PostingLeafPage.replaceList(rightPage, list + cut, length - cut, tidCount - before);
      PostingLeafPage.replaceList(page, list, cut, before);
      return;
    }
    int count = work.decode(list + at, bytes);
    long[] tids = work.tids(count);
    ByteStrings payloads = work.payloads();
    int left = leftOf(bytes, count, length / 2 - at);
    int rightBytes = encodeHalf(tids, payloads, left, count, out, capacity);
    NativeMemory.copy(list + behind, out + rightBytes, length - behind);
    Page.lower(rightPage, PostingLeafPage.LIST + rightBytes + length - behind);
    PostingLeafPage.tidCount(rightPage, tidCount - tidsBefore - left);
    int leftBytes = encodeHalf(tids, payloads, 0, left, list + at, capacity - at);
    int lower = PostingLeafPage.LIST + at + leftBytes;
    NativeMemory.fill(page + lower, Math.max(0, Page.lower(page) - lower), 0);
    Page.lower(page, lower);
    PostingLeafPage.tidCount(page, tidsBefore + left);
  }

  /** How many TIDs of the segment in the workspace take about so many of its bytes. */
  private int leftOf(int bytes, int count, int wantedBytes) {
    ByteStrings payloads = work.payloads();
    if (payloads == null) {
      return (int) Math.max(1, Math.min(count - 1, (long) count * wantedBytes / bytes));
    }
    // Payloads may be of any length; the rest of the segment is shared evenly.
    int others = bytes - payloads.totalBytes();
    int left = 1;
    while (left < count - 1
        && payloads.bytes(0, left + 1) + (long) others * (left + 1) / count <= wantedBytes) {
      left++;
    }
    return left;
  }

  private int encodeHalf(
      long[] tids, ByteStrings payloads, int from, int to, long out, int roomBytes) {
    int bytes = work.list.encode(tids, payloads, from, to, out, roomBytes);
    if (bytes < 0) {
      throw new AssertionError("half of a segment does not fit " + roomBytes + " bytes");
    }
    return bytes;
  }

  // ---- removing ----

  /**
   * Takes the TIDs {@code from .. to} away.
   *
   * @param tids strictly ascending
   * @return how many were there
   */
  public int remove(PageEditor editor, int root, long[] tids, int from, int to) {
    int removed = 0;
    int next = from;
    while (next < to) {
      path.descend(editor, root, tids[next]);
      int until = next;
      while (until < to && tids[until] < path.high) {
        until++;
      }
      removed += removeFromLeaf(editor, root, tids, next, until);
      next = until;
    }
    return removed;
  }

  private int removeFromLeaf(PageEditor editor, int root, long[] tids, int from, int to) {
    int leaf = path.leaf();
    long page = editor.page(leaf);
    if (Page.level(page) > 0) {
      return removeFromRest(editor, root, tids, from, to);
    }
    long[] found = work.tids(to - from);
    int count;
    try {
      count =
          work.list.retain(
              PostingLeafPage.list(page), PostingLeafPage.listBytes(page), tids, from, to, found);
    } catch (MalformedListException malformed) {
      throw malformed.onPage(leaf, PageKind.POSTING_LEAF);
    }
    if (count == PostingLeafPage.tidCount(page) && path.depth > 0) {
      unlinkLeaf(editor, root);
    } else if (count > 0) {
      editTids(editor, leaf, PostingRecords.Op.LEAF_REMOVE, found, null, 0, count);
    }
    return count;
  }

  private int removeFromRest(PageEditor editor, int root, long[] tids, int from, int to) {
    int pageSizeBytes = editor.pageSizeBytes();
    long page = editor.page(root);
    long rest = PostingInnerPage.rest(page);
    int restBytes = PostingInnerPage.restBytes(page, pageSizeBytes);
    long[] found = work.tids(to - from);
    try {
      int count = work.list.retain(rest, restBytes, tids, from, to, found);
      if (count == PostingList.count(rest, restBytes)) {
        PostingInnerPage.replaceRest(editor.rewrite(root), pageSizeBytes, 0, 0);
        moveRootUp(editor, root);
      } else if (count > 0) {
        editTids(editor, root, PostingRecords.Op.REST_REMOVE, found, null, 0, count);
      }
      return count;
    } catch (MalformedListException malformed) {
      throw malformed.onPage(root, PageKind.POSTING_INNER);
    }
  }

  /** Frees the leaf of the path and every page above it that it was the only child of. */
  private void unlinkLeaf(PageEditor editor, int root) {
    int depth = path.depth;
    while (depth > 0) {
      editor.free(path.page(depth));
      depth--;
      if (PostingInnerPage.count(editor.page(path.page(depth))) > 1) {
        long arguments = work.argumentAddress();
        NativeMemory.putShort(arguments + PostingRecords.INDEX, path.index(depth));
        editor.edit(
            path.page(depth),
            PostingRecords.Op.INNER_DELETE.code,
            arguments,
            PostingRecords.INNER_DELETE_BYTES);
        if (path.index(depth) == 0) {
          lowerFirstSeparators(editor, path.page(depth));
        }
        moveRootUp(editor, root);
        return;
      }
    }
    leaveRest(editor, root);
  }

  /** A root without children becomes a leaf of its rest, if it has one. */
  private void leaveRest(PageEditor editor, int root) {
    int pageSizeBytes = editor.pageSizeBytes();
    long page = editor.rewrite(root);
    int restBytes = PostingInnerPage.restBytes(page, pageSizeBytes);
    int tidCount;
    try {
      tidCount = PostingList.count(PostingInnerPage.rest(page), restBytes);
    } catch (MalformedListException malformed) {
      throw malformed.onPage(root, PageKind.POSTING_INNER);
    }
    NativeMemory.copy(PostingInnerPage.rest(page), work.listAddress(), restBytes);
    PostingLeafPage.format(page, pageSizeBytes, root);
    PostingLeafPage.replaceList(page, work.listAddress(), restBytes, tidCount);
  }

  /** The first child has got the range of the one before it: so have the first children below. */
  private static void lowerFirstSeparators(PageEditor editor, int pageNo) {
    long page = editor.page(pageNo);
    long low = PostingInnerPage.separator(page, 0);
    while (Page.level(page) > 1) {
      int child = PostingInnerPage.child(page, 0);
      PostingInnerPage.checkBelowRoot(editor.page(child), editor.pageSizeBytes(), child);
      page = editor.rewrite(child);
      PostingInnerPage.set(page, 0, low, PostingInnerPage.child(page, 0));
    }
  }

  /** A root with one child takes its content. */
  private void moveRootUp(PageEditor editor, int root) {
    int pageSizeBytes = editor.pageSizeBytes();
    long page = editor.page(root);
    while (Page.level(page) > 0
        && PostingInnerPage.count(page) == 1
        && !PostingInnerPage.hasRest(page, pageSizeBytes)) {
      int level = Page.level(page);
      int child = PostingInnerPage.child(page, 0);
      long childPage = editor.page(child);
      if (Page.level(childPage) != level - 1) {
        throw PostingLeafPage.corrupt(childPage, child, "level", Page.level(childPage), level - 1L);
      }
      PageKind kind = level == 1 ? PageKind.POSTING_LEAF : PageKind.POSTING_INNER;
      if (level == 1) {
        PostingLeafPage.check(childPage, pageSizeBytes, child);
      } else {
        PostingInnerPage.checkBelowRoot(childPage, pageSizeBytes, child);
      }
      page = editor.rewrite(root);
      Page.format(page, pageSizeBytes, root, kind.id(), level - 1);
      copyContent(editor.page(child), page);
      editor.free(child);
    }
  }

  // ---- visiting ----

  /**
   * Visits every page of a tree.
   *
   * @throws CorruptPageException where a header, a level or a link is not that of a posting tree
   */
  public static void visit(PageReader reader, int root, Visitor visitor) {
    visit(reader, root, -1, new BitSet(), visitor);
  }

  private static void visit(
      PageReader reader, int pageNo, int expectedLevel, BitSet seen, Visitor visitor) {
    long page = reader.page(pageNo);
    int level = Page.level(page);
    if (seen.get(pageNo)) {
      throw new CorruptPageException(
          "pages", pageNo, PageKind.describe(Page.kind(page)), "two parents lead to it");
    }
    seen.set(pageNo);
    if (expectedLevel >= 0 && level != expectedLevel) {
      throw PostingLeafPage.corrupt(page, pageNo, "level", level, expectedLevel);
    }
    if (level == 0) {
      PostingLeafPage.check(page, reader.pageSizeBytes(), pageNo);
      visitor.leaf(pageNo, PostingLeafPage.list(page), PostingLeafPage.listBytes(page));
      return;
    }
    if (expectedLevel < 0) {
      PostingInnerPage.check(page, reader.pageSizeBytes(), pageNo);
    } else {
      PostingInnerPage.checkBelowRoot(page, reader.pageSizeBytes(), pageNo);
    }
    visitor.inner(pageNo, page);
    int count = PostingInnerPage.count(page);
    for (int i = 0; i < count; i++) {
      visit(reader, PostingInnerPage.child(reader.page(pageNo), i), level - 1, seen, visitor);
    }
    page = reader.page(pageNo);
    if (PostingInnerPage.hasRest(page, reader.pageSizeBytes())) {
      int restBytes = PostingInnerPage.restBytes(page, reader.pageSizeBytes());
      visitor.leaf(pageNo, PostingInnerPage.rest(page), restBytes);
    }
  }

  /** Frees every page of a tree, the root too. */
  public void free(PageEditor editor, int root) {
    BitSet pages = new BitSet();
    visit(
        editor,
        root,
        new Visitor() {
          @Override
          public void inner(int pageNo, long page) {
            pages.set(pageNo);
          }

          @Override
          public void leaf(int pageNo, long list, int listBytes) {
            pages.set(pageNo);
          }
        });
    pages.stream().forEach(editor::free);
  }
}
