package io.djinn.recovery;

import io.djinn.error.DjinnException;
import io.djinn.error.FormatVersionException;
import io.djinn.file.OpenMode;
import io.djinn.file.RawFile;
import io.djinn.file.Vfs;
import io.djinn.memory.NativeMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.agrona.BufferUtil;

/**
 * The control file: where redo starts, in two slots written in turn.
 *
 * <pre>
 * byteOffset in a slot  bytes field           meaning
 *          0                8 magic           "DjinnCtl"
 *          8                4 version         format version of the store
 *         12                4 checksum        CRC-32C of the slot with this field zero
 *         16                8 storeId
 *         24                8 generation      counts writes; the higher one is newer
 *         32                8 redoLsn         where redo starts
 *         40                8 redoBatch       number of the newest batch before it
 *         48                8 epoch           the run of the log that holds redoLsn
 *         56                8 startLsn        first LSN of that run
 *         64                8 takeoverLsn     where another run goes on; the highest long for none
 *         72                8 takeoverEpoch   that run
 *         80                4 pageSize        bytes
 * </pre>
 *
 * A slot is 512 bytes, the second one at byte 4096. While a store is open both slots lie in its
 * present run, so either one alone leads to every acknowledged batch.
 */
public final class ControlFile implements AutoCloseable {
  /** Name of the file. */
  public static final String NAME = "control";

  /** Version of the store as a whole: pages, log, catalog. */
  public static final int FORMAT_VERSION = 6;

  static final int SLOT_BYTES = 512;
  static final int SLOT_DISTANCE = 4096;

  private static final long MAGIC = 0x6c74436e6e696a44L;
  private static final int VERSION = 8;
  private static final int CHECKSUM = 12;
  private static final int STORE_ID = 16;
  private static final int GENERATION = 24;
  private static final int REDO_LSN = 32;
  private static final int REDO_BATCH = 40;
  private static final int EPOCH = 48;
  private static final int START_LSN = 56;
  private static final int TAKEOVER_LSN = 64;
  private static final int TAKEOVER_EPOCH = 72;
  private static final int PAGE_SIZE = 80;

  /**
   * What a slot says.
   *
   * @param takeoverLsn {@link Long#MAX_VALUE} where the log is one run
   */
  public record State(
      long storeId,
      int pageSizeBytes,
      long generation,
      long redoLsn,
      long redoBatch,
      long epoch,
      long startLsn,
      long takeoverLsn,
      long takeoverEpoch) {
    State next(long newRedoLsn, long newRedoBatch) {
      return new State(
          storeId,
          pageSizeBytes,
          generation + 1,
          newRedoLsn,
          newRedoBatch,
          epoch,
          startLsn,
          takeoverLsn,
          takeoverEpoch);
    }

    State inRun(long newEpoch, long newStartLsn) {
      return new State(
          storeId,
          pageSizeBytes,
          generation,
          redoLsn,
          redoBatch,
          newEpoch,
          newStartLsn,
          Long.MAX_VALUE,
          0);
    }

    State takenOver(long lsn, long byEpoch) {
      return new State(
          storeId,
          pageSizeBytes,
          generation + 1,
          redoLsn,
          redoBatch,
          epoch,
          startLsn,
          lsn,
          byEpoch);
    }
  }

  private final RawFile file;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(SLOT_BYTES).order(ByteOrder.nativeOrder());
  private final long slot = BufferUtil.address(buffer);

  /** Replaced as a whole, so that readers never wait for a sync. */
  private volatile State[] slots = new State[2];

  private ControlFile(RawFile file) {
    this.file = file;
  }

  /** Makes the control file of a new store; durable, and only then visible, when this returns. */
  static void create(Vfs vfs, State state) throws IOException {
    String unfinished = "tmp/" + NAME;
    if (vfs.exists(unfinished)) {
      vfs.delete(unfinished);
    }
    try (ControlFile control = new ControlFile(vfs.open(unfinished, OpenMode.CREATE_NEW))) {
      control.file.allocate(0, 2L * SLOT_DISTANCE);
      control.write(0, state);
      control.write(1, state.next(state.redoLsn(), state.redoBatch()));
      control.file.sync(true);
    }
    vfs.rename(unfinished, NAME);
    vfs.syncDirectory("");
    vfs.syncDirectory("tmp");
  }

  /** Throws where the file was replaced or cut by somebody else. */
  void requireInPlace() throws IOException {
    if (!file.isInPlace(2L * SLOT_DISTANCE)) {
      throw new DjinnException("file " + NAME + " was replaced, or cut");
    }
  }

  /** Opens the control file of a store. */
  static ControlFile open(Vfs vfs) throws IOException {
    return open(vfs, OpenMode.READ_WRITE);
  }

  /** Opens the control file of a store, as what it will be used for. */
  static ControlFile open(Vfs vfs, OpenMode mode) throws IOException {
    ControlFile control = new ControlFile(vfs.open(NAME, mode));
    try {
      control.readSlots(vfs);
      return control;
    } catch (Throwable t) {
      control.close();
      throw t;
    }
  }

  private void readSlots(Vfs vfs) throws IOException {
    long size = file.sizeBytes();
    int foreign = 0;
    for (int at = 0; at < 2; at++) {
      if (size < at * SLOT_DISTANCE + SLOT_BYTES) {
        continue;
      }
      file.readFully((long) at * SLOT_DISTANCE, slot, SLOT_BYTES);
      if (NativeMemory.getLong(slot) != MAGIC
          || NativeMemory.getInt(slot + CHECKSUM) != checksum()) {
        continue;
      }
      int version = NativeMemory.getInt(slot + VERSION);
      if (version != FORMAT_VERSION) {
        foreign = version;
        continue;
      }
      set(at, decode());
    }
    if (foreign != 0) {
      throw new FormatVersionException(
          vfs.describe()
              + ": the store has format version "
              + foreign
              + ", this engine reads version "
              + FORMAT_VERSION);
    }
    if (slots[0] == null && slots[1] == null) {
      throw new DjinnException(
          vfs.describe() + ": both slots of file " + NAME + " are damaged; nothing was changed");
    }
  }

  private State decode() {
    return new State(
        NativeMemory.getLong(slot + STORE_ID),
        NativeMemory.getInt(slot + PAGE_SIZE),
        NativeMemory.getLong(slot + GENERATION),
        NativeMemory.getLong(slot + REDO_LSN),
        NativeMemory.getLong(slot + REDO_BATCH),
        NativeMemory.getLong(slot + EPOCH),
        NativeMemory.getLong(slot + START_LSN),
        NativeMemory.getLong(slot + TAKEOVER_LSN),
        NativeMemory.getLong(slot + TAKEOVER_EPOCH));
  }

  private int checksum() {
    int carried = NativeMemory.getInt(slot + CHECKSUM);
    NativeMemory.putInt(slot + CHECKSUM, 0);
    CRC32C crc = new CRC32C();
    buffer.clear();
    crc.update(buffer);
    NativeMemory.putInt(slot + CHECKSUM, carried);
    return (int) crc.getValue();
  }

  private void set(int at, State state) {
    State[] changed = slots.clone();
    changed[at] = state;
    slots = changed;
  }

  private static int newest(State[] slots) {
    if (slots[0] == null || slots[1] == null) {
      return slots[0] == null ? 1 : 0;
    }
    return slots[0].generation() > slots[1].generation() ? 0 : 1;
  }

  /** What the newest valid slot says. */
  State state() {
    State[] present = slots;
    return present[newest(present)];
  }

  private State older() {
    State[] present = slots;
    State other = present[1 - newest(present)];
    return other != null ? other : present[newest(present)];
  }

  /** The lowest redo position of both slots: log below it is not needed by either. */
  long lowestRedoLsn() {
    return older().redoLsn();
  }

  /** Newest batch before the lower redo point of the two slots. */
  long lowestRedoBatch() {
    return older().redoBatch();
  }

  /** Writes and syncs the slot that is not the newest one, which counts from then on. */
  void write(State state) throws IOException {
    int at = 1 - newest(slots);
    write(at, state);
    file.sync(false);
    set(at, state);
  }

  private void write(int at, State state) throws IOException {
    NativeMemory.fill(slot, SLOT_BYTES, 0);
    NativeMemory.putLong(slot, MAGIC);
    NativeMemory.putInt(slot + VERSION, FORMAT_VERSION);
    NativeMemory.putLong(slot + STORE_ID, state.storeId());
    NativeMemory.putLong(slot + GENERATION, state.generation());
    NativeMemory.putLong(slot + REDO_LSN, state.redoLsn());
    NativeMemory.putLong(slot + REDO_BATCH, state.redoBatch());
    NativeMemory.putLong(slot + EPOCH, state.epoch());
    NativeMemory.putLong(slot + START_LSN, state.startLsn());
    NativeMemory.putLong(slot + TAKEOVER_LSN, state.takeoverLsn());
    NativeMemory.putLong(slot + TAKEOVER_EPOCH, state.takeoverEpoch());
    NativeMemory.putInt(slot + PAGE_SIZE, state.pageSizeBytes());
    NativeMemory.putInt(slot + CHECKSUM, checksum());
    file.writeFully((long) at * SLOT_DISTANCE, slot, SLOT_BYTES);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
