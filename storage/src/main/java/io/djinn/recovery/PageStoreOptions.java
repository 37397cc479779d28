package io.djinn.recovery;

/**
 * Sizes of a store's parts, checked by whoever gives them.
 *
 * @param pageSizeBytes used at creation; an existing store keeps its own
 * @param frameMemoryBytes memory for page versions
 * @param logSegmentBytes size of a log segment
 * @param logLimitBytes log kept at most; a checkpoint begins at half of it
 * @param mapChunkBytes size of one mapping of the page file
 * @param closeDeadlineNanos how long closing waits for readers inside a step
 */
public record PageStoreOptions(
    int pageSizeBytes,
    long frameMemoryBytes,
    int logSegmentBytes,
    long logLimitBytes,
    long mapChunkBytes,
    long closeDeadlineNanos) {
  static final int LOG_RING_BYTES = 1 << 20;

  int ringBytes() {
    return Math.min(LOG_RING_BYTES, logSegmentBytes);
  }

  int frames(int actualPageSizeBytes) {
    return (int) Math.min(Integer.MAX_VALUE - 8, frameMemoryBytes / actualPageSizeBytes);
  }
}
