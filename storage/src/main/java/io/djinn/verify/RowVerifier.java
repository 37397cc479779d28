package io.djinn.verify;

import io.djinn.buffer.SnapshotReader;
import io.djinn.error.InvalidRowException;
import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.entry.EntryTreeVerifier;
import io.djinn.gin.pending.PendingView;
import io.djinn.memory.MemoryAccount;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;
import io.djinn.source.ColumnPath;
import io.djinn.source.Row;
import io.djinn.source.RowSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares an index with the rows of its source, both ways: every key of every row must be there,
 * and nothing else.
 *
 * <p>Index and source are each walked once, in whatever order suits them. Every pair of key and row
 * adds to, or is taken from, the sum of hashes of the stretch of rows it belongs to; a sum that is
 * not zero is a difference. Only then both are walked again for some of the stretches that differ,
 * and compared pair by pair. So memory is one bit a row and one number a stretch. A row of which
 * the index has no key at all was deleted or never inserted; how many such rows there may be is
 * given.
 */
public final class RowVerifier {
  /**
   * One column of the index.
   *
   * @param operatorClass what makes keys of it
   * @param keepsPayloads whether the index keeps the payloads it gives
   */
  public record Column(ColumnPath path, GinOperatorClass operatorClass, boolean keepsPayloads) {}

  /**
   * What was found.
   *
   * @param rows rows of the source that are in the index
   * @param absentRows rows up to the last one indexed that are not
   * @param pairs keys of all rows in the index, each counted once a row
   * @param problems what is wrong, in words; empty where nothing is
   */
  public record Result(long rows, long absentRows, long pairs, List<String> problems) {}

  private static final int MAX_STRETCHES = 1 << 16;
  private static final int STRETCHES_SHOWN = 64;
  private static final int MAX_PROBLEMS = 100;
  private static final int ABSENT_SHOWN = 5;
  private static final byte[] NO_PAYLOAD = new byte[0];

  /** Takes a key and TID of the index, with the payload, of no bytes where there is none. */
  private interface EntryTaker {
    void take(byte[] key, long tid, byte[] payload);
  }

  private final SnapshotReader reader;
  private final MemoryAccount account;
  private final int metaPage;
  private final PendingView pending;
  private final List<Column> columns;
  private final RowSource source;
  private final List<String> problems = new ArrayList<>();
  private final RowKeys rowKeys = new RowKeys();
  private final List<Long> firstAbsent = new ArrayList<>();

  private long lastRow;
  private int stretchBits;
  private long[] sums;
  private long[] present;
  private long rows;
  private long absent;
  private long pairs;
  private long untold;

  /**
   * @param reader of the snapshot to be examined
   * @param account what copies of pages draw on
   * @param pending the index's pending list in that snapshot
   */
  public RowVerifier(
      SnapshotReader reader,
      MemoryAccount account,
      int metaPage,
      PendingView pending,
      List<Column> columns,
      RowSource source) {
    this.reader = reader;
    this.account = account;
    this.metaPage = metaPage;
    this.pending = pending;
    this.columns = List.copyOf(columns);
    this.source = source;
  }

  /**
   * Compares.
   *
   * @param indexedRows number of the last row that was ever indexed
   * @param mayBeAbsent the most rows up to it that need not be there
   */
  public Result verify(long indexedRows, long mayBeAbsent) {
    lastRow = indexedRows;
    if (lastRow > source.rowCount()) {
      problem("rows up to " + lastRow + " were indexed, the source has " + source.rowCount());
      lastRow = source.rowCount();
    }
    while ((lastRow >>> stretchBits) >= MAX_STRETCHES) {
      stretchBits++;
    }
    sums = new long[(int) (lastRow >>> stretchBits) + 1];
    present = new long[Math.toIntExact((lastRow >>> 6) + 1)];
    forEachEntry(this::addEntry);
    forEachRow(this::takeRow);
    if (absent > mayBeAbsent) {
      problem(
          absent
              + " rows are not in the index, the first ones "
              + firstAbsent
              + "; at most "
              + mayBeAbsent
              + " may be absent");
    }
    tellDifferences();
    if (untold > 0) {
      problems.add(untold + " more problems");
    }
    return new Result(rows, absent, pairs, List.copyOf(problems));
  }

  private void problem(String text) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(text);
    } else {
      untold++;
    }
  }

  /** Visits each key and TID once: the tree's as the pending operations change them. */
  private void forEachEntry(EntryTaker taker) {
    PendingPairs pairsOfList = new PendingPairs(pending);
    forEachTreeEntry(
        visitor(
            (key, tid, payload) -> {
              if (!pairsOfList.has(key, tid)) {
                taker.take(key, tid, payload);
              }
            }));
    pairsOfList.forEachInsert(visitor(taker));
  }

  private static EntryTreeVerifier.TidVisitor visitor(EntryTaker taker) {
    return new EntryTreeVerifier.TidVisitor() {
      @Override
      public void tid(byte[] key, long tid) {
        taker.take(key, tid, NO_PAYLOAD);
      }

      @Override
      public void tid(byte[] key, long tid, byte[] payload) {
        taker.take(key, tid, payload);
      }
    };
  }

  private void forEachTreeEntry(EntryTreeVerifier.TidVisitor visitor) {
    List<String> structural = new ArrayList<>();
    try (PageCopies pages = new PageCopies(reader, account)) {
      new EntryTreeVerifier(pages, structural, pageNo -> {}, visitor).verify(metaPage);
    }
    for (String found : structural) {
      if (!problems.contains(found)) {
        problem(found);
      }
    }
  }

  /** Takes a row that was indexed, or a later one. */
  private interface RowTaker {
    void take(long number, Row row);
  }

  private void forEachRow(RowTaker taker) {
    if (lastRow == 0) {
      return;
    }
    long lastTid = source.tidOf(lastRow);
    long[] number = new long[1];
    source.scan(
        0,
        (lastTid >>> source.slotBits()) + 1,
        (tid, row) -> {
          taker.take(++number[0], row);
          return tid < lastTid;
        });
  }

  private long rowNumber(long tid) {
    try {
      return source.rowNumberOf(tid);
    } catch (IllegalArgumentException e) {
      return -1;
    }
  }

  private void addEntry(byte[] key, long tid, byte[] payload) {
    long number = rowNumber(tid);
    if (number < 1 || number > lastRow) {
      problem(
          EntryKeys.describe(key)
              + " has TID "
              + tid
              + (number < 1 ? ", which is no row" : ", row " + number + ", behind the last one"));
      return;
    }
    present[(int) (number >>> 6)] |= 1L << number;
    sums[(int) (number >>> stretchBits)] += hash(hash(key, payload), number);
  }

  private boolean isPresent(long number) {
    return (present[(int) (number >>> 6)] & 1L << number) != 0;
  }

  private void takeRow(long number, Row row) {
    if (!isPresent(number)) {
      absent++;
      if (firstAbsent.size() < ABSENT_SHOWN) {
        firstAbsent.add(number);
      }
      return;
    }
    rows++;
    try {
      rowKeys.read(row);
    } catch (InvalidRowException e) {
      problem("a row that is in the index can not be read: " + e.getMessage());
      return;
    }
    long[] hashes = rowKeys.hashes();
    Arrays.sort(hashes);
    for (int i = 0; i < hashes.length; i++) {
      if (i == 0 || hashes[i] != hashes[i - 1]) {
        pairs++;
        sums[(int) (number >>> stretchBits)] -= hash(hashes[i], number);
      }
    }
  }

  /** Compares pair by pair where sums differ. */
  private void tellDifferences() {
    Map<Integer, Set<String>> differing = new HashMap<>();
    long more = 0;
    for (int stretch = 0; stretch < sums.length; stretch++) {
      if (sums[stretch] != 0 && differing.size() < STRETCHES_SHOWN) {
        differing.put(stretch, new HashSet<>());
      } else if (sums[stretch] != 0) {
        more++;
      }
    }
    if (differing.isEmpty()) {
      return;
    }
    int before = problems.size();
    forEachEntry(
        (key, tid, payload) -> {
          long number = rowNumber(tid);
          if (number >= 1 && number <= lastRow) {
            Set<String> found = differing.get((int) (number >>> stretchBits));
            if (found != null) {
              found.add(pair(number, key, payload));
            }
          }
        });
    forEachRow(
        (number, row) -> {
          Set<String> found = differing.get((int) (number >>> stretchBits));
          if (found != null && isPresent(number)) {
            compareRow(number, row, found);
          }
        });
    for (Set<String> left : differing.values()) {
      left.forEach(pair -> problem(pair + " is in the index, but not in the row"));
    }
    if (more > 0 || problems.size() == before && untold == 0) {
      problem(differing.size() + more + " stretches of rows differ from the index");
    }
  }

  private void compareRow(long number, Row row, Set<String> found) {
    try {
      rowKeys.read(row);
    } catch (InvalidRowException e) {
      return;
    }
    Set<String> wanted = new HashSet<>();
    for (int i = 0; i < rowKeys.keys.size(); i++) {
      wanted.add(pair(number, rowKeys.keys.get(i), rowKeys.payloads.get(i)));
    }
    for (String pair : wanted) {
      if (!found.remove(pair)) {
        problem(pair + " is in the row, but not in the index");
      }
    }
  }

  private static String pair(long number, byte[] key, byte[] payload) {
    String pair = "row " + number + ": " + EntryKeys.describe(key);
    return payload.length == 0
        ? pair
        : pair + " with payload 0x" + HexFormat.of().formatHex(payload);
  }

  /** The composite keys of one row, with the payloads the index is to have. */
  private final class RowKeys implements KeySink {
    private final List<byte[]> keys = new ArrayList<>();
    private final List<byte[]> payloads = new ArrayList<>();
    private int column;

    void read(Row row) {
      keys.clear();
      payloads.clear();
      for (column = 0; column < columns.size(); column++) {
        row.extract(columns.get(column).path(), columns.get(column).operatorClass(), this);
      }
    }

    long[] hashes() {
      long[] hashes = new long[keys.size()];
      for (int i = 0; i < hashes.length; i++) {
        hashes[i] = hash(keys.get(i), payloads.get(i));
      }
      return hashes;
    }

    private void add(int category, byte[] key) {
      keys.add(EntryKeys.compose(column, category, key));
      payloads.add(NO_PAYLOAD);
    }

    @Override
    public void key(
        byte[] bytes,
        int offset,
        int length,
        byte[] payload,
        int payloadOffset,
        int payloadLength) {
      key(bytes, offset, length);
      if (columns.get(column).keepsPayloads()) {
        payloads.set(
            payloads.size() - 1,
            Arrays.copyOfRange(payload, payloadOffset, payloadOffset + payloadLength));
      }
    }

    @Override
    public void key(byte[] bytes, int offset, int length) {
      add(GinQuery.NORMAL_KEY, Arrays.copyOfRange(bytes, offset, offset + length));
    }

    @Override
    public void nullElement() {
      add(GinQuery.NULL_ELEMENT, new byte[0]);
    }

    @Override
    public void emptyItem() {
      add(GinQuery.EMPTY_ITEM, new byte[0]);
    }

    @Override
    public void nullItem() {
      add(GinQuery.NULL_ITEM, new byte[0]);
    }
  }

  private static long hash(byte[] key, byte[] payload) {
    return payload.length == 0 ? hash(key) : mix(hash(key) + 31 * hash(payload));
  }

  private static long hash(byte[] key) {
    long hash = key.length;
    for (byte b : key) {
      hash = (hash ^ b & 0xFF) * 0x100000001B3L;
      hash ^= hash >>> 29;
    }
    return mix(hash);
  }

  private static long hash(long keyHash, long number) {
    return mix(keyHash + number * 0x9E3779B97F4A7C15L);
  }

  private static long mix(long value) {
    long mixed = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
    return mixed ^ mixed >>> 31;
  }
}
