package io.djinn.recovery;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.NativeMemory;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.SimVfs;
import io.djinn.wal.LogFormat;
import io.djinn.wal.LogReader;
import io.djinn.wal.LogRecords;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Where the records of a closed log lie in its files, and what of them is known to be synced. */
public final class LogBytes {
  private static final int COMMIT = 3;

  /**
   * A record.
   *
   * @param lsn of its header
   * @param bytes of header and body
   * @param epoch of the run it is in
   * @param body its body
   */
  public record Placed(long lsn, int bytes, long epoch, byte[] body) {
    public int type() {
      return body[0];
    }

    boolean isCommit() {
      return type() == COMMIT;
    }
  }

  public final List<Placed> records = new ArrayList<>();
  public final BitSet types = new BitSet();
  public final BitSet opCodes = new BitSet();
  public final long storeId;
  public final long redoLsn;
  public final long syncedLsn;
  public final long endLsn;
  private final List<LogReader.SegmentFile> segments;

  /** Reads a copy of the disk. */
  public LogBytes(SimVfs disk) throws IOException {
    try (SimVfs copy = disk.crash(CrashMode.ALL, 0);
        ControlFile control = ControlFile.open(copy);
        LogReader reader =
            new LogReader(copy, control.state().storeId(), new MemoryAccount("t", 1 << 20))) {
      ControlFile.State state = control.state();
      storeId = state.storeId();
      redoLsn = state.redoLsn();
      reader.select(state.epoch(), state.startLsn(), state.takeoverLsn(), state.takeoverEpoch());
      segments =
          reader.files().stream()
              .filter(s -> s.epoch() == state.epoch() && s.endLsn() > redoLsn)
              .toList();
      syncedLsn = Math.max(redoLsn, reader.highestSyncedLsn());
      reader.seek(redoLsn);
      while (!reader.isEmpty() && reader.next()) {
        byte[] body = new byte[reader.bodyLength()];
        NativeMemory.copyToArray(reader.body(), body, 0, body.length);
        records.add(
            new Placed(
                reader.recordLsn(),
                LogFormat.RECORD_HEADER_BYTES + body.length,
                state.epoch(),
                body));
        note(reader.body(), body.length);
      }
      endLsn = reader.lsn();
    }
  }

  private void note(long body, int length) {
    types.set(LogRecords.type(body));
    if (LogRecords.isEdits(body)) {
      for (int at = 5; at < length; ) {
        opCodes.set(NativeMemory.getUnsignedByte(body + at));
        at += LogRecords.EDIT_HEADER_BYTES + NativeMemory.getUnsignedShort(body + at + 1);
      }
    }
  }

  /** The segment file that holds a position. */
  public String file(long lsn) {
    return segment(lsn).name();
  }

  /** Every segment file behind the redo point. */
  public List<LogReader.SegmentFile> segments() {
    return segments;
  }

  private LogReader.SegmentFile segment(long lsn) {
    for (LogReader.SegmentFile s : segments) {
      if (lsn >= s.startLsn() && lsn < s.endLsn()) {
        return s;
      }
    }
    throw new IllegalArgumentException("no segment holds LSN " + lsn);
  }

  /** Where a position lies in its file. */
  public long offset(long lsn) {
    long at = lsn - segment(lsn).startLsn();
    return (at / LogFormat.BLOCK_PAYLOAD_BYTES + 1) * LogFormat.BLOCK_BYTES
        + LogFormat.BLOCK_HEADER_BYTES
        + at % LogFormat.BLOCK_PAYLOAD_BYTES;
  }
}
