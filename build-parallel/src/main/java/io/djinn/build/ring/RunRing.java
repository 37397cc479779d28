package io.djinn.build.ring;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.sort.Run;
import io.djinn.sort.RunIndex;
import java.util.ArrayList;
import java.util.List;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RecordDescriptor;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * The ring one participant hands its finished runs through: handles, never the bytes of runs.
 *
 * <p>It has room for more handles than the participant's share of the budget has blocks. Runs in
 * files may still be more: a participant that finds its ring full empties it into the leader's list
 * itself, so a put never waits. The consuming side is entered by one thread at a time.
 *
 * <pre>
 * byteOffset bytes field         meaning, of a handle
 *          0     4 participant
 *          4     4 number
 *          8     4 file
 *         12     4 indexCount    entries of the sparse index
 *         16     8 indexAddress
 *         24     8 place
 *         32     8 storedBytes
 *         40     8 rawBytes
 *         48     8 keys
 *         56     8 tids
 *         64     8 base
 *         72     8 lastTid
 *         80     4 longestKey
 * </pre>
 */
public final class RunRing implements AutoCloseable {
  private static final int PARTICIPANT = 0;
  private static final int NUMBER = PARTICIPANT + 4;
  private static final int FILE = NUMBER + 4;
  private static final int INDEX_COUNT = FILE + 4;
  private static final int INDEX_ADDRESS = INDEX_COUNT + 4;
  private static final int PLACE = INDEX_ADDRESS + 8;
  private static final int STORED_BYTES = PLACE + 8;
  private static final int RAW_BYTES = STORED_BYTES + 8;
  private static final int KEYS = RAW_BYTES + 8;
  private static final int TIDS = KEYS + 8;
  private static final int BASE = TIDS + 8;
  private static final int LAST_TID = BASE + 8;
  private static final int LONGEST_KEY = LAST_TID + 8;
  private static final int LENGTH = LONGEST_KEY + 8;

  private static final int RUN_MESSAGE = 1;

  /** Bytes a handle takes in a ring. */
  public static final int HANDLE_BYTES = LENGTH + RecordDescriptor.HEADER_LENGTH;

  private final MemoryRegion region;
  private final int blockBytes;
  private final OneToOneRingBuffer ring;
  private final List<Run> received = new ArrayList<>();
  private final MessageHandler receive = this::receive;
  private long runs;
  private long blocks;
  private long bytes;
  private long stalls;

  /**
   * @param ringBytes a power of two, at least eight handles
   * @param blockBytes of a block of a run
   */
  public RunRing(MemoryAccount account, int ringBytes, int blockBytes) {
    this.blockBytes = blockBytes;
    region = MemoryRegion.allocate(account, workBytes(ringBytes));
    NativeMemory.fill(region.address(), region.sizeBytes(), 0);
    ring = new OneToOneRingBuffer(new UnsafeBuffer(region.address(), (int) region.sizeBytes()));
  }

  /** Bytes a ring draws. */
  public static int workBytes(int ringBytes) {
    return ringBytes + RingBufferDescriptor.TRAILER_LENGTH;
  }

  /** Hands a run over; called by the participant alone. */
  public void put(Run run) {
    int at = ring.tryClaim(RUN_MESSAGE, LENGTH);
    if (at < 0) {
      stalls++;
      drain();
      at = ring.tryClaim(RUN_MESSAGE, LENGTH);
      if (at < 0) {
        throw new IllegalStateException("an empty ring has no room for a handle");
      }
    }
    MutableDirectBuffer buffer = ring.buffer();
    buffer.putInt(at + PARTICIPANT, run.participant());
    buffer.putInt(at + NUMBER, run.number());
    buffer.putInt(at + FILE, run.file());
    buffer.putInt(at + INDEX_COUNT, run.index().count());
    buffer.putLong(at + INDEX_ADDRESS, run.index().address());
    buffer.putLong(at + PLACE, run.place());
    buffer.putLong(at + STORED_BYTES, run.storedBytes());
    buffer.putLong(at + RAW_BYTES, run.rawBytes());
    buffer.putLong(at + KEYS, run.keys());
    buffer.putLong(at + TIDS, run.tids());
    buffer.putLong(at + BASE, run.base());
    buffer.putLong(at + LAST_TID, run.lastTid());
    buffer.putInt(at + LONGEST_KEY, run.longestKey());
    ring.commit(at);
    runs++;
    blocks += (run.rawBytes() + blockBytes - 1) / blockBytes;
    bytes += run.storedBytes();
  }

  /** Runs put in so far. */
  public long runs() {
    return runs;
  }

  /** Blocks their records fill. */
  public long blocks() {
    return blocks;
  }

  /** Bytes of those runs as stored. */
  public long bytes() {
    return bytes;
  }

  /** Puts that found the ring full, and emptied it themselves. */
  public long stalls() {
    return stalls;
  }

  private synchronized void drain() {
    while (ring.size() > 0) {
      // One read ends where the buffer wraps, and may have met nothing but padding.
      ring.read(receive);
    }
  }

  private void receive(int type, MutableDirectBuffer buffer, int at, int length) {
    assert type == RUN_MESSAGE && length == LENGTH;
    int indexCount = buffer.getInt(at + INDEX_COUNT);
    received.add(
        new Run(
            buffer.getInt(at + PARTICIPANT),
            buffer.getInt(at + NUMBER),
            buffer.getInt(at + FILE),
            buffer.getLong(at + PLACE),
            buffer.getLong(at + STORED_BYTES),
            buffer.getLong(at + RAW_BYTES),
            buffer.getLong(at + KEYS),
            buffer.getLong(at + TIDS),
            buffer.getLong(at + BASE),
            buffer.getLong(at + LAST_TID),
            buffer.getInt(at + LONGEST_KEY),
            new RunIndex(buffer.getLong(at + INDEX_ADDRESS), Math.max(1, indexCount), indexCount)));
  }

  /** The runs handed over since the last call, in order; called by the leader. */
  public synchronized List<Run> take() {
    drain();
    List<Run> runs = List.copyOf(received);
    received.clear();
    return runs;
  }

  @Override
  public void close() {
    region.close();
  }
}
