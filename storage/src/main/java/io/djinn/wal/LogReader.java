package io.djinn.wal;

import io.djinn.error.CorruptLogException;
import io.djinn.error.FormatVersionException;
import io.djinn.file.OpenMode;
import io.djinn.file.RawFile;
import io.djinn.file.Vfs;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Reads the records of a closed log from a position to its end.
 *
 * <p>What is read is one run, and behind its takeover position, where it has one, the run that a
 * recovery copied the rest into. A record that can not be read is the end of the log, unless a
 * valid block says that the log was synced beyond it: then it is damage.
 *
 * <p>A block says how far the log was synced when the block was begun, so damage to what was synced
 * after the newest block was begun can not be told from a write that a power cut tore: it reads as
 * the end of the log. Damage of a segment's header or size always can: a segment is durable before
 * anything is appended to it ({@link #refuseLostSegments}). And where the store was closed, or has
 * been opened since, both control slots lie at or beyond the last of that log, and nothing of it is
 * read.
 */
public final class LogReader implements AutoCloseable {
  /**
   * A segment file with a valid header.
   *
   * @param startLsn LSN of its first payload byte
   * @param endLsn first LSN that is not read from it
   */
  public record SegmentFile(
      String name, long sequence, long epoch, long startLsn, long endLsn, long sizeBytes) {
    /** The sequence number its name gives, which differs where the file is misnamed. */
    public long sequenceOfName() {
      return sequenceOf(name);
    }
  }

  private final Vfs vfs;
  private final LogFormat format;
  private final RecordBuffer record;
  private final MemoryRegion window;
  private final int windowBlocks;
  private final List<SegmentFile> all;
  private final List<SegmentFile> misnamed = new ArrayList<>();
  private final List<String> headless = new ArrayList<>();
  private List<SegmentFile> segments = List.of();
  private long[] epochs = {};
  private long takeoverAt;
  private long takeoverLsn = Long.MAX_VALUE;
  private long takeoverStartLsn;
  private long startLsn;

  private RawFile file;
  private int segment = -1;
  private long windowFirstBlock;
  private int windowCount;
  private long blockAddress;
  private long blockLsn;
  private long blockEndLsn;
  private long lsn;
  private long recordLsn;
  private long expectedLsn = -1;
  private long lookedAtLsn;
  private int bodyLength;
  private String stop = "";

  /** Opens the log of a store; reads headers only. */
  public LogReader(Vfs vfs, long storeId, MemoryAccount account) throws IOException {
    this.vfs = vfs;
    format = new LogFormat(storeId);
    record = new RecordBuffer(storeId);
    window = MemoryRegion.allocate(account, accountBytes());
    windowBlocks = (int) (accountBytes() / LogFormat.BLOCK_BYTES);
    try {
      all = readHeaders();
    } catch (Throwable t) {
      window.close();
      throw t;
    }
  }

  /** Bytes drawn for reading. */
  public static long accountBytes() {
    return 64L * LogFormat.BLOCK_BYTES;
  }

  private List<SegmentFile> readHeaders() throws IOException {
    List<SegmentFile> found = new ArrayList<>();
    for (String name : vfs.list(LogSegments.DIRECTORY)) {
      String path = LogSegments.DIRECTORY + "/" + name;
      if (!isSegmentName(name)) {
        continue;
      }
      try (RawFile candidate = vfs.open(path, OpenMode.READ_ONLY)) {
        long size = candidate.sizeBytes();
        if (size < LogFormat.BLOCK_BYTES) {
          headless.add(path);
          continue;
        }
        long header = window.address();
        candidate.readFully(0, header, LogFormat.BLOCK_BYTES);
        if (!format.isSegmentHeader(header)) {
          headless.add(path);
          continue;
        }
        if (LogFormat.version(header) != LogFormat.FORMAT_VERSION) {
          throw new FormatVersionException(
              "log segment "
                  + path
                  + " has format version "
                  + LogFormat.version(header)
                  + ", this engine reads version "
                  + LogFormat.FORMAT_VERSION);
        }
        long sequence = LogFormat.sequence(header);
        long start = LogFormat.startLsn(header);
        // Under another name it was being recycled when the store ended, by a run that never wrote.
        (path.equals(LogSegments.name(sequence)) ? found : misnamed)
            .add(
                new SegmentFile(
                    path,
                    sequence,
                    LogFormat.epoch(header),
                    start,
                    start + LogFormat.payloadBytes(size),
                    size));
      }
    }
    found.sort(Comparator.comparingLong(SegmentFile::sequence));
    return found;
  }

  /** Whether a file of the log's directory has the name of a segment. */
  public static boolean isSegmentName(String name) {
    return name.matches("[0-9a-f]{16}");
  }

  /** Every segment file with a valid header, by sequence number. */
  public List<SegmentFile> files() {
    return List.copyOf(all);
  }

  /**
   * Files with the header of a segment of another name. Their epochs, sequence numbers and LSNs
   * count as used; one may be the same file as a segment, under a name that was to go, so all that
   * may be done with it is to take the name away.
   */
  public List<SegmentFile> misnamed() {
    return List.copyOf(misnamed);
  }

  /**
   * Chooses what is read.
   *
   * @param epoch the run that holds the position reading starts at
   * @param startLsn first position of that run
   * @param takeoverLsn where the other run goes on, or {@link Long#MAX_VALUE} where there is none
   * @param takeoverEpoch the run that goes on there
   */
  public void select(long epoch, long startLsn, long takeoverLsn, long takeoverEpoch) {
    this.startLsn = startLsn;
    epochs = new long[] {epoch, takeoverEpoch};
    takeoverAt = takeoverLsn;
    List<SegmentFile> chosen = new ArrayList<>();
    this.takeoverLsn = Long.MAX_VALUE;
    for (SegmentFile s : all) {
      if (s.epoch() == epoch && s.startLsn() < takeoverLsn) {
        long end = Math.min(s.endLsn(), takeoverLsn);
        chosen.add(
            new SegmentFile(s.name(), s.sequence(), s.epoch(), s.startLsn(), end, s.sizeBytes()));
      } else if (s.epoch() == takeoverEpoch && takeoverLsn != Long.MAX_VALUE) {
        chosen.add(s);
        if (this.takeoverLsn == Long.MAX_VALUE) {
          this.takeoverLsn = takeoverLsn;
          takeoverStartLsn = s.startLsn();
        }
      }
    }
    segments = chosen;
    segment = -1;
    forgetWindow();
  }

  /**
   * Goes to a position at which a record begins or the log ends; false where no segment holds it. A
   * run that never wrote has no segment and holds its first position only.
   */
  public boolean seek(long toLsn) throws IOException {
    lsn = toLsn;
    stop = "";
    if (findSegment(toLsn)) {
      return true;
    }
    boolean isAnEnd = toLsn == takeoverLsn || segments.isEmpty() && toLsn == startLsn;
    for (SegmentFile s : segments) {
      isAnEnd |= s.endLsn() == toLsn;
    }
    return isAnEnd;
  }

  /** Whether the runs selected have no segment at all. */
  public boolean isEmpty() {
    return segments.isEmpty();
  }

  private boolean findSegment(long at) throws IOException {
    for (int i = 0; i < segments.size(); i++) {
      SegmentFile candidate = segments.get(i);
      if (candidate.startLsn() <= at && at < candidate.endLsn()) {
        if (i != segment) {
          closeFile();
          file = vfs.open(candidate.name(), OpenMode.READ_ONLY);
          segment = i;
          forgetWindow();
        }
        return true;
      }
    }
    return false;
  }

  /**
   * Reads the next record; false at the end of what can be read, with {@link #lsn()} there and the
   * cause in {@link #stop()}.
   */
  public boolean next() throws IOException {
    if (!findRecord()) {
      return false;
    }
    recordLsn = lsn;
    long epoch = segments.get(segment).epoch();
    long header = blockAddress + lsn - blockLsn;
    if (blockEndLsn - lsn < LogFormat.RECORD_HEADER_BYTES) {
      header = record.body();
      if (!copy(lsn, header, LogFormat.RECORD_HEADER_BYTES)) {
        return false;
      }
    }
    int length = NativeMemory.getInt(header);
    int checksum = NativeMemory.getInt(header + 4);
    if (length < 1 || length > LogFormat.MAX_BODY_BYTES) {
      return stopped("record length found " + length + ", limit " + LogFormat.MAX_BODY_BYTES);
    }
    if (!copy(lsn + LogFormat.RECORD_HEADER_BYTES, record.body(), length)) {
      return false;
    }
    if (record.checksum(epoch, lsn, length) != checksum) {
      return stopped("record checksum does not match");
    }
    bodyLength = length;
    lsn += LogFormat.RECORD_HEADER_BYTES + length;
    return true;
  }

  /**
   * Goes to where the next record begins: here, or behind a rest of a sector that is zeros. A
   * record could stand in a whole sector that is zeros, so nothing is looked for behind one.
   */
  private boolean findRecord() throws IOException {
    expectedLsn = -1;
    boolean isBehindZeros = false;
    while (true) {
      if (lsn == takeoverLsn) {
        lsn = takeoverStartLsn;
      }
      boolean isInBlock = isInBlock(lsn);
      if (!isInBlock && !findSegment(lsn)) {
        return stopped("no segment holds this position");
      }
      SegmentFile current = segments.get(segment);
      long inBlock =
          isInBlock ? lsn - blockLsn : (lsn - current.startLsn()) % LogFormat.BLOCK_PAYLOAD_BYTES;
      int offset = (int) inBlock + LogFormat.BLOCK_HEADER_BYTES;
      int inSector = offset & (LogFormat.SECTOR_BYTES - 1);
      int room = LogFormat.SECTOR_BYTES - inSector;
      if (room >= LogFormat.RECORD_HEADER_BYTES) {
        expectedLsn = expectedLsn < 0 ? lsn : expectedLsn;
        lookedAtLsn = lsn;
        if (!enterBlock(lsn)) {
          return false;
        }
        if (NativeMemory.getInt(blockAddress + lsn - blockLsn) != 0) {
          return true;
        }
        boolean isSectorStart = inSector == 0 || offset == LogFormat.BLOCK_HEADER_BYTES;
        if (isBehindZeros || isSectorStart) {
          return stopped("no record begins here");
        }
        isBehindZeros = true;
      }
      lsn = Math.min(lsn + room, current.endLsn());
    }
  }

  private boolean stopped(String cause) {
    stop = cause;
    return false;
  }

  /** Copies payload bytes, across blocks and segments; false where a block is not valid. */
  private boolean copy(long from, long to, int length) throws IOException {
    int done = 0;
    while (done < length) {
      long at = from + done;
      if (!enterBlock(at)) {
        return false;
      }
      int count = (int) Math.min(length - done, blockEndLsn - at);
      NativeMemory.copy(blockAddress + at - blockLsn, to + done, count);
      done += count;
    }
    return true;
  }

  private boolean isInBlock(long at) {
    return blockLsn <= at && at < blockEndLsn;
  }

  /** Has the block of a position in the window, its header checked once; false where it is bad. */
  private boolean enterBlock(long at) throws IOException {
    if (isInBlock(at)) {
      return true;
    }
    if (!findSegment(at)) {
      return stopped("no segment holds position " + at);
    }
    SegmentFile current = segments.get(segment);
    long block = (at - current.startLsn()) / LogFormat.BLOCK_PAYLOAD_BYTES;
    long firstLsn = current.startLsn() + block * LogFormat.BLOCK_PAYLOAD_BYTES;
    long address = block(block);
    if (!format.isBlockHeader(address, current.epoch(), current.sequence(), firstLsn)) {
      return stopped("no valid block of this segment at position " + at);
    }
    blockAddress = address + LogFormat.BLOCK_HEADER_BYTES;
    blockLsn = firstLsn;
    blockEndLsn = Math.min(firstLsn + LogFormat.BLOCK_PAYLOAD_BYTES, current.endLsn());
    return true;
  }

  private void forgetWindow() {
    windowCount = 0;
    blockEndLsn = -1;
  }

  private long block(long block) throws IOException {
    if (block < windowFirstBlock || block >= windowFirstBlock + windowCount || windowCount == 0) {
      long blocks = segments.get(segment).sizeBytes() / LogFormat.BLOCK_BYTES - 1;
      forgetWindow();
      windowCount = (int) Math.min(windowBlocks, blocks - block);
      windowFirstBlock = block;
      file.readFully(
          (block + 1) * LogFormat.BLOCK_BYTES,
          window.address(),
          windowCount * LogFormat.BLOCK_BYTES);
    }
    return window.address() + (block - windowFirstBlock) * LogFormat.BLOCK_BYTES;
  }

  /**
   * The highest LSN that a valid block of any segment says was synced when it was written. What
   * blocks of a run say never falls from one to the next, so the last valid one of each run tells.
   */
  public long highestSyncedLsn() throws IOException {
    long highest = 0;
    int i = segments.size() - 1;
    while (i >= 0) {
      long epoch = segments.get(i).epoch();
      long found = lastSyncedLsn(i);
      highest = Math.max(highest, found);
      do {
        i--;
      } while (found >= 0 && i >= 0 && segments.get(i).epoch() == epoch);
    }
    return highest;
  }

  /** What the last valid block of a segment says, -1 where none is valid. */
  private long lastSyncedLsn(int index) throws IOException {
    SegmentFile candidate = segments.get(index);
    closeFile();
    file = vfs.open(candidate.name(), OpenMode.READ_ONLY);
    segment = index;
    forgetWindow();
    long blocks =
        (candidate.endLsn() - candidate.startLsn() + LogFormat.BLOCK_PAYLOAD_BYTES - 1)
            / LogFormat.BLOCK_PAYLOAD_BYTES;
    long first = blocks;
    for (long block = blocks - 1; block >= 0; block--) {
      if (block < first) {
        first = Math.max(0, first - windowBlocks);
        block(first);
      }
      long address = block(block);
      long lsnOfBlock = candidate.startLsn() + block * LogFormat.BLOCK_PAYLOAD_BYTES;
      if (format.isBlockHeader(address, candidate.epoch(), candidate.sequence(), lsnOfBlock)) {
        return LogFormat.syncedLsn(address);
      }
    }
    return -1;
  }

  /**
   * Throws where a file that was a segment of the runs selected, and holds positions above the one
   * given, has lost its header or its size. A segment gets its name when header and blocks are
   * durable, before anything is appended to it, so no power cut leaves such a file.
   */
  public void refuseLostSegments(long fromLsn) throws IOException {
    long firstSequence = 0;
    for (SegmentFile s : segments) {
      long wholeBytes = 0;
      for (SegmentFile other : segments) {
        wholeBytes = Math.max(wholeBytes, other.epoch() == s.epoch() ? other.sizeBytes() : 0);
      }
      if (s.startLsn() + LogFormat.payloadBytes(wholeBytes) <= fromLsn) {
        firstSequence = s.sequence() + 1;
      } else if (s.sizeBytes() < wholeBytes || s.sizeBytes() % LogFormat.BLOCK_BYTES != 0) {
        throw new CorruptLogException(
            s.name(), s.sizeBytes(), "the file ends here, of " + wholeBytes + " bytes at least");
      }
    }
    for (String name : headless) {
      refuseLost(name, fromLsn, firstSequence);
    }
  }

  private void refuseLost(String name, long fromLsn, long firstSequence) throws IOException {
    long sequence = sequenceOf(name);
    try (RawFile candidate = vfs.open(name, OpenMode.READ_ONLY)) {
      if (candidate.sizeBytes() < LogFormat.BLOCK_BYTES && sequence >= firstSequence) {
        throw new CorruptLogException(name, 0, "a segment of " + candidate.sizeBytes() + " bytes");
      }
      long blocks = candidate.sizeBytes() / LogFormat.BLOCK_BYTES;
      long address = window.address();
      windowCount = 0;
      for (long block = 1; block < blocks; block++) {
        candidate.readFully(block * LogFormat.BLOCK_BYTES, address, LogFormat.BLOCK_HEADER_BYTES);
        long blockLsn = LogFormat.blockLsn(address);
        for (long epoch : epochs) {
          boolean isSelected = blockLsn >= fromLsn && (epoch != epochs[0] || blockLsn < takeoverAt);
          if (isSelected && format.isBlockHeader(address, epoch, sequence, blockLsn)) {
            throw new CorruptLogException(
                name, 0, "no valid header, but a block of the present log with LSN " + blockLsn);
          }
        }
      }
    }
  }

  private static long sequenceOf(String name) {
    return Long.parseUnsignedLong(name.substring(name.lastIndexOf('/') + 1), 16);
  }

  /** Says where a position lies, as damage. */
  public CorruptLogException corrupt(long at, String detail) {
    String name = LogSegments.DIRECTORY;
    long offset = 0;
    for (SegmentFile candidate : segments) {
      if (candidate.startLsn() <= at && at <= candidate.endLsn()) {
        name = candidate.name();
        long block = (at - candidate.startLsn()) / LogFormat.BLOCK_PAYLOAD_BYTES;
        offset =
            (block + 1) * LogFormat.BLOCK_BYTES
                + LogFormat.BLOCK_HEADER_BYTES
                + (at - candidate.startLsn()) % LogFormat.BLOCK_PAYLOAD_BYTES;
      }
    }
    return new CorruptLogException(name, offset, "LSN " + at + ": " + detail);
  }

  /** Position behind the last record read, or of the one that could not be read. */
  public long lsn() {
    return lsn;
  }

  /** Position of the record last read. */
  public long recordLsn() {
    return recordLsn;
  }

  /**
   * Whether the record last read, or the end, stands behind zeros that could have held one: right
   * only where a batch begins.
   */
  public boolean isBehindZeros() {
    return expectedLsn >= 0 && lookedAtLsn != expectedLsn;
  }

  /** Where the record last read, or not found, was looked for first; -1 for nowhere. */
  public long expectedLsn() {
    return expectedLsn;
  }

  /** Address of the body of the record last read; valid until the next call. */
  public long body() {
    return record.body();
  }

  public int bodyLength() {
    return bodyLength;
  }

  /** Why the last {@link #next} found no record. */
  public String stop() {
    return stop;
  }

  private void closeFile() throws IOException {
    if (file != null) {
      file.close();
      file = null;
      segment = -1;
      forgetWindow();
    }
  }

  @Override
  public void close() throws IOException {
    try {
      closeFile();
    } finally {
      window.close();
    }
  }
}
