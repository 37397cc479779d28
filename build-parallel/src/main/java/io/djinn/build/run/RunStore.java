package io.djinn.build.run;

import io.djinn.build.accumulate.KeyTable;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.sort.BlockCodec;
import io.djinn.sort.BlockOutput;
import io.djinn.sort.MemoryBlocks;
import io.djinn.sort.Run;
import io.djinn.sort.RunFile;
import io.djinn.sort.RunIndex;
import io.djinn.sort.RunWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Writes one participant's runs, each into memory blocks while the budget allows, else behind the
 * others in the participant's temporary file, and owns their sparse indexes.
 */
public final class RunStore implements AutoCloseable {
  private static final int NO_FILE = -1;

  /**
   * An index takes the 64th part of what is left at most: where a table is hardly larger than its
   * keys there are many runs, and no number of them uses the budget up.
   */
  private static final int LEFT_BYTES_A_ENTRY = 64 * RunIndex.ENTRY_BYTES;

  private final int participant;
  private final MemoryAccount account;
  private final MemoryBlocks memory;
  private final SpillFiles files;
  private final int blockBytes;
  private final int indexEntries;
  private final Runnable pulse;
  private final List<MemoryRegion> indexes = new ArrayList<>();
  private BlockCodec codec;
  private MemoryRegion buffer;
  private int file = NO_FILE;
  private long fileEnd;
  private int runs;
  private long records;
  private long rawBytes;
  private long storedBytes;
  private long spilledBytes;

  /**
   * @param indexEntries the most entries of a run's sparse index
   * @param pulse run now and then; what it throws ends the writing
   */
  public RunStore(
      int participant,
      MemoryAccount account,
      MemoryBlocks memory,
      SpillFiles files,
      int blockBytes,
      int indexEntries,
      Runnable pulse) {
    this.participant = participant;
    this.account = account;
    this.memory = memory;
    this.files = files;
    this.blockBytes = blockBytes;
    this.indexEntries = indexEntries;
    this.pulse = pulse;
  }

  /** Bytes of buffers a store draws while it writes, beside indexes. */
  public static long workBytes(int blockBytes) {
    return blockBytes + BlockCodec.workBytes(blockBytes);
  }

  /** Draws the buffers. */
  public void open() {
    codec = new BlockCodec(account, blockBytes);
    buffer = MemoryRegion.allocate(account, blockBytes);
  }

  /** Gives the buffers back; what was written stays readable. */
  public void closeBuffers() {
    if (buffer != null) {
      buffer.close();
      buffer = null;
    }
    if (codec != null) {
      codec.close();
      codec = null;
    }
  }

  /**
   * Writes what a table holds as one run.
   *
   * @param sorted hears how many keys there are when they are in order
   */
  public Run write(KeyTable table, IntConsumer sorted) {
    BlockOutput out =
        memory.tryReserve(table.rawBytes(), RunWriter.HEAD_BYTES + table.longestKey());
    int into = Run.IN_MEMORY;
    if (out == null) {
      out = fileOutput();
      into = file;
    }
    RunWriter writer = new RunWriter(out, newIndex(table.rawBytes()), table.base());
    table.write(writer, pulse, sorted);
    return written(writer.finish(participant, runs, into, table.tids(), table.highestTid()));
  }

  /** A writer for a run made of other runs, to be ended by {@link #finish}. */
  public RunWriter begin(long base, long rawBytesAtMost) {
    return new RunWriter(fileOutput(), newIndex(rawBytesAtMost), base);
  }

  /** Ends a run begun by {@link #begin}. */
  public Run finish(RunWriter writer) {
    return written(writer.finish(participant, runs, file));
  }

  /** What is written from now on goes into a new file. */
  public void startNewFile() {
    file = NO_FILE;
  }

  private Run written(Run run) {
    runs++;
    records += run.keys();
    rawBytes += run.rawBytes();
    storedBytes += run.storedBytes();
    if (!run.isInMemory()) {
      spilledBytes += run.storedBytes();
      fileEnd += run.storedBytes();
    }
    return run;
  }

  private BlockOutput fileOutput() {
    if (file == NO_FILE) {
      file = files.create(participant, runs);
      fileEnd = 0;
    }
    int number = file;
    return new RunFile.Output(
        files.file(file),
        files.name(file),
        fileEnd,
        codec,
        buffer.address(),
        blockBytes,
        bytes -> files.count(number, bytes));
  }

  /** An index as large as is useful and can be had; with no entry where nothing can. */
  private RunIndex newIndex(long runBytes) {
    long useful = 4 * runBytes / RunIndex.STRIDE_BYTES + 1;
    long spare = memory.spareBytes();
    long fair = spare < RunIndex.ENTRY_BYTES ? 0 : Math.max(1, spare / LEFT_BYTES_A_ENTRY);
    int entries = (int) Math.min(indexEntries, Math.min(useful, fair));
    MemoryRegion region = null;
    while (region == null && entries > 0) {
      region = tryIndex(entries);
      entries = region == null ? entries / 2 : entries;
    }
    if (region == null) {
      return new RunIndex(0, 0, 0);
    }
    indexes.add(region);
    return new RunIndex(region.address(), entries, 0);
  }

  private MemoryRegion tryIndex(int entries) {
    return MemoryRegion.tryAllocate(account, (long) entries * RunIndex.ENTRY_BYTES);
  }

  /** Runs written so far. */
  public int runs() {
    return runs;
  }

  /** Their records: a key has one in each run it is in. */
  public long records() {
    return records;
  }

  /** Bytes of their records. */
  public long rawBytes() {
    return rawBytes;
  }

  /** Bytes they take as stored. */
  public long storedBytes() {
    return storedBytes;
  }

  /** Bytes of those in files. */
  public long spilledBytes() {
    return spilledBytes;
  }

  @Override
  public void close() {
    closeBuffers();
    indexes.forEach(MemoryRegion::close);
    indexes.clear();
  }
}
