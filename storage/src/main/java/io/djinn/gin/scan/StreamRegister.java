package io.djinn.gin.scan;

import io.djinn.gin.entry.PostingPlace;
import io.djinn.gin.pending.PendingKey;
import io.djinn.gin.pending.PendingView;
import io.djinn.gin.posting.TidStream;
import java.util.ArrayList;
import java.util.List;

/** The streams of one scan that read pages, so that what they read can be added up. */
final class StreamRegister {
  /** Memory of all windows in which a scan gathers the TIDs of ranges. */
  private static final long WINDOWS_BYTES = 8 << 20;

  private static final long MIN_WINDOW_BYTES = 16 << 10;

  /** Keys of ranges whose payloads a scan reads at most: each takes a stream of its own. */
  private static final int MAX_RANGE_KEYS = 256;

  private final int root;
  private final PendingView pending;
  private final long windowBytes;
  private final int pageSizeBytes;
  private final List<KeyStream> keyStreams = new ArrayList<>();
  private final List<KeyRangeStream> ranges = new ArrayList<>();
  private final List<KeyRangePayloads> payloadRanges = new ArrayList<>();
  private int held;
  private int payloadRangeKeys;

  /**
   * @param root root of the entry tree
   * @param pending the pending list
   * @param rangeCount windows that may be opened, between which memory is divided
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
    return openPlace(key.place());
  }

  private KeyStream openPlace(PostingPlace place) {
    KeyStream stream = new KeyStream(place);
    keyStreams.add(stream);
    return stream;
  }

  /** A stream of the TIDs of all of some keys: it reads them one after the other. */
  KeyRangeStream openAll(List<ScanKey> keys) {
    long tidCount = keys.stream().mapToLong(ScanKey::tidCount).sum();
    return add(
        new KeyRangeStream(root, pending, keys, tidCount, false, windowBytes, pageSizeBytes));
  }

  /** The TIDs of a stream that all of some keys have too. */
  TidStream probeAll(TidStream candidates, List<ScanKey> keys) {
    return new ProbedStream(candidates, keys, openAll(keys));
  }

  /** A stream of the TIDs of all keys between two. */
  KeyRangeStream openRange(byte[] from, byte[] to, long tidCount, boolean isShort) {
    return add(
        new KeyRangeStream(root, pending, from, to, tidCount, isShort, windowBytes, pageSizeBytes));
  }

  private KeyRangeStream add(KeyRangeStream stream) {
    ranges.add(stream);
    return stream;
  }

  /**
   * The payloads of a key, or of the keys of a range, that was found.
   *
   * @return null where the scan has no room for the keys of the range: rows are compared then
   */
  PayloadSource openPayloads(ScanKey key) {
    if (!key.isRange()) {
      return openPayloads(key.isInTree() ? key.place() : null, key.pending());
    }
    if (!key.isShort() || key.rangeKeys() > MAX_RANGE_KEYS - payloadRangeKeys) {
      return null;
    }
    payloadRangeKeys += key.rangeKeys();
    KeyRangePayloads payloads =
        new KeyRangePayloads(root, pending, key.composite(), key.end(), this, pageSizeBytes);
    payloadRanges.add(payloads);
    return payloads;
  }

  /**
   * The payloads of one key.
   *
   * @param place null where the tree does not have it
   * @param operations null where there are no pending ones on it
   */
  PayloadSource openPayloads(PostingPlace place, PendingKey operations) {
    return new SingleKeyPayloads(place == null ? null : openPlace(place), operations);
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
    for (KeyRangePayloads payloads : payloadRanges) {
      entryPages += payloads.pagesRead();
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
