package io.djinn.api;

import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.util.BitSet;

/** A closed store that schedules begin with, each on a copy of its own. */
final class ScheduleBase implements AutoCloseable {
  static final String INDEX = "i";
  static final int SEGMENT_BYTES = 64 << 10;
  static final int PAGE_BYTES = 512;

  private static final long MAP_BYTES = 1L << 20;
  private static final int BATCH_ROWS = 16;

  private final boolean fastUpdate;
  private final HistoryRows rows;
  private final BitSet present = new BitSet();
  private final SimVfs disk = new SimVfs(MAP_BYTES);

  /**
   * @param prefilled rows of the universe of which three quarters are there; beyond them is room
   */
  ScheduleBase(boolean fastUpdate, int prefilled, int room) {
    this.fastUpdate = fastUpdate;
    rows = new HistoryRows(prefilled + room);
    try (Djinn db = Djinn.open(new SimEnv(disk, prefilled), options(1024))) {
      GinIndex index = db.createGin(INDEX, spec());
      int row = 0;
      while (row < prefilled) {
        try (WriteBatch batch = db.begin()) {
          for (int i = 0; i < BATCH_ROWS && row < prefilled; i++, row++) {
            if (row % 4 != 3) {
              index.insert(batch, HistoryRows.tid(row), rows.value(row));
              present.set(row);
            }
          }
          batch.commit();
        }
      }
    }
  }

  static DjinnOptions options(int frames) {
    return DjinnOptions.defaults()
        .withPageSizeBytes(PAGE_BYTES)
        .withFrameMemoryBytes((long) frames * PAGE_BYTES)
        .withDurability(Durability.none())
        .withLogSegmentBytes(SEGMENT_BYTES)
        .withLogLimitBytes(4 * SEGMENT_BYTES)
        .withMapChunkBytes(MAP_BYTES);
  }

  /** An index of the kind of this store's. */
  GinSpec spec() {
    return GinSpec.column("c", ArrayOps.ofInts())
        .withFastUpdate(fastUpdate)
        .withPendingListLimit(64 << 10);
  }

  HistoryRows rows() {
    return rows;
  }

  BitSet present() {
    return (BitSet) present.clone();
  }

  SimVfs copy() {
    return disk.crash(CrashMode.NONE, 0);
  }

  @Override
  public void close() {
    disk.close();
  }

  @Override
  public String toString() {
    return (fastUpdate ? "pending list" : "no pending list") + ", " + rows.count() + " rows";
  }
}
