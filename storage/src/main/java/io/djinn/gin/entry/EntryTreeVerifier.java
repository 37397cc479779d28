package io.djinn.gin.entry;

import io.djinn.error.CorruptPageException;
import io.djinn.gin.posting.MalformedListException;
import io.djinn.gin.posting.PostingList;
import io.djinn.gin.posting.PostingTree;
import io.djinn.gin.posting.PostingVerifier;
import io.djinn.gin.posting.Segment;
import io.djinn.gin.posting.SegmentDecoder;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageReader;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Checks an entry tree whole, with every posting list and posting tree, and recounts what the
 * metapage says.
 *
 * <p>Problems are sentences that name the page; a page that cannot be read is one problem, and the
 * check goes on with the next. No page is visited twice, so damaged links end.
 */
public final class EntryTreeVerifier {
  /** Takes each TID of each key, in order. */
  public interface TidVisitor {
    /**
     * @param key the composite key, the same array for all of its TIDs
     */
    void tid(byte[] key, long tid);

    /** The same, of a TID that has a payload. */
    default void tid(byte[] key, long tid, byte[] payload) {
      tid(key, tid);
    }
  }

  private final PageReader reader;
  private final List<String> problems;
  private final IntConsumer reached;
  private final TidVisitor tids;
  private final Set<Integer> visited = new HashSet<>();
  private final GinCounts counts = new GinCounts();
  private final PostingVerifier postingTrees;
  private final PostingList postings = new PostingList();
  private final long[] segment = new long[Segment.MAX_TIDS];
  private final ByteStrings payloads = new ByteStrings();

  /**
   * @param reader pages of one snapshot, not bounded by steps
   * @param problems takes what is wrong
   * @param reached takes the number of each page of the index, metapage first
   * @param tids takes each key and TID, or null
   */
  public EntryTreeVerifier(
      PageReader reader, List<String> problems, IntConsumer reached, TidVisitor tids) {
    this.reader = reader;
    postingTrees = new PostingVerifier(reader);
    this.problems = problems;
    this.reached = reached;
    this.tids = tids;
  }

  /** Checks an index: its metapage, its entry tree, its posting trees, and the counts. */
  public void verify(int metaPageNo) {
    GinMetaPage meta = new GinMetaPage();
    try {
      meta.read(reader, metaPageNo);
    } catch (CorruptPageException e) {
      problems.add(e.getMessage());
      return;
    }
    int lower = Page.lower(reader.page(metaPageNo));
    if (lower != GinMetaPage.END) {
      problem(metaPageNo, "lower is " + lower + ", expected " + GinMetaPage.END);
    }
    visit(metaPageNo);
    verifyTree(meta.root());
    meta.read(reader, metaPageNo);
    for (GinCounts.Field field : GinCounts.Field.values()) {
      if (!field.isPending()) {
        compare(metaPageNo, field.toString(), meta.count(field), counts.get(field));
      }
    }
    compare(metaPageNo, "totalPages", meta.totalPages(), 1 + counts.pages() + meta.pendingPages());
  }

  private void compare(int metaPageNo, String name, long found, long expected) {
    if (found != expected) {
      problem(metaPageNo, name + " is " + found + ", counted " + expected);
    }
  }

  /** Checks an entry tree and its posting trees without a metapage. */
  public void verifyTree(int root) {
    verifyPage(root, -1, new byte[0], null);
  }

  /** What was counted so far; pending counts stay 0. */
  public GinCounts counts() {
    return counts;
  }

  private boolean visit(int pageNo) {
    if (!visited.add(pageNo)) {
      problem(pageNo, "the page is reached twice");
      return false;
    }
    reached.accept(pageNo);
    return true;
  }

  /**
   * @param level what the page's level must be, -1 for the root's
   * @param low the lowest key the page may hold
   * @param high the lowest key that is too high, or null
   */
  private void verifyPage(int pageNo, int level, byte[] low, byte[] high) {
    if (!visit(pageNo)) {
      return;
    }
    EntryPage page = new EntryPage();
    try {
      page.wrap(reader.page(pageNo), reader.pageSizeBytes(), pageNo);
      counts.add(GinCounts.Field.ENTRY_PAGES, 1);
      if (level >= 0 && page.level() != level) {
        problem(pageNo, "level " + page.level() + ", expected " + level);
        return;
      }
      verifyLayout(page);
      byte[][] keys = verifyKeys(page, low, high);
      if (page.isLeaf()) {
        if (level >= 0 && keys.length == 0) {
          problem(pageNo, "an empty leaf below an inner page");
        }
        verifyLists(page, keys);
      } else {
        verifyChildren(page, keys, low, high);
      }
    } catch (CorruptPageException e) {
      problems.add(e.getMessage());
    }
  }

  private void verifyLayout(EntryPage page) {
    long address = page.address();
    if (page.isLeaf() && NativeMemory.getInt(address + EntryPage.LEFTMOST) != 0) {
      problem(page.pageNo(), "a leaf with a leftmost child");
    }
    for (int i = 0; page.isGrouped() && i < page.groups().count(); i++) {
      page.groups().enter(i);
    }
    // Each tuple ends where the one before begins, so only the last may leave something over.
    int start = reader.pageSizeBytes();
    for (int i = 0; i < page.slotCount(); i++) {
      page.slot(i);
      start = (int) (page.tupleAddress() - address);
    }
    if (start != Page.upper(address)) {
      problem(page.pageNo(), "upper is " + Page.upper(address) + ", tuples begin at " + start);
    }
  }

  private byte[][] verifyKeys(EntryPage page, byte[] low, byte[] high) {
    byte[][] keys = new byte[page.slotCount()][];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = page.key(i);
      verifyHead(page, i);
      if (page.find(keys[i], keys[i].length) != i) {
        problem(page.pageNo(), "slot " + i + ": its key is not found there");
      }
      if (keys[i].length > EntryKeys.maxKeyBytes(reader.pageSizeBytes())) {
        problem(page.pageNo(), "slot " + i + ": key of " + keys[i].length + " bytes");
      }
      if (page.isLeaf() && keys[i].length < EntryKeys.HEADER_BYTES) {
        problem(page.pageNo(), "slot " + i + ": key without column and category");
      }
      if (i > 0 && Arrays.compareUnsigned(keys[i - 1], keys[i]) >= 0) {
        problem(page.pageNo(), "slot " + i + ": key not above the one before");
      }
    }
    if (keys.length > 0) {
      byte[] last = keys[keys.length - 1];
      int order = Arrays.compareUnsigned(keys[0], low);
      // A separator equal to the page's own lower bound would leave its leftmost child no keys.
      if (order < 0 || (order == 0 && !page.isLeaf())) {
        problem(page.pageNo(), "slot 0: key below the separator of the page");
      }
      if (high != null && Arrays.compareUnsigned(last, high) >= 0) {
        problem(page.pageNo(), "last key not below the next separator");
      }
    }
    return keys;
  }

  private void verifyHead(EntryPage page, int slot) {
    page.slot(slot);
    int suffixBytes = page.suffixBytes();
    if (suffixBytes < SlotLayout.headBytes(page.layout())
        && page.head(slot) << (8 * suffixBytes) != 0) {
      problem(page.pageNo(), "slot " + slot + ": head has bytes behind the key's end");
    }
    if (page.hasNeedlessLength(slot)) {
      problem(page.pageNo(), "slot " + slot + ": length field of a key that is whole in its head");
    }
  }

  private void verifyChildren(EntryPage page, byte[][] keys, byte[] low, byte[] high) {
    int[] children = new int[keys.length + 1];
    for (int i = 0; i < children.length; i++) {
      children[i] = page.child(i);
    }
    int level = page.level() - 1;
    for (int i = 0; i < children.length; i++) {
      verifyPage(children[i], level, i == 0 ? low : keys[i - 1], i == keys.length ? high : keys[i]);
    }
  }

  private void verifyLists(EntryPage page, byte[][] keys) {
    PostingPlace place = new PostingPlace();
    for (int i = 0; i < keys.length; i++) {
      counts.add(GinCounts.Field.KEYS, 1);
      // Other pages may have been read since: addresses are taken anew.
      page.wrap(reader.page(page.pageNo()), reader.pageSizeBytes(), page.pageNo());
      try {
        place.read(page, i);
        long found =
            place.isTree() ? verifyTreeOf(place, keys[i]) : verifyList(page, place, keys[i]);
        counts.add(GinCounts.Field.TIDS, found);
        if (found != place.tidCount()) {
          problem(
              page.pageNo(),
              "slot " + i + ": count of " + place.tidCount() + " TIDs, found " + found);
        }
      } catch (CorruptPageException e) {
        problems.add(e.getMessage());
      } catch (MalformedListException e) {
        problem(page.pageNo(), "slot " + i + ": " + e.getMessage());
      }
    }
  }

  private long verifyList(EntryPage page, PostingPlace place, byte[] key) {
    long list = place.listAddress(page.address());
    String problem = postings.validate(list, place.listBytes());
    if (problem != null) {
      problem(page.pageNo(), "key " + describe(key) + ": " + problem);
      return place.tidCount();
    }
    return visitList(list, place.listBytes(), key);
  }

  /** Hands over the TIDs of a valid list; returns their number. */
  private long visitList(long list, int listBytes, byte[] key) {
    long found = 0;
    for (int at = 0; at < listBytes; ) {
      int count = SegmentDecoder.decode(list + at, listBytes - at, segment);
      int bytes = Segment.totalBytes(list + at, listBytes - at);
      boolean hasPayloads = tids != null && Segment.hasPayload(list + at);
      if (hasPayloads) {
        postings.decode(list + at, bytes, segment, payloads);
      }
      for (int i = 0; i < count && tids != null; i++) {
        if (hasPayloads && payloads.length(i) > 0) {
          tids.tid(key, segment[i], payloads.copy(i));
        } else {
          tids.tid(key, segment[i]);
        }
      }
      found += count;
      at += bytes;
    }
    return found;
  }

  private long verifyTreeOf(PostingPlace place, byte[] key) {
    List<String> found = postingTrees.verify(place.root());
    problems.addAll(found);
    BitSet pages = postingTrees.pages();
    counts.add(GinCounts.Field.POSTING_PAGES, pages.cardinality());
    boolean isNew = pages.stream().allMatch(this::visit);
    if (tids != null && isNew && found.isEmpty()) {
      PostingTree.visit(reader, place.root(), new TidsOfTree(key));
    }
    return found.isEmpty() ? postingTrees.tidCount() : place.tidCount();
  }

  /** Hands over the TIDs of a sound posting tree. */
  private final class TidsOfTree implements PostingTree.Visitor {
    private final byte[] key;

    TidsOfTree(byte[] key) {
      this.key = key;
    }

    @Override
    public void inner(int pageNo, long page) {
      // A root's rest comes as a leaf does.
    }

    @Override
    public void leaf(int pageNo, long list, int listBytes) {
      visitList(list, listBytes, key);
    }
  }

  private static String describe(byte[] key) {
    return HexFormat.of().formatHex(key);
  }

  private void problem(int pageNo, String detail) {
    problems.add("page " + pageNo + ": " + detail);
  }
}
