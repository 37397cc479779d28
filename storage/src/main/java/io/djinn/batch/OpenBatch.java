package io.djinn.batch;

import io.djinn.buffer.PageVersions;
import io.djinn.buffer.Steps;
import io.djinn.error.BatchTooLargeException;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.wal.EditTable;
import io.djinn.wal.LogRecords;
import java.util.Arrays;
import org.agrona.collections.Int2IntHashMap;

/**
 * The batch that holds the writer's slot: a private frame for every page it touches, and the edits
 * that made it what it is.
 *
 * <p>Reads see the batch's own frames, then the newest appended versions. Pages are touched inside
 * {@link #operation}s only: each reserves frames and file blocks first, outside any step, then runs
 * in one step, so that it never waits while it holds addresses.
 */
public final class OpenBatch implements PageEditor {
  /** Pages an operation may touch for the first time; reserved before it begins. */
  public static final int OPERATION_PAGES = 40;

  private static final long NEWEST = Long.MAX_VALUE;
  private static final byte EDITED = 0;
  private static final byte IMAGE = 1;

  private final PageVersions versions;
  private final EditTable table;
  private final PageSupply supply;
  private final PageAllocator allocator;
  private final EditLog edits;
  private final Steps.Slot slot;
  private final int pageSizeBytes;
  private final int frameLimit;

  private final Int2IntHashMap index = new Int2IntHashMap(-1);
  private int[] pageNos = new int[64];
  private int[] frames = new int[64];
  private long[] baseBatches = new long[64];
  private byte[] modes = new byte[64];
  private long[] firstEdits = new long[64];
  private long[] lastEdits = new long[64];
  private int[] editBytes = new int[64];
  private final int[] reserved = new int[OPERATION_PAGES];
  private int reservedCount;
  private int count;
  private int imageCount;
  private int firstImageNo;
  private long imageAddress;
  private long number;
  private boolean isLone;
  private long attempt;
  private boolean isInOperation;

  OpenBatch(
      PageVersions versions,
      EditTable table,
      PageSupply supply,
      PageAllocator allocator,
      MemoryAccount account) {
    this.versions = versions;
    this.table = table;
    this.supply = supply;
    this.allocator = allocator;
    pageSizeBytes = versions.file().pageSizeBytes();
    frameLimit = versions.frameCount() / 2;
    edits = new EditLog(account);
    slot = versions.steps().registerEngine();
  }

  /**
   * @param isLone see {@link #isLone}
   */
  void begin(long number, boolean isLone) {
    assert count == 0;
    versions.retireRecent();
    this.number = number;
    this.isLone = isLone;
    attempt++;
  }

  /**
   * Whether one thread alone commits: while it is busy with other things an agent may do its work
   * in batches of its own, which others would have to wait for.
   */
  public boolean isLone() {
    return isLone;
  }

  /**
   * Counts how often a batch was begun: what was staged beside the pages under another count
   * belongs to a batch that is over or was forgotten, even where it had the same number.
   */
  public long attempt() {
    return attempt;
  }

  /** Number the batch will have when it is appended. */
  public long number() {
    return number;
  }

  /** Most pages a batch may touch: half of the frames. */
  public int frameLimit() {
    return frameLimit;
  }

  public int touchedPages() {
    return count;
  }

  /** Runs one operation on the pages; it touches at most {@link #OPERATION_PAGES} new ones. */
  public void operation(Runnable work) {
    operation(0, work);
  }

  /**
   * Runs an operation that also adds pages at the end of the file, which get their blocks before:
   * page numbers in the log have blocks behind them whenever the log can be read.
   *
   * @param newPages pages added beside those that are allocated
   */
  public void operation(int newPages, Runnable work) {
    reserveFrames(Math.min(OPERATION_PAGES, frameLimit - count));
    versions.steps().enter(slot);
    long pages;
    try {
      pages = allocator.pageCountAfter(this, OPERATION_PAGES) + newPages;
    } finally {
      versions.steps().leave(slot);
    }
    if (pages > versions.file().pageCount()) {
      supply.pages(pages);
    }
    versions.steps().enter(slot);
    isInOperation = true;
    try {
      work.run();
    } finally {
      isInOperation = false;
      versions.steps().leave(slot);
    }
  }

  /** Takes frames ahead, so that nobody else has taken them when the operation needs one. */
  private void reserveFrames(int wanted) {
    while (reservedCount < wanted) {
      int taken = versions.tryTakeFrames(reserved, reservedCount, wanted - reservedCount);
      if (taken == 0) {
        supply.frames(wanted - reservedCount);
      }
      reservedCount += taken;
    }
  }

  @Override
  public long page(int pageNo) {
    int at = index.get(pageNo);
    return at >= 0 ? versions.frameAddress(frames[at]) : versions.resolve(pageNo, NEWEST);
  }

  @Override
  public int pageSizeBytes() {
    return pageSizeBytes;
  }

  @Override
  public void edit(int pageNo, int opCode, long arguments, int length) {
    int at = touch(pageNo);
    table.apply(opCode, versions.frameAddress(frames[at]), pageSizeBytes, arguments, length);
    if (modes[at] == IMAGE) {
      return;
    }
    editBytes[at] += LogRecords.EDIT_HEADER_BYTES + length;
    if (editBytes[at] > pageSizeBytes / 2) {
      modes[at] = IMAGE;
      return;
    }
    long link = edits.add(lastEdits[at], opCode, arguments, length);
    lastEdits[at] = link;
    if (firstEdits[at] == 0) {
      firstEdits[at] = link;
    }
  }

  @Override
  public long rewrite(int pageNo) {
    int at = touch(pageNo);
    modes[at] = IMAGE;
    return versions.frameAddress(frames[at]);
  }

  @Override
  public int allocate(PageKind kind, int level) {
    int pageNo = allocator.allocate(this);
    create(pageNo, kind, level);
    return pageNo;
  }

  @Override
  public void free(int pageNo) {
    allocator.free(this, pageNo);
  }

  /** Makes a page anew, whatever it held; for the allocator's own pages. */
  public long create(int pageNo, PageKind kind, int level) {
    int at = index.get(pageNo);
    if (at < 0) {
      at = add(pageNo, 0);
    }
    modes[at] = IMAGE;
    long page = versions.frameAddress(frames[at]);
    Page.format(page, pageSizeBytes, pageNo, kind.id(), level);
    return page;
  }

  /**
   * Puts images of pages into the log that become no versions: somebody else writes them to the
   * file, and nobody can look at them before a later batch refers to them. Once a batch, which
   * holds nothing else.
   *
   * @param address finished bytes of the first page, the others behind it, until the batch is
   *     appended
   */
  public void images(int firstPageNo, long address, int pages) {
    assert isEmpty() : "images beside other changes";
    firstImageNo = firstPageNo;
    imageAddress = address;
    imageCount = pages;
  }

  private int touch(int pageNo) {
    int at = index.get(pageNo);
    if (at < 0) {
      long page = versions.resolve(pageNo, NEWEST);
      at = add(pageNo, Page.batch(page));
      NativeMemory.copy(page, versions.frameAddress(frames[at]), pageSizeBytes);
    }
    return at;
  }

  private int add(int pageNo, long baseBatch) {
    assert isInOperation : "page touched outside an operation";
    if (count == frameLimit) {
      throw new BatchTooLargeException(
          "the batch touches more than " + frameLimit + " pages, half of the frame memory");
    }
    if (reservedCount == 0) {
      throw new BatchTooLargeException(
          "an operation touches more than " + OPERATION_PAGES + " pages for the first time");
    }
    int frame = reserved[--reservedCount];
    if (count == pageNos.length) {
      growArrays();
    }
    int at = count++;
    pageNos[at] = pageNo;
    frames[at] = frame;
    baseBatches[at] = baseBatch;
    modes[at] = EDITED;
    firstEdits[at] = 0;
    lastEdits[at] = 0;
    editBytes[at] = 0;
    index.put(pageNo, at);
    return at;
  }

  private void growArrays() {
    int size = count * 2;
    pageNos = Arrays.copyOf(pageNos, size);
    frames = Arrays.copyOf(frames, size);
    baseBatches = Arrays.copyOf(baseBatches, size);
    modes = Arrays.copyOf(modes, size);
    firstEdits = Arrays.copyOf(firstEdits, size);
    lastEdits = Arrays.copyOf(lastEdits, size);
    editBytes = Arrays.copyOf(editBytes, size);
  }

  boolean isEmpty() {
    return recordCount() == 0;
  }

  /** Records the batch has in the log, its COMMIT left out. */
  int recordCount() {
    return count + imageCount;
  }

  /** The most bytes of log the batch can need. */
  long logBytes() {
    return (long) recordCount() * (pageSizeBytes + LogRecords.OVERHEAD_BYTES)
        + LogRecords.OVERHEAD_BYTES;
  }

  /** Gives every page its number, its zeroed hole and its checksum: no byte changes any more. */
  void finish(LogRecords records) {
    for (int at = 0; at < count; at++) {
      long page = versions.frameAddress(frames[at]);
      records.finish(page, number);
      versions.file().seal(page, pageNos[at]);
    }
  }

  /**
   * Encodes what the log gets for a page: an image where nothing after the redo point gives one.
   */
  int encode(int at, long redoBatch, LogRecords records, long body) {
    if (at >= count) {
      int image = at - count;
      return records.encodeImage(
          body, firstImageNo + image, imageAddress + (long) image * pageSizeBytes);
    }
    if (modes[at] == IMAGE || baseBatches[at] <= redoBatch) {
      return records.encodeImage(body, pageNos[at], versions.frameAddress(frames[at]));
    }
    int length = LogRecords.beginEdits(body, pageNos[at]);
    return length + edits.copy(firstEdits[at], body + length);
  }

  /** Links every frame as its page's newest version. */
  void link() {
    for (int at = 0; at < count; at++) {
      versions.link(pageNos[at], frames[at], number);
    }
    reset();
  }

  /** Forgets a batch that was not appended. */
  void forget() {
    for (int at = 0; at < count; at++) {
      versions.giveFrame(frames[at]);
    }
    reset();
  }

  private void reset() {
    versions.giveFrames(reserved, reservedCount);
    reservedCount = 0;
    count = 0;
    imageCount = 0;
    index.clear();
    edits.clear();
  }

  void close() {
    versions.steps().unregister(slot);
    edits.close();
  }
}
