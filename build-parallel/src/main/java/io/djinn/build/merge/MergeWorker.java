package io.djinn.build.merge;

import io.djinn.build.merge.KeyRanges.Range;
import io.djinn.build.run.SpillFiles;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
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

  /** Bytes a worker draws beside the blocks of its inputs. */
  public static long fixedBytes(int blockBytes, int keyLimit) {
    return keyLimit + BlockCodec.workBytes(blockBytes);
  }

  /** Merges whole runs. */
  public void merge(List<Run> runs, MergeSink sink) {
    merge(runs, new Range(0, 0, 0, 0, -1, 0), sink);
  }

  /** Merges one range of runs. */
  public void merge(List<Run> runs, Range range, MergeSink sink) {
    RunMerge merge = new RunMerge(runs.size(), keyBuffer.address(), pulse);
    int input = 0;
    for (Run run : runs) {
      BlockInput in = run.isInMemory() ? MemoryBlocks.input() : fileInput(run, input++);
      RunCursor cursor = new RunCursor(run, in);
      if (cursor.open(range.start(), range.startLength())) {
        merge.add(cursor);
      }
      pulse.run();
    }
    merge.run(range.end(), range.endLength(), sink);
    keys += merge.keys();
    tids += merge.tids();
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
