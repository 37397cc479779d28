package io.djinn.testkit;

import io.djinn.error.DjinnException;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.recovery.PageStore;
import io.djinn.wal.EditFamily;
import io.djinn.wal.EditTable;
import io.djinn.wal.LogReader;
import io.djinn.wal.LogRecords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.collections.Long2LongHashMap;

/**
 * Redoes the log of a running store, record by record, and compares each page with the one the
 * writer made.
 *
 * <p>The writer's pages are those in the store's frames, looked at before each write of the log;
 * the log is read before each write of the control file, after which some of it may be recycled.
 * Both are seen by {@link #hook} of the simulated directory, so a store is watched without its
 * knowing. All bytes of a page count but those in {@link #MASKED}: the checksum, the batch number
 * and the zeros of the hole too.
 *
 * <p>For one store on one thread, as {@link SimEnv} has it. A store that is opened again is
 * attached again; what recovery left in the page file is then compared as well.
 */
public final class RedoCheck implements AutoCloseable {
  /** Bytes of a page that redo may make different: none. */
  public static final BitSet MASKED = new BitSet();

  /** Sees what redo does, in the order of the log. */
  public interface Listener {
    /** An edit is about to be redone on a page. */
    default void edit(int opCode, long page, long arguments) {}

    /**
     * A page was redone and compared.
     *
     * @param before address of its bytes before the batch, 0 where they are not known
     */
    default void page(int pageNo, long before, long after, boolean isImage) {}

    /** All pages of a batch were redone. */
    default void batch(long number) {}
  }

  private static final int KEPT_VERSIONS = 8;
  private static final int PAGE_NO_BITS = 24;
  private static final int BATCH_OFFSET = 8;

  private final MemoryAccount account = new MemoryAccount("redo check", Long.MAX_VALUE);
  private final EditTable editTable;
  private final EditTable table;
  private final Listener listener;
  private final long[] edits = new long[256];
  private final Set<PageKind> imageKinds = EnumSet.noneOf(PageKind.class);
  private final Map<Integer, MemoryRegion> pages = new HashMap<>();
  private final Map<Integer, long[]> newest = new HashMap<>();
  private final Long2LongHashMap made = new Long2LongHashMap(-1);
  private MemoryRegion scratch;
  private LogRecords records;
  private SimVfs vfs;
  private PageStore store;
  private long[] frameBatches;
  private long lastLooked;
  private long position;
  private long lastBatch;
  private long openedAt;
  private boolean isBusy;
  private long compared;
  private long images;
  private long commits;
  private long unseen;
  private long recovered;

  /**
   * @param editTable the table of the store
   * @param listener told of everything redone
   */
  public RedoCheck(EditTable editTable, Listener listener) {
    this.editTable = editTable;
    this.listener = listener;
    table = counting(editTable);
  }

  private EditTable counting(EditTable inner) {
    List<EditFamily> families = new ArrayList<>();
    for (int opCode = 1; opCode < 256; opCode++) {
      EditFamily family = familyOf(inner, opCode);
      if (family != null && family.firstOpCode() == opCode) {
        families.add(new CountedFamily(family));
      }
    }
    return new EditTable(families.toArray(EditFamily[]::new));
  }

  private static EditFamily familyOf(EditTable table, int opCode) {
    try {
      return table.family(opCode);
    } catch (DjinnException e) {
      return null;
    }
  }

  /** A family that counts what is redone. */
  private final class CountedFamily implements EditFamily {
    private final EditFamily family;

    CountedFamily(EditFamily family) {
      this.family = family;
    }

    @Override
    public int firstOpCode() {
      return family.firstOpCode();
    }

    @Override
    public int lastOpCode() {
      return family.lastOpCode();
    }

    @Override
    public void apply(int opCode, long page, int pageSizeBytes, long arguments, int length) {
      listener.edit(opCode, page, arguments);
      family.apply(opCode, page, pageSizeBytes, arguments, length);
      edits[opCode]++;
    }

    @Override
    public String describe(int opCode, long arguments, int length) {
      return family.describe(opCode, arguments, length);
    }
  }

  /** Begins to watch a store that was just opened, and compares what recovery left. */
  public void attach(SimVfs newVfs, PageStore newStore) {
    vfs = newVfs;
    store = newStore;
    int size = store.pageSizeBytes();
    if (scratch == null) {
      scratch = MemoryRegion.allocate(account, 4L * size + (1 << 16));
      records = new LogRecords(size);
    }
    forgetPages();
    made.clear();
    lastBatch = store.versions().snapshots().published();
    position = store.redoLsn();
    compareRecovered();
    clearFreeFrames();
    int frames = store.versions().frameCount();
    frameBatches = new long[frames + 1];
    // What is in frames by now was made by batches that opening itself has committed.
    lastLooked = 0;
    look();
    lastLooked = lastBatch;
    openedAt = lastBatch;
    lastBatch = -1;
  }

  /** Memory of frames not yet used may hold headers of an earlier store. */
  private void clearFreeFrames() {
    List<Integer> free = new ArrayList<>();
    for (int frame; (frame = store.versions().tryTakeFrame()) != 0; ) {
      NativeMemory.fill(store.versions().frameAddress(frame), store.pageSizeBytes(), 0);
      free.add(0, frame);
    }
    free.forEach(store.versions()::giveFrame);
  }

  /**
   * The log has been read to its end; the store is about to be closed, or to be left for an image.
   */
  public void detach() {
    store = null;
  }

  /** Forgets what was made: the next store opened has another history. */
  public void forgetHistory() {
    newest.clear();
  }

  /** What a simulated directory has to call before each of its calls. */
  public IoHook hook() {
    return call -> {
      if (store == null || isBusy || call.op() != IoOp.PWRITE) {
        return;
      }
      if (call.name().startsWith("wal/")) {
        look();
      } else if (call.name().equals("control")) {
        check();
      }
    };
  }

  private long headerBatch(int frame) {
    return NativeMemory.getLong(store.versions().frameAddress(frame) + BATCH_OFFSET);
  }

  /** Remembers the pages made since the last look; they lie in frames until they are durable. */
  public void look() {
    int frames = store.versions().frameCount();
    for (int frame = 1; frame <= frames; frame++) {
      long batch = headerBatch(frame);
      if (batch != frameBatches[frame]) {
        frameBatches[frame] = batch;
        if (batch > lastLooked) {
          remember(frame, batch);
        }
      }
    }
  }

  private void remember(int frame, long batch) {
    long page = store.versions().frameAddress(frame);
    int pageNo = Page.pageNo(page);
    int checksum = Page.checksum(page);
    if (checksumOf(page, pageNo) != checksum) {
      // In the middle of becoming the next version: its header is still that of the one before.
      frameBatches[frame] = 0;
      return;
    }
    made.put(key(pageNo, batch), checksum & 0xFFFFFFFFL);
    long[] versions = newest.computeIfAbsent(pageNo, no -> new long[2 * KEPT_VERSIONS]);
    if (versions[0] < batch) {
      System.arraycopy(versions, 0, versions, 2, versions.length - 2);
      versions[0] = batch;
      versions[1] = checksum;
    }
  }

  private static long key(int pageNo, long batch) {
    if (pageNo >>> PAGE_NO_BITS != 0) {
      throw new AssertionError("page number " + pageNo + " in a test");
    }
    return batch << PAGE_NO_BITS | pageNo;
  }

  private int checksumOf(long page, int pageNo) {
    int size = store.pageSizeBytes();
    long copy = scratch.address();
    NativeMemory.copy(page, copy, size);
    store.pageFile().seal(copy, pageNo);
    return Page.checksum(copy);
  }

  /** Redoes what the log has got since the last time, and compares. */
  public void check() {
    isBusy = true;
    try {
      look();
      readLog();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      isBusy = false;
    }
  }

  private void readLog() throws IOException {
    try (LogReader reader = new LogReader(vfs, store.storeId(), account)) {
      long epoch = 0;
      long start = 0;
      for (LogReader.SegmentFile file : reader.files()) {
        if (file.epoch() > epoch) {
          epoch = file.epoch();
          start = file.startLsn();
        }
      }
      reader.select(epoch, start, Long.MAX_VALUE, 0);
      if (!reader.seek(position)) {
        return;
      }
      List<byte[]> batch = new ArrayList<>();
      while (reader.next()) {
        if (LogRecords.isCommit(reader.body())) {
          redo(batch, LogRecords.batch(reader.body()), LogRecords.recordCount(reader.body()));
          batch.clear();
          position = reader.lsn();
        } else {
          byte[] body = new byte[reader.bodyLength()];
          NativeMemory.copyToArray(reader.body(), body, 0, body.length);
          batch.add(body);
        }
      }
    }
  }

  private void redo(List<byte[]> batch, long number, int count) {
    boolean isNext = lastBatch < 0 ? number <= openedAt + 1 : number == lastBatch + 1;
    if (!isNext || count != batch.size()) {
      throw new AssertionError(
          "the log has batch "
              + number
              + " with "
              + batch.size()
              + " records after batch "
              + lastBatch
              + "; its COMMIT counts "
              + count);
    }
    commits++;
    lastBatch = number;
    int size = store.pageSizeBytes();
    long body = scratch.address() + 2L * size;
    for (byte[] bytes : batch) {
      NativeMemory.copyFromArray(bytes, 0, body, bytes.length);
      LogRecords.validate(body, bytes.length);
      redo(body, bytes.length, number);
    }
    listener.batch(number);
  }

  private void redo(long body, int length, long number) {
    int size = store.pageSizeBytes();
    int pageNo = LogRecords.pageNo(body);
    boolean isImage = LogRecords.isImage(body);
    MemoryRegion known = pages.get(pageNo);
    long before = scratch.address() + size;
    if (known != null) {
      NativeMemory.copy(known.address(), before, size);
    } else if (!isImage) {
      throw new AssertionError("edits of page " + pageNo + " without an image before them");
    } else {
      known = MemoryRegion.allocate(account, size);
      pages.put(pageNo, known);
      before = 0;
    }
    long page = known.address();
    if (isImage) {
      records.applyImage(body, length, page);
      images++;
      PageKind kind = PageKind.of(Page.kind(page));
      if (kind != null) {
        imageKinds.add(kind);
      }
    } else {
      records.applyEdits(body, length, page, table);
      records.finish(page, number);
    }
    int carried = Page.checksum(page);
    store.pageFile().seal(page, pageNo);
    compare(page, pageNo, number, isImage, carried, body, length);
    listener.page(pageNo, before, page, isImage);
  }

  private void compare(
      long page, int pageNo, long number, boolean isImage, int carried, long body, int length) {
    long key = key(pageNo, number);
    long wanted = made.get(key);
    if (wanted < 0) {
      unseen += number > openedAt ? 1 : 0;
      return;
    }
    made.remove(key);
    compared++;
    boolean isEqual =
        (Page.checksum(page) & 0xFFFFFFFFL) == wanted
            && Page.batch(page) == number
            && (!isImage || carried == Page.checksum(page));
    if (!isEqual) {
      throw new AssertionError(
          String.format(
              "redo of batch %d made page %d with checksum %08x, the batch made it with %08x:%n%s",
              number,
              pageNo,
              Page.checksum(page),
              wanted,
              LogRecords.describe(body, length, editTable)));
    }
  }

  /** Compares the file of a store just opened with the newest versions that were seen. */
  private void compareRecovered() {
    for (Map.Entry<Integer, long[]> entry : newest.entrySet()) {
      long[] versions = entry.getValue();
      while (versions[0] > lastBatch) {
        System.arraycopy(versions, 2, versions, 0, versions.length - 2);
        versions[versions.length - 2] = 0;
      }
      int pageNo = entry.getKey();
      if (versions[0] == 0 || pageNo >= store.pageFile().pageCount()) {
        continue;
      }
      long page = mapped(pageNo);
      if (page == 0 || Page.batch(page) == 0 || Page.batch(page) > versions[0]) {
        continue;
      }
      if (Page.batch(page) != versions[0] || Page.checksum(page) != (int) versions[1]) {
        throw new AssertionError(
            String.format(
                "recovery left page %d of batch %d with checksum %08x, made was batch %d with %08x",
                pageNo, Page.batch(page), Page.checksum(page), versions[0], (int) versions[1]));
      }
      recovered++;
    }
  }

  /** Address of a page in the file; 0 where a build that was cut short may have left anything. */
  private long mapped(int pageNo) {
    try {
      return store.pageFile().mapped(pageNo);
    } catch (DjinnException e) {
      return 0;
    }
  }

  /** Pages compared, each a different one or of a different batch. */
  public long compared() {
    return compared;
  }

  /** Records whose page had left the frames before it was looked at. */
  public long unseen() {
    return unseen;
  }

  /** Pages in the file that recovery left as they were made. */
  public long recovered() {
    return recovered;
  }

  public long images() {
    return images;
  }

  public long commits() {
    return commits;
  }

  /** Kinds of pages of which an image was redone. */
  public Set<PageKind> imageKinds() {
    return imageKinds;
  }

  /** How often an edit was redone. */
  public long edits(int opCode) {
    return edits[opCode];
  }

  /** Op codes of a table that its families know, and do not merely keep for later. */
  public static List<Integer> knownOpCodes(EditTable table) {
    List<Integer> known = new ArrayList<>();
    for (int opCode = 1; opCode < 256; opCode++) {
      EditFamily family = familyOf(table, opCode);
      if (family != null && isKnown(family, opCode)) {
        known.add(opCode);
      }
    }
    return known;
  }

  /** A family refuses an op code it does not know by its number, before it reads arguments. */
  private static boolean isKnown(EditFamily family, int opCode) {
    try (MemoryRegion nothing = MemoryRegion.allocate(new MemoryAccount("probe", 1 << 20), 1024)) {
      NativeMemory.fill(nothing.address(), 1024, 0);
      family.apply(opCode, nothing.address(), 512, nothing.address() + 512, 0);
      return true;
    } catch (DjinnException | IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      return !message.matches(".*(unknown op code " + opCode + "|has op code " + opCode + ")")
          && !message.matches("op code " + opCode + " is no edit.*");
    }
  }

  private void forgetPages() {
    pages.values().forEach(MemoryRegion::close);
    pages.clear();
  }

  @Override
  public void close() {
    forgetPages();
    if (scratch != null) {
      scratch.close();
      scratch = null;
    }
  }
}
