package io.djinn.gin.scan;

import io.djinn.gin.pending.PendingView;
import io.djinn.gin.posting.TidStream;
import java.util.ArrayList;
import java.util.List;

/** The streams of one scan that read pages, so that what they read can be added up. */
final class StreamRegister {
  /** Memory of all windows in which a scan gathers the TIDs of ranges. */
  private static final long WINDOWS_BYTES = 8 << 20;

  private static final long MIN_WINDOW_BYTES = 16 << 10;

  private final int root;
  private final PendingView pending;
  private final long windowBytes;
  private final int pageSizeBytes;
  private final List<KeyStream> keyStreams = new ArrayList<>();
  private final List<KeyRangeStream> ranges = new ArrayList<>();
  private int held;

  /**
   * @param root root of the entry tree
   * @param pending the pending list
   * @param rangeCount ranges that may be opened, between which memory is divided
   */
  StreamRegister(int root, PendingView pending, int rangeCount, int pageSizeBytes) {
    this.root = root;
    this.pending = pending;
    windowBytes = Math.max(MIN_WINDOW_BYTES, WINDOWS_BYTES / Math.max(1, rangeCount));
    this.pageSizeBytes = pageSizeBytes;
  }

  /** A stream of the TIDs of a key that was found. */
  TidStream open(ScanKey key) {
    if (key.isRange()) {
      return openRange(key.composite(), key.end(), key.tidCount(), key.isShort());
    }
    TidStream tree = key.isInTree() ? openTree(key) : null;
    return key.pending() == null ? tree : new PendingMergedStream(tree, key.pending());
  }

  private TidStream openTree(ScanKey key) {
    if (key.tids() != null) {
      held++;
      return new HeldTids(key.tids());
    }
    return openPlace(key);
  }

  private KeyStream openPlace(ScanKey key) {
    KeyStream stream = new KeyStream(key.place());
    keyStreams.add(stream);
    return stream;
  }

  /** A stream of the TIDs of all keys between two. */
  KeyRangeStream openRange(byte[] from, byte[] to, long tidCount, boolean isShort) {
    KeyRangeStream stream =
        new KeyRangeStream(root, pending, from, to, tidCount, isShort, windowBytes, pageSizeBytes);
    ranges.add(stream);
    return stream;
  }

  /** The payloads of a single key that was found. */
  PayloadSource openPayloads(ScanKey key) {
    return new SingleKeyPayloads(key.isInTree() ? openPlace(key) : null, key.pending());
  }

  ScanCounters counters(long lookupPages, long lookupSegments, long candidates) {
    long entryPages = lookupPages;
    long postingPages = 0;
    long segmentsDecoded = lookupSegments;
    long segmentsSkipped = 0;
    for (KeyStream stream : keyStreams) {
      entryPages += stream.entryPages();
      postingPages += stream.postingPages();
      segmentsDecoded += stream.segmentsDecoded();
      segmentsSkipped += stream.segmentsSkipped();
    }
    for (KeyRangeStream stream : ranges) {
      entryPages += stream.entryPages();
      postingPages += stream.postingPages();
      segmentsDecoded += stream.segmentsDecoded();
      segmentsSkipped += stream.segmentsSkipped();
    }
    return new ScanCounters(
        held + keyStreams.size() + ranges.size(),
        entryPages,
        postingPages,
        segmentsDecoded,
        segmentsSkipped,
        candidates);
  }
}
