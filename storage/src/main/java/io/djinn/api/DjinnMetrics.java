package io.djinn.api;

import io.djinn.metrics.EventCount;
import io.djinn.metrics.Metrics;
import io.djinn.metrics.WaitCause;
import io.djinn.recovery.PageStore;
import org.HdrHistogram.Histogram;

/**
 * What a store did since it was opened, and how long its threads waited for what: the figures of
 * one moment.
 *
 * @param commits commits that returned
 * @param batches batches appended to the log; commits that waited together share one
 * @param sharedBatches batches of more than one commit
 * @param splitGroups groups of commits applied one by one, because one of them failed
 * @param rows rows inserted and deleted by commits that returned
 * @param logBytes bytes of records appended
 * @param logSyncs syncs of the log
 * @param pagesWritten pages written over the page file; those of a bulk load are not among them
 * @param checkpoints checkpoints finished
 * @param snapshotsExpired snapshots given up to free frames or log
 * @param framesInUse frames that hold a version of a page
 * @param frames frames there are
 * @param slotWait how long commits waited for the writer's slot, those that did not wait included
 * @param backPressure how long the batch in the slot waited for room in the log or for frames,
 *     where it had to
 * @param syncWait how long commits that are durable when they return waited from their append until
 *     they were published
 * @param merge how long slices of merging pending lists took
 * @param checkpoint how long checkpoints took
 */
public record DjinnMetrics(
    long commits,
    long batches,
    long sharedBatches,
    long splitGroups,
    long rows,
    long logBytes,
    long logSyncs,
    long pagesWritten,
    long checkpoints,
    long snapshotsExpired,
    long framesInUse,
    long frames,
    Waits slotWait,
    Waits backPressure,
    Waits syncWait,
    Waits merge,
    Waits checkpoint) {

  /**
   * A distribution of times, nanoseconds; a percentile is at most a hundredth off.
   *
   * @param count times taken
   * @param totalNanos their sum
   * @param maxNanos the longest, exact
   */
  public record Waits(
      long count,
      long totalNanos,
      long p50Nanos,
      long p90Nanos,
      long p99Nanos,
      long p999Nanos,
      long maxNanos) {
    private static Waits of(Metrics metrics, WaitCause cause) {
      Histogram waits = metrics.waits(cause);
      long max = metrics.longestNanos(cause);
      return new Waits(
          waits.getTotalCount(),
          metrics.totalNanos(cause),
          Math.min(max, waits.getValueAtPercentile(50)),
          Math.min(max, waits.getValueAtPercentile(90)),
          Math.min(max, waits.getValueAtPercentile(99)),
          Math.min(max, waits.getValueAtPercentile(99.9)),
          max);
    }
  }

  static DjinnMetrics of(PageStore store) {
    Metrics metrics = store.metrics();
    int frames = store.versions().frameCount();
    return new DjinnMetrics(
        metrics.count(EventCount.COMMITS),
        metrics.count(EventCount.BATCHES),
        metrics.count(EventCount.SHARED_BATCHES),
        metrics.count(EventCount.SPLIT_GROUPS),
        metrics.count(EventCount.ROWS),
        store.logBytes(),
        store.logSyncs(),
        metrics.count(EventCount.PAGES_WRITTEN),
        metrics.count(EventCount.CHECKPOINTS),
        store.versions().snapshots().expiredCount(),
        frames - store.versions().freeFrames(),
        frames,
        Waits.of(metrics, WaitCause.SLOT),
        Waits.of(metrics, WaitCause.BACK_PRESSURE),
        Waits.of(metrics, WaitCause.SYNC),
        Waits.of(metrics, WaitCause.MERGE),
        Waits.of(metrics, WaitCause.CHECKPOINT));
  }
}
