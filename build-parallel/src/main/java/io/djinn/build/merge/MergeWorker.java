package io.djinn.build.merge;

import io.djinn.build.run.SpillFiles;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.sort.BlockCodec;
import io.djinn.sort.BlockInput;
import io.djinn.sort.MemoryBlocks;
import io.djinn.sort.MergeSink;
import io.djinn.sort.Run;
import io.djinn.sort.RunCursor;
import io.djinn.sort.RunFile;
import io.djinn.sort.RunMerge;
import java.util.List;

/**
 * One thread's merging: opens its own cursors in all runs and feeds a sink.
 *
 * <p>A run in memory is read in place; one in a file takes one block of input, and all share the
 * codec's buffer for what is stored.
 */
public final class MergeWorker implements AutoCloseable {
  private final MemoryAccount account;
  private final SpillFiles files;
  private final int blockBytes;
  private final int fanIn;
  private final Runnable pulse;
  private final MemoryRegion keyBuffer;
  private final MemoryRegion inputs;
  private final BlockCodec codec;
  private long keys;
  private long tids;

  /**
   * @param fanIn the most runs in files of one merge
   * @param keyLimit bytes of the longest composite key
   * @param pulse run now and then; what it throws ends the merge
   */
  public MergeWorker(
      MemoryAccount account,
      SpillFiles files,
      int blockBytes,
      int fanIn,
      int keyLimit,
      Runnable pulse) {
    this.account = account;
    this.files = files;
    this.blockBytes = blockBytes;
    this.fanIn = fanIn;
    this.pulse = pulse;
    keyBuffer = MemoryRegion.allocate(account, keyLimit);
    try {
      codec = new BlockCodec(account, blockBytes);
      try {
        inputs = MemoryRegion.allocate(account, (long) fanIn * blockBytes);
      } catch (Throwable t) {
        codec.close();
        throw t;
      }
    } catch (Throwable t) {
      keyBuffer.close();
      throw t;
    }
  }

  /** Bytes a worker draws beside the blocks of its inputs and {@link #keyBytes}. */
  public static long fixedBytes(int blockBytes, int keyLimit) {
    return keyLimit + BlockCodec.workBytes(blockBytes);
  }

  /** Bytes a worker draws for the keys of runs it merges. */
  public static long keyBytes(List<Run> runs) {
    return runs.stream().mapToLong(Run::longestKey).sum();
  }

  /** Merges whole runs. */
  public void merge(List<Run> runs, MergeSink sink) {
    merge(runs, MergeTask.of(KeyRange.all()), sink);
  }

  /** Merges a task's part of runs. */
  public void merge(List<Run> runs, MergeTask task, MergeSink sink) {
    try (MemoryRegion keyBuffers = MemoryRegion.allocate(account, keyBytes(runs))) {
      merge(runs, task, keyBuffers.address(), sink);
    }
  }

  private void merge(List<Run> runs, MergeTask task, long keyBuffers, MergeSink sink) {
    KeyRange range = task.range();
    RunMerge merge = new RunMerge(runs.size(), keyBuffer.address(), pulse);
    int input = 0;
    long nextKey = keyBuffers;
    for (Run run : runs) {
      BlockInput in = run.isInMemory() ? MemoryBlocks.input() : fileInput(run, input++);
      RunCursor cursor = new RunCursor(run, new PulsedInput(in, pulse), nextKey);
      nextKey += run.longestKey();
      if (isIn(run, task) && open(cursor, range)) {
        merge.add(cursor);
      }
    }
    if (range.isOneKey()) {
      merge.runPart(task.fromTid(), task.belowTid(), sink);
    } else {
      merge.run(range, sink);
    }
    keys += merge.keys();
    tids += merge.tids();
  }

  private static boolean isIn(Run run, MergeTask task) {
    return run.base() < task.belowTid() && run.lastTid() >= task.fromTid();
  }

  private static boolean open(RunCursor cursor, KeyRange range) {
    if (range.startsBehindKey()) {
      return cursor.openBehind(range.start(), range.startLength());
    }
    return cursor.open(range.start(), range.startLength())
        && (!range.isOneKey()
            || NativeMemory.compare(
                    cursor.key(), cursor.keyLength(), range.start(), range.startLength())
                == 0);
  }

  private BlockInput fileInput(Run run, int input) {
    if (input >= fanIn) {
      throw new IllegalStateException("more runs in files than the fan-in of " + fanIn);
    }
    return new RunFile.Input(
        files.file(run.file()),
        files.name(run.file()),
        run.place(),
        run.storedBytes(),
        codec,
        inputs.address() + (long) input * blockBytes,
        blockBytes);
  }

  /** Keys merged so far. */
  public long keys() {
    return keys;
  }

  /** TIDs merged so far. */
  public long tids() {
    return tids;
  }

  @Override
  public void close() {
    inputs.close();
    codec.close();
    keyBuffer.close();
  }
}
