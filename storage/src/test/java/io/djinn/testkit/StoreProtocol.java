package io.djinn.testkit;

import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.wal.LogFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The rules that the order of a store's file calls obeys, held against each call of one process.
 *
 * <ul>
 *   <li>a: a page goes to the file only when the COMMIT of its batch is durable: synced by this
 *       process in the run that every control slot leads to, or vouched for by a block of the log
 *       found, or before a redo point. Exact.
 *   <li>b: a write lies inside blocks that were allocated; where the file has its final name, and
 *       of the page file always, that size was synced. Exact.
 *   <li>c: a page without a batch number goes only where nothing looks or replays: beyond the page
 *       count, or in an extent that is reserved or was freed before both redo points, and not named
 *       by a durable record behind the lower one, but for an image of the very bytes. Or recovery
 *       writes it, and the last durable record of the page is an image of them. Exact for the
 *       newest durable state; what is appended but not synced is not seen, and neither are
 *       snapshots.
 *   <li>d: nothing is read at or past the end of a file. Reads of a mapping are not seen; simulated
 *       ones hold garbage there.
 *   <li>e: after a failed sync or a failed write of the log no file of the store is changed.
 *   <li>f: a control slot is written when every logged page is synced and its redo point is
 *       durable; it is the older one, and the other one is not waiting for its sync.
 *   <li>g: a segment is renamed, deleted or begun anew only where it lies before the redo point of
 *       every slot, or is part of no run they name.
 *   <li>h: of a segment no byte is written twice, and no sector after its sync.
 *   <li>i: records, pages and slots are written only under durable names, and a file gets its final
 *       name only when it is synced.
 * </ul>
 *
 * Files found are taken as they were left. Safe for many threads; a call is judged before it takes
 * place.
 */
final class StoreProtocol {
  static final String LOG_DIRECTORY = "wal";
  static final String NEW_SEGMENT = LOG_DIRECTORY + "/next";
  static final String PAGES = "pages";
  static final String CONTROL = "control";
  static final String NEW_CONTROL = "tmp/control";

  private static final int SLOT_BYTES = 512;
  private static final int SLOT_DISTANCE = 4096;
  private static final long SLOT_MAGIC = 0x6c74436e6e696a44L;

  /** What a control slot says. */
  private record Slot(
      long storeId,
      long generation,
      long redoLsn,
      long redoBatch,
      long epoch,
      long startLsn,
      long takeoverLsn,
      long takeoverEpoch,
      int pageSizeBytes) {
    static Slot of(ByteBuffer block) {
      if (block == null || block.getLong(0) != SLOT_MAGIC) {
        return null;
      }
      java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
      byte[] bytes = java.util.Arrays.copyOf(block.array(), SLOT_BYTES);
      ByteBuffer copy = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      int carried = copy.getInt(12);
      copy.putInt(12, 0);
      crc.update(bytes);
      if ((int) crc.getValue() != carried) {
        return null;
      }
      return new Slot(
          copy.getLong(16),
          copy.getLong(24),
          copy.getLong(32),
          copy.getLong(40),
          copy.getLong(48),
          copy.getLong(56),
          copy.getLong(64),
          copy.getLong(72),
          copy.getInt(80));
    }

    boolean leadsTo(long run) {
      return epoch == run || takeoverLsn != Long.MAX_VALUE && takeoverEpoch == run;
    }

    boolean needs(LogShadow.Segment segment) {
      if (takeoverLsn != Long.MAX_VALUE && segment.epoch() == takeoverEpoch) {
        return true;
      }
      return segment.epoch() == epoch
          && segment.endLsn() > redoLsn
          && segment.startLsn() < takeoverLsn;
    }
  }

  private final Map<String, FileShadow> files = new HashMap<>();
  private final List<String> violations = new ArrayList<>();
  private final TreeMap<Long, Long> mappings = new TreeMap<>();
  private final SpaceShadow space = new SpaceShadow();

  /** Records of the log found at opening. */
  private final SpaceShadow foundRecords = new SpaceShadow();

  /** The slots as last synced or found, by place. */
  private final Slot[] slots = new Slot[2];

  private final boolean[] isSlotUnsynced = new boolean[2];
  private boolean isControlRead;

  private boolean hasEnded;
  private String sealedBy;
  private boolean isRootSynced;
  private long nameChanges;
  private long loggedWrites;
  private long syncedLoggedWrites;

  /** Length of the one write a new store begins with. */
  private long newPageBytes;

  private long foundBatch = -1;
  private LogShadow ownRun;
  private long ownBatch;

  synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  private void broken(String rule, String call, String detail) {
    String words = "rule " + rule + ": " + call + ": " + detail;
    violations.add(words);
    throw new AssertionError(words);
  }

  /** The process has ended: what it goes on to try has no effect. */
  synchronized void ended() {
    hasEnded = true;
  }

  private void check(boolean holds, String rule, String call, String detail) {
    if (!holds && !hasEnded) {
      broken(rule, call, detail);
    }
  }

  synchronized FileShadow file(String name) {
    return files.computeIfAbsent(name, FileShadow::new);
  }

  private static boolean isLog(FileShadow file) {
    return file.name.startsWith(LOG_DIRECTORY + "/");
  }

  private static boolean isSegment(FileShadow file) {
    return isLog(file) && !file.name.equals(NEW_SEGMENT);
  }

  private void requireUnsealed(String name, String call) {
    if (sealedBy != null && !hasEnded && CheckVfs.isChecked(name)) {
      broken("e", call, "after " + sealedBy);
    }
  }

  private void sealed(FileShadow file, String call, IOException cause) {
    if (sealedBy == null && CheckVfs.isChecked(file.name)) {
      sealedBy = call + " " + file + " failed: " + cause.getMessage();
    }
  }

  // Names.

  synchronized void beforeNameChange(String call, String name) {
    requireUnsealed(name, call + " " + name);
  }

  synchronized void created(String name) {
    FileShadow file = new FileShadow(name);
    file.sizeBytes = 0;
    file.isNameFresh = true;
    files.put(name, file);
    nameChanges++;
    if (name.indexOf('/') < 0) {
      isRootSynced = false;
    }
  }

  synchronized void createdDirectory() {
    isRootSynced = false;
    nameChanges++;
  }

  synchronized void beforeRename(String from, String to) {
    String call = "rename " + from + " " + to;
    requireUnsealed(from, call);
    requireUnsealed(to, call);
    FileShadow file = file(from);
    if (isSegment(file)) {
      requireUnneeded(file, call);
    }
    if (from.equals(NEW_SEGMENT) || from.equals(NEW_CONTROL)) {
      check(
          file.sizeBytes >= 0
              && file.syncedSizeBytes == file.sizeBytes
              && file.syncedBytes == file.writtenBytes,
          "i",
          call,
          "it has "
              + file.sizeBytes
              + " bytes, "
              + file.syncedSizeBytes
              + " synced; written to "
              + file.writtenBytes
              + ", synced to "
              + file.syncedBytes);
    }
    if (to.startsWith(LOG_DIRECTORY + "/") && files.containsKey(to)) {
      requireUnneeded(file(to), call);
    }
    if (to.equals(CONTROL)) {
      check(isRootSynced, "i", call, "the page file's name is not durable");
    }
  }

  synchronized void renamed(String from, String to) {
    FileShadow file = file(from);
    files.remove(from);
    forget(files.get(to));
    file.name = to;
    file.isNameFresh = true;
    files.put(to, file);
    nameChanges++;
    if (to.equals(CONTROL)) {
      isRootSynced = false;
      readSlots(file);
    }
    if (to.equals(NEW_SEGMENT)) {
      // Recycled: its bytes are no log any more.
      forget(file);
      file.isOwn = false;
      file.writtenBytes = 0;
      file.syncedBytes = 0;
      file.syncedSizeBytes = 0;
    } else if (isSegment(file) && file.isOwn) {
      LogShadow.Segment segment = LogShadow.Segment.of(file);
      if (segment != null) {
        if (ownRun == null || ownRun.epoch != segment.epoch()) {
          ownRun = new LogShadow(segment.epoch(), segment.startLsn(), Long.MAX_VALUE, reader());
        }
        ownRun.add(segment);
      }
    }
  }

  private LogShadow.Records reader() {
    return new LogShadow.Records() {
      @Override
      public void record(byte[] body, int length) {
        space.record(body, length);
      }

      @Override
      public void commit(long batch) {
        ownBatch = batch;
        space.commit(batch);
      }
    };
  }

  private void forget(FileShadow file) {
    if (file != null) {
      file.forgetBytes();
      if (ownRun != null) {
        ownRun.remove(file);
      }
    }
  }

  synchronized void beforeDelete(String name) {
    String call = "delete " + name;
    requireUnsealed(name, call);
    FileShadow file = file(name);
    if (isSegment(file)) {
      requireUnneeded(file, call);
    }
    if (name.equals(PAGES)) {
      check(!isControlRead, "g", call, "the store has a control file");
    }
    check(!name.equals(CONTROL), "g", call, "it is the control file");
  }

  synchronized void deleted(String name) {
    forget(files.remove(name));
    nameChanges++;
  }

  private void requireUnneeded(FileShadow file, String call) {
    LogShadow.Segment segment = LogShadow.Segment.of(file);
    if (segment == null || !segment.isNamedRight()) {
      return;
    }
    for (int at = 0; at < 2; at++) {
      // As last synced: what is being written over it lies further on.
      Slot slot = slots[at];
      check(
          slot == null || !slot.needs(segment),
          "g",
          call,
          "segment of epoch "
              + segment.epoch()
              + " with LSNs "
              + segment.startLsn()
              + " to "
              + segment.endLsn()
              + " is needed by control slot "
              + at
              + ": "
              + slot);
    }
  }

  synchronized long beforeSyncDirectory(String name) {
    return nameChanges;
  }

  synchronized void syncedDirectory(String name, long names) {
    if (names != nameChanges) {
      // A name that was given meanwhile may not be covered.
      return;
    }
    if (name.isEmpty()) {
      isRootSynced = true;
    }
    for (FileShadow file : files.values()) {
      if (io.djinn.file.FileNames.directoryOf(file.name).equals(name)) {
        file.isNameFresh = false;
      }
    }
  }

  synchronized void syncDirectoryFailed(String name, IOException cause) {
    if (sealedBy == null && (name.isEmpty() || name.equals(LOG_DIRECTORY))) {
      sealedBy = "syncdir \"" + name + "\" failed: " + cause.getMessage();
    }
  }

  // Bytes.

  synchronized void read(FileShadow file, long byteOffset, long address, int length, int count) {
    if (!CheckVfs.isChecked(file.name)) {
      return;
    }
    String call = "pread " + file + " " + byteOffset + " " + length;
    check(count > 0 || length == 0, "d", call, "the file ends before it");
    if (isLog(file) && !file.isOwn || file.name.equals(CONTROL)) {
      file.keep(byteOffset, address, count);
      if (file.name.equals(CONTROL) && byteOffset + count <= SLOT_DISTANCE + SLOT_BYTES) {
        isControlRead = true;
        if (!isSlotUnsynced[0] && !isSlotUnsynced[1]) {
          readSlots(file);
        }
      }
    }
  }

  private void readSlots(FileShadow control) {
    isControlRead = true;
    for (int at = 0; at < 2; at++) {
      slots[at] = Slot.of(control.block(at));
    }
  }

  synchronized void beforeWrite(FileShadow file, long byteOffset, long address, int length) {
    if (!CheckVfs.isChecked(file.name)) {
      return;
    }
    String call = "pwrite " + file + " " + byteOffset + " " + length;
    requireUnsealed(file.name, call);
    boolean isFinal = !file.name.equals(NEW_SEGMENT) && !file.name.equals(NEW_CONTROL);
    long end = byteOffset + length;
    boolean isSizeDurable = !isFinal || file.name.equals(CONTROL) || isLog(file);
    long limit = isSizeDurable ? file.sizeBytes : file.syncedSizeBytes;
    if (isSegment(file)) {
      limit = file.isOwn ? file.syncedSizeBytes : file.sizeBytes;
    }
    check(end <= limit, "b", call, "it ends at " + end + ", allocated and synced are " + limit);
    if (file.name.equals(PAGES)) {
      loggedWrites += beforePages(file, byteOffset, address, length, call) ? 1 : 0;
    } else if (file.name.equals(CONTROL)) {
      beforeSlot(file, byteOffset, address, length, call);
    } else if (isLog(file)) {
      beforeLog(file, byteOffset, length, call);
    }
  }

  private void beforeLog(FileShadow file, long byteOffset, int length, String call) {
    if (!isSegment(file)) {
      return;
    }
    check(
        file.isOwn && byteOffset >= LogFormat.BLOCK_BYTES,
        "h",
        call,
        "a segment under its final name has its header, and is no other run's");
    check(
        !file.isNameFresh && (isRootSynced || !isControlRead),
        "i",
        call,
        "the segment's name is not durable");
    long sectorEnd = (file.syncedBytes + LogFormat.SECTOR_BYTES - 1) & -LogFormat.SECTOR_BYTES;
    check(
        byteOffset >= file.writtenBytes && byteOffset >= sectorEnd,
        "h",
        call,
        "written is up to " + file.writtenBytes + ", synced up to " + file.syncedBytes);
  }

  /**
   * Judges a write of pages; false where it has whole pages alone, none of a batch and none that
   * recovery writes: such are synced before a batch leads to them, and a checkpoint may be made
   * before that.
   */
  private boolean beforePages(
      FileShadow file, long byteOffset, long address, int length, String call) {
    int size = pageSizeBytes();
    if (size == 0) {
      if (byteOffset == 0) {
        newPageBytes = length;
      }
      // Or what a short write left of it.
      check(byteOffset + length <= newPageBytes, "c", call, "a new store writes page 0 alone");
      return true;
    }
    boolean isLogged = byteOffset % size != 0 || length % size != 0;
    long first = (byteOffset + size - 1) / size;
    for (long pageNo = first; (pageNo + 1) * size <= byteOffset + length; pageNo++) {
      long page = address + (pageNo * size - byteOffset);
      long batch = Page.batch(page);
      if (batch == 0) {
        isLogged |= isRedo((int) pageNo, page, size, call);
      } else {
        requireDurable(batch, (int) pageNo, call);
        isLogged = true;
      }
    }
    check(
        isRootSynced && !file.isNameFresh, "i", call, "the names in the root are not known synced");
    return isLogged;
  }

  private int pageSizeBytes() {
    return slots[0] != null
        ? slots[0].pageSizeBytes()
        : slots[1] != null ? slots[1].pageSizeBytes() : 0;
  }

  private void requireDurable(long batch, int pageNo, String call) {
    readFoundLog();
    long durable = foundBatch;
    boolean isOwnRunNamed = ownRun != null;
    for (Slot slot : slots) {
      if (slot != null) {
        durable = Math.max(durable, slot.redoBatch());
        isOwnRunNamed &= slot.leadsTo(ownRun == null ? -1 : ownRun.epoch);
      }
    }
    if (isOwnRunNamed) {
      durable = Math.max(durable, ownBatch);
    }
    check(
        batch <= durable,
        "a",
        call,
        "page "
            + pageNo
            + " is of batch "
            + batch
            + ", durable is batch "
            + durable
            + (isOwnRunNamed ? "" : ", the new run is not named by both control slots"));
  }

  /** Judges a page without a batch number: whether recovery writes it, or nobody may use it. */
  private boolean isRedo(int pageNo, long page, int size, String call) {
    readFoundLog();
    boolean isLastImage =
        (space.has(pageNo) ? space : foundRecords).isLastImage(pageNo, page, size);
    if (!isLastImage || !isRecovering()) {
      requireUnused(pageNo, size, isLastImage, call);
      return false;
    }
    return true;
  }

  /** Whether a control slot lies in another run than this process's. */
  private boolean isRecovering() {
    for (Slot slot : slots) {
      if (slot != null && (ownRun == null || slot.epoch() != ownRun.epoch)) {
        return true;
      }
    }
    return false;
  }

  private void requireUnused(int pageNo, int size, boolean isLastImage, String call) {
    long freedThrough = Long.MAX_VALUE;
    for (Slot slot : slots) {
      if (slot != null) {
        freedThrough = Math.min(freedThrough, slot.redoBatch());
      }
    }
    if (hasEnded) {
      return;
    }
    String use = space.use(pageNo, size, freedThrough, isLastImage, this::pageAddress);
    check(use == null, "c", call, "page " + pageNo + " has no batch number, but " + use);
  }

  private long pageAddress(int pageNo) {
    FileShadow pages = file(PAGES);
    long offset = (long) pageNo * pageSizeBytes();
    Map.Entry<Long, Long> chunk = mappings.floorEntry(offset);
    return chunk == null || offset >= pages.sizeBytes
        ? 0
        : chunk.getValue() + offset - chunk.getKey();
  }

  private void beforeSlot(FileShadow file, long byteOffset, long address, int length, String call) {
    readFoundLog();
    int at = byteOffset >= SLOT_DISTANCE ? 1 : 0;
    check(
        byteOffset + length <= at * (long) SLOT_DISTANCE + SLOT_BYTES,
        "f",
        call,
        "it is more than a slot");
    check(isRootSynced && !file.isNameFresh, "i", call, "the control file's name is not durable");
    check(
        loggedWrites == syncedLoggedWrites,
        "f",
        call,
        (loggedWrites - syncedLoggedWrites) + " writes of pages are not synced");
    check(!isSlotUnsynced[1 - at], "f", call, "the other slot is not synced");
    Slot present = slots[at];
    Slot other = slots[1 - at];
    check(
        present == null || other != null && other.generation() > present.generation(),
        "f",
        call,
        "it is the newer slot: " + present + ", the other is " + other);
    if (byteOffset % SLOT_DISTANCE == 0 && length == SLOT_BYTES) {
      long generation = NativeMemory.getLong(address + 24);
      check(
          other == null || generation == other.generation() + 1,
          "f",
          call,
          "generation " + generation + " after " + other);
      long redoBatch = NativeMemory.getLong(address + 40);
      long durable = Math.max(foundBatch, ownBatch);
      for (Slot slot : slots) {
        durable = slot == null ? durable : Math.max(durable, slot.redoBatch());
      }
      check(
          redoBatch <= durable,
          "f",
          call,
          "its redo point is behind batch " + redoBatch + ", durable is batch " + durable);
    }
    isSlotUnsynced[at] = true;
  }

  synchronized void written(FileShadow file, long byteOffset, long address, int count) {
    if (!CheckVfs.isChecked(file.name) || file.name.equals(PAGES)) {
      return;
    }
    if (file.name.equals(NEW_SEGMENT) && byteOffset == 0) {
      file.isOwn = true;
      file.writtenBytes = 0;
      file.syncedBytes = 0;
    }
    file.writtenBytes = Math.max(file.writtenBytes, byteOffset + count);
    file.keep(byteOffset, address, count);
  }

  synchronized void writeFailed(FileShadow file, IOException cause) {
    if (isLog(file)) {
      sealed(file, "pwrite", cause);
    }
  }

  synchronized FileShadow.Mark beforeSync(FileShadow file) {
    return file.mark(loggedWrites);
  }

  synchronized void synced(FileShadow file, FileShadow.Mark mark, boolean metadata) {
    file.syncedBytes = Math.max(file.syncedBytes, mark.writtenBytes());
    if (metadata && mark.sizeBytes() >= 0) {
      file.syncedSizeBytes = mark.sizeBytes();
    }
    if (file.name.equals(PAGES)) {
      syncedLoggedWrites = Math.max(syncedLoggedWrites, mark.loggedWrites());
    } else if (file.name.equals(CONTROL)) {
      readSlots(file);
      isSlotUnsynced[0] = false;
      isSlotUnsynced[1] = false;
    } else if (isSegment(file) && ownRun != null) {
      ownRun.readOn();
    }
  }

  synchronized void syncFailed(FileShadow file, IOException cause) {
    sealed(file, "sync", cause);
  }

  // Sizes and mappings.

  synchronized void foundSize(FileShadow file, long size) {
    file.sizeBytes = size;
    if (!file.name.equals(PAGES) && !file.isOwn) {
      file.syncedSizeBytes = size;
    }
  }

  synchronized void beforeTruncate(FileShadow file, long size) {
    requireUnsealed(file.name, "truncate " + file + " " + size);
  }

  synchronized void truncated(FileShadow file, long size) {
    file.sizeBytes = Math.min(file.sizeBytes, size);
    file.syncedSizeBytes = Math.min(file.syncedSizeBytes, size);
  }

  synchronized void beforeAllocate(FileShadow file, long byteOffset, long length) {
    requireUnsealed(file.name, "allocate " + file + " " + byteOffset + " " + length);
  }

  synchronized void allocated(FileShadow file, long end) {
    file.sizeBytes = Math.max(file.sizeBytes, end);
  }

  synchronized void mapped(FileShadow file, long byteOffset, long length, long address) {
    if (file.name.equals(PAGES)) {
      mappings.put(byteOffset, address);
    }
  }

  synchronized void unmapped(FileShadow file) {
    if (file.name.equals(PAGES)) {
      mappings.clear();
    }
  }

  /** Finds the newest batch that the log found at opening is known to hold durably. */
  private void readFoundLog() {
    if (foundBatch >= 0) {
      return;
    }
    foundBatch = 0;
    Slot newest =
        slots[0] == null || slots[1] != null && slots[1].generation() > slots[0].generation()
            ? slots[1]
            : slots[0];
    if (newest == null) {
      return;
    }
    foundBatch = newest.redoBatch();
    List<LogShadow.Segment> found = new ArrayList<>();
    long vouched = 0;
    for (FileShadow file : files.values()) {
      LogShadow.Segment segment =
          isSegment(file) && !file.isOwn ? LogShadow.Segment.of(file) : null;
      if (segment != null && segment.isNamedRight() && newest.leadsTo(segment.epoch())) {
        found.add(segment);
        vouched = Math.max(vouched, LogShadow.vouchedLsn(segment, newest.storeId()));
      }
    }
    LogShadow run =
        new LogShadow(
            newest.epoch(),
            newest.redoLsn(),
            Math.min(vouched, newest.takeoverLsn()),
            new LogShadow.Records() {
              @Override
              public void record(byte[] body, int length) {
                foundRecords.record(body, length);
              }

              @Override
              public void commit(long batch) {
                foundRecords.commit(batch);
                foundBatch = Math.max(foundBatch, batch);
              }
            });
    for (LogShadow.Segment segment : found) {
      if (segment.epoch() == newest.epoch()) {
        run.add(segment);
      }
    }
    run.readOn();
  }
}
