package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.buffer.SnapshotReader;
import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.entry.EntryTreeVerifier;
import io.djinn.gin.pending.PendingCursor;
import io.djinn.gin.pending.PendingTids;
import io.djinn.gin.pending.PendingView;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.NativeMemory;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;
import io.djinn.page.PageReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.BufferUtil;

/** Every key, TID and payload of an index, as text: what it holds, and what it must hold. */
final class IndexContents {
  private IndexContents() {}

  private static String pair(byte[] key, long tid) {
    return HexFormat.of().formatHex(key) + " " + tid;
  }

  /** What a snapshot shows, the tree as the pending list changes it; its structure is checked. */
  static Map<String, String> of(GinIndex index, Snapshot snapshot) {
    Map<String, String> found = new TreeMap<>();
    List<String> problems = new ArrayList<>();
    try (SnapshotReader reader = snapshot.reader()) {
      EntryTreeVerifier.TidVisitor visitor =
          new EntryTreeVerifier.TidVisitor() {
            @Override
            public void tid(byte[] key, long tid) {
              found.put(pair(key, tid), "");
            }

            @Override
            public void tid(byte[] key, long tid, byte[] payload) {
              found.put(pair(key, tid), HexFormat.of().formatHex(payload));
            }
          };
      new EntryTreeVerifier(new Copies(reader), problems, pageNo -> {}, visitor)
          .verify(index.metaPage());
    }
    assertEquals(List.of(), problems);
    if (index.pending() != null) {
      add(index.pending().view(snapshot.batch()), found);
    }
    return found;
  }

  /** Copies of pages, so that no step is held open. */
  private static final class Copies implements PageReader {
    private final SnapshotReader reader;
    private final Map<Integer, ByteBuffer> copies = new HashMap<>();

    Copies(SnapshotReader reader) {
      this.reader = reader;
    }

    @Override
    public long page(int pageNo) {
      return BufferUtil.address(copies.computeIfAbsent(pageNo, this::copy));
    }

    private ByteBuffer copy(int pageNo) {
      ByteBuffer copy = ByteBuffer.allocateDirect(pageSizeBytes());
      reader.enter();
      try {
        NativeMemory.copy(reader.page(pageNo), BufferUtil.address(copy), pageSizeBytes());
      } finally {
        reader.leave();
      }
      return copy;
    }

    @Override
    public int pageSizeBytes() {
      return reader.pageSizeBytes();
    }
  }

  private static void add(PendingView pending, Map<String, String> found) {
    PendingCursor cursor = pending.cursor(new byte[0]);
    while (cursor.next()) {
      PendingTids tids = cursor.tids();
      ByteStrings payloads = new ByteStrings();
      cursor.addPayloads(0, tids.count(), payloads);
      for (int i = 0; i < tids.count(); i++) {
        String pair = pair(cursor.copyKey(), tids.tid(i));
        if (tids.isDelete(i)) {
          found.remove(pair);
        } else {
          found.put(pair, HexFormat.of().formatHex(payloads.copy(i)));
        }
      }
    }
  }

  /**
   * What an index of rows must show.
   *
   * @param rows values by TID, one a column
   */
  static Map<String, String> wanted(GinSpec spec, Map<Long, Object[]> rows) {
    Map<String, String> wanted = new TreeMap<>();
    rows.forEach(
        (tid, values) -> {
          for (int column = 0; column < values.length; column++) {
            GinOperatorClass made = spec.columns().get(column).operatorClass();
            made.extract(
                values[column], new Taker(column, tid, spec.keepsPayloads(column), wanted));
          }
        });
    return wanted;
  }

  private record Taker(int column, long tid, boolean keepsPayloads, Map<String, String> wanted)
      implements KeySink {
    private void put(int category, byte[] key, String payload) {
      wanted.put(pair(EntryKeys.compose(column, category, key), tid), payload);
    }

    @Override
    public void key(byte[] bytes, int offset, int length) {
      put(GinQuery.NORMAL_KEY, Arrays.copyOfRange(bytes, offset, offset + length), "");
    }

    @Override
    public void key(byte[] bytes, int offset, int length, byte[] payload, int from, int count) {
      String hex = keepsPayloads ? HexFormat.of().formatHex(payload, from, from + count) : "";
      put(GinQuery.NORMAL_KEY, Arrays.copyOfRange(bytes, offset, offset + length), hex);
    }

    @Override
    public void nullElement() {
      put(GinQuery.NULL_ELEMENT, new byte[0], "");
    }

    @Override
    public void emptyItem() {
      put(GinQuery.EMPTY_ITEM, new byte[0], "");
    }

    @Override
    public void nullItem() {
      put(GinQuery.NULL_ITEM, new byte[0], "");
    }
  }
}
