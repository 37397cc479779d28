package io.djinn.gin.entry;

import io.djinn.batch.PageEditor;
import io.djinn.error.CorruptPageException;
import io.djinn.error.FormatVersionException;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.page.PageReader;

/**
 * View of the metapage of a GIN index: where its entry tree begins, and exact counts.
 *
 * <pre>
 * byteOffset bytes field          meaning
 *          0    32 page header
 *         32     4 formatVersion  {@link #FORMAT_VERSION}
 *         36     4 root           page number of the entry tree's root
 *         40     8 totalPages     all pages of the index, this one included
 *         48     8 entryPages     leaves and inner pages of the entry tree
 *         56     8 postingPages   leaves and inner pages of all posting trees
 *         64     8 keys           keys in the entry tree
 *         72     8 tids           TIDs in all posting lists and trees
 *         80     8 pendingPages   pages of the pending list
 *         88     8 pendingRows    rows in the pending list
 *         96     8 pendingBytes   bytes of those rows' records
 *        104     4 pendingHead    first page of the pending list, 0 where there is none
 *        108     4 pendingTail    its last page
 *        112     4 frozenTail     last page whose rows are being merged, 0 where none are
 *        116     4 isMerged       1 where the tree has all those rows and their pages are to be freed
 * </pre>
 *
 * <p>The counts from {@code entryPages} on lie in the order of {@link GinCounts.Field} and are
 * changed by differences, in the batch that changes what they count.
 */
public final class GinMetaPage {
  static final int FORMAT_VERSION_FIELD = Page.HEADER_BYTES;
  static final int ROOT = FORMAT_VERSION_FIELD + 4;
  static final int TOTAL_PAGES = ROOT + 4;
  static final int COUNTS = TOTAL_PAGES + 8;
  static final int PENDING_HEAD = COUNTS + 8 * GinCounts.FIELDS;
  static final int PENDING_TAIL = PENDING_HEAD + 4;
  static final int FROZEN_TAIL = PENDING_TAIL + 4;
  static final int IS_MERGED = FROZEN_TAIL + 4;
  static final int END = IS_MERGED + 4;

  /** The format of all pages of the index this engine writes and reads. */
  public static final int FORMAT_VERSION = 5;

  private static final String FILE = "pages";

  private long page;

  /**
   * Takes a metapage and checks it.
   *
   * @throws CorruptPageException where it is none, or a count is negative
   * @throws FormatVersionException where another version of the engine wrote the index
   */
  public GinMetaPage wrap(long page, int pageNo) {
    if (Page.kind(page) != PageKind.GIN_META.id()) {
      throw corrupt(page, pageNo, "the metapage of a GIN index was expected");
    }
    int version = NativeMemory.getInt(page + FORMAT_VERSION_FIELD);
    if (version != FORMAT_VERSION) {
      throw new FormatVersionException(
          "metapage " + pageNo + ": GIN format version " + version + ", not " + FORMAT_VERSION);
    }
    int root = NativeMemory.getInt(page + ROOT);
    if (root <= 0 || root > Page.MAX_PAGE_NO) {
      throw corrupt(page, pageNo, "root page number " + root);
    }
    this.page = page;
    for (GinCounts.Field field : FIELDS) {
      if (count(field) < 0) {
        throw corrupt(page, pageNo, field + " is " + count(field));
      }
    }
    if (totalPages() < 1) {
      throw corrupt(page, pageNo, "totalPages is " + totalPages());
    }
    checkPending(pageNo);
    return this;
  }

  private void checkPending(int pageNo) {
    boolean isEmpty = pendingHead() == 0;
    boolean isSound =
        pendingHead() >= 0
            && pendingTail() >= 0
            && frozenTail() >= 0
            && isEmpty == (pendingTail() == 0)
            && (!isEmpty || frozenTail() == 0)
            && (isMergedField() == 0 || (isMergedField() == 1 && frozenTail() != 0));
    if (!isSound) {
      throw corrupt(page, pageNo, "pending list " + describePending());
    }
  }

  private String describePending() {
    return "pendingHead "
        + pendingHead()
        + " pendingTail "
        + pendingTail()
        + " frozenTail "
        + frozenTail()
        + " isMerged "
        + isMergedField();
  }

  public GinMetaPage read(PageReader reader, int pageNo) {
    return wrap(reader.page(pageNo), pageNo);
  }

  private static final GinCounts.Field[] FIELDS = GinCounts.Field.values();

  /** Makes an empty index; returns its metapage's number. */
  public static int create(PageEditor editor) {
    int metaPageNo = editor.allocate(PageKind.GIN_META, 0);
    int root = EntryTree.create(editor);
    GinCounts counts = new GinCounts();
    counts.add(GinCounts.Field.ENTRY_PAGES, 1);
    format(editor.rewrite(metaPageNo), root, counts);
    return metaPageNo;
  }

  /**
   * Lays out the fields of a metapage behind its page header.
   *
   * @param page a page of kind GIN_META that may be changed freely
   * @param counts the counts themselves
   */
  public static void format(long page, int root, GinCounts counts) {
    NativeMemory.putInt(page + FORMAT_VERSION_FIELD, FORMAT_VERSION);
    NativeMemory.putInt(page + ROOT, root);
    NativeMemory.putLong(page + TOTAL_PAGES, 1 + counts.pages());
    for (int i = 0; i < GinCounts.FIELDS; i++) {
      NativeMemory.putLong(page + COUNTS + 8L * i, counts.get(i));
    }
    for (int field = PENDING_HEAD; field < END; field += 4) {
      NativeMemory.putInt(page + field, 0);
    }
    Page.lower(page, END);
  }

  /**
   * Puts a tree that was loaded in place of the present root; the pending list stays.
   *
   * @param counts of the tree
   */
  public static void adopt(PageEditor editor, int metaPageNo, int root, GinCounts counts) {
    GinMetaPage meta = new GinMetaPage().read(editor, metaPageNo);
    GinCounts all = new GinCounts();
    all.add(counts);
    for (GinCounts.Field field : FIELDS) {
      if (field.isPending()) {
        all.add(field, meta.count(field));
      }
    }
    int[] pending = {
      meta.pendingHead(), meta.pendingTail(), meta.frozenTail(), meta.isMergedField()
    };
    long page = editor.rewrite(metaPageNo);
    format(page, root, all);
    for (int i = 0; i < pending.length; i++) {
      NativeMemory.putInt(page + PENDING_HEAD + 4L * i, pending[i]);
    }
  }

  /** The page in words. */
  public String describe() {
    StringBuilder words = new StringBuilder();
    words.append("root ").append(root()).append('\n');
    words.append("formatVersion ").append(formatVersion()).append('\n');
    words.append("totalPages ").append(totalPages()).append('\n');
    for (GinCounts.Field field : FIELDS) {
      words.append(field).append(' ').append(count(field)).append('\n');
    }
    return words.append(describePending()).append('\n').toString();
  }

  public int root() {
    return NativeMemory.getInt(page + ROOT);
  }

  public int formatVersion() {
    return NativeMemory.getInt(page + FORMAT_VERSION_FIELD);
  }

  public long totalPages() {
    return NativeMemory.getLong(page + TOTAL_PAGES);
  }

  public long entryPages() {
    return count(GinCounts.Field.ENTRY_PAGES);
  }

  public long postingPages() {
    return count(GinCounts.Field.POSTING_PAGES);
  }

  public long keys() {
    return count(GinCounts.Field.KEYS);
  }

  public long tids() {
    return count(GinCounts.Field.TIDS);
  }

  public long pendingPages() {
    return count(GinCounts.Field.PENDING_PAGES);
  }

  public long pendingRows() {
    return count(GinCounts.Field.PENDING_ROWS);
  }

  public long pendingBytes() {
    return count(GinCounts.Field.PENDING_BYTES);
  }

  /** First page of the pending list, 0 where there is none. */
  public int pendingHead() {
    return NativeMemory.getInt(page + PENDING_HEAD);
  }

  /** Last page of the pending list. */
  public int pendingTail() {
    return NativeMemory.getInt(page + PENDING_TAIL);
  }

  /** Last page whose rows are being merged, 0 where none are. */
  public int frozenTail() {
    return NativeMemory.getInt(page + FROZEN_TAIL);
  }

  /** Whether the tree has all rows up to {@link #frozenTail}, and their pages are to be freed. */
  public boolean isMerged() {
    return isMergedField() != 0;
  }

  private int isMergedField() {
    return NativeMemory.getInt(page + IS_MERGED);
  }

  public long count(GinCounts.Field field) {
    return NativeMemory.getLong(page + COUNTS + 8L * field.ordinal());
  }

  /**
   * Adds differences to the counts; none of them is logged where all are zero.
   *
   * @param arguments {@link GinMetaRecords#MAX_ARGUMENT_BYTES} bytes to build the record in
   */
  public static void add(PageEditor editor, int metaPageNo, GinCounts counts, long arguments) {
    if (!counts.isZero()) {
      GinMetaRecords.add(editor, metaPageNo, counts, arguments);
    }
  }

  /**
   * Says where the pending list begins and ends, and which part of it is being merged.
   *
   * @param arguments {@link GinMetaRecords#MAX_ARGUMENT_BYTES} bytes to build the record in
   */
  public static void setPending(
      PageEditor editor,
      int metaPageNo,
      int head,
      int tail,
      int frozenTail,
      boolean isMerged,
      long arguments) {
    GinMetaRecords.setPending(editor, metaPageNo, head, tail, frozenTail, isMerged, arguments);
  }

  static CorruptPageException corrupt(long page, int pageNo, String detail) {
    return new CorruptPageException(FILE, pageNo, PageKind.describe(Page.kind(page)), detail);
  }
}
