package io.djinn.gin.scan;

import io.djinn.gin.pending.PendingView;
import io.djinn.gin.posting.TidStream;
import java.util.ArrayList;
import java.util.List;

/** The streams of one scan that read pages, so that what they read can be added up. */
final class StreamRegister {
  private final List<KeyStream> keyStreams = new ArrayList<>();
  private final List<FullScanStream> fullScans = new ArrayList<>();
  private int held;

  /** A stream of the TIDs of a key that was found. */
  TidStream open(ScanKey key) {
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

  /** The payloads of a key that was found. */
  PayloadSource openPayloads(ScanKey key) {
    return new SingleKeyPayloads(key.isInTree() ? openPlace(key) : null, key.pending());
  }

  FullScanStream openFullScan(
      int root,
      PendingView pending,
      int column,
      int lastCategory,
      long tidCount,
      int pageSizeBytes) {
    FullScanStream stream =
        new FullScanStream(root, pending, column, lastCategory, tidCount, pageSizeBytes);
    fullScans.add(stream);
    return stream;
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
    for (FullScanStream stream : fullScans) {
      entryPages += stream.entryPages();
      postingPages += stream.postingPages();
      segmentsDecoded += stream.segmentsDecoded();
      segmentsSkipped += stream.segmentsSkipped();
    }
    return new ScanCounters(
        held + keyStreams.size() + fullScans.size(),
        entryPages,
        postingPages,
        segmentsDecoded,
        segmentsSkipped,
        candidates);
  }
}
