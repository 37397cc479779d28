package io.djinn.recovery;

import io.djinn.error.AlreadyOpenException;
import io.djinn.error.DjinnException;
import io.djinn.error.FormatVersionException;
import io.djinn.file.Env;
import io.djinn.file.OpenMode;
import io.djinn.file.Vfs;
import io.djinn.memory.MemoryAccount;
import io.djinn.wal.EditTable;
import io.djinn.wal.LogReader;
import io.djinn.wal.LogRecords;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;

/**
 * Reads the log of a closed store aloud, changing nothing.
 *
 * <p>It begins with the oldest record that is known to begin somewhere: the start of the present
 * run while its first segment is kept, otherwise the redo point.
 */
public final class LogInspection {
  private final EditTable table;
  private final Consumer<String> notes;
  private final ObjLongConsumer<String> records;

  /**
   * @param notes takes what is said of the log as a whole
   * @param records takes each record in words, with its LSN
   */
  public LogInspection(EditTable table, Consumer<String> notes, ObjLongConsumer<String> records) {
    this.table = table;
    this.notes = notes;
    this.records = records;
  }

  /** Reads the log of the store in the environment's directory, which is locked meanwhile. */
  public void read(Env env) {
    env.call(
        "djinn-inspect",
        () -> {
          try (Vfs vfs = env.vfs()) {
            read(vfs, new MemoryAccount("inspection", Long.MAX_VALUE, env.memory()));
          }
          return null;
        });
  }

  private void read(Vfs vfs, MemoryAccount account) throws IOException {
    if (!vfs.exists(ControlFile.NAME)) {
      throw new FormatVersionException(
          vfs.describe() + " is no Djinn store: it has no file " + ControlFile.NAME);
    }
    if (!vfs.tryLockForReading()) {
      throw new AlreadyOpenException(
          vfs.describe() + " is open already, in this process or in another one");
    }
    try (ControlFile control = ControlFile.open(vfs, OpenMode.READ_ONLY)) {
      ControlFile.State state = control.state();
      notes.accept("control: " + state);
      try (LogReader log = new LogReader(vfs, state.storeId(), account)) {
        for (LogReader.SegmentFile segment : log.files()) {
          notes.accept("segment: " + segment);
        }
        log.select(state.epoch(), state.startLsn(), state.takeoverLsn(), state.takeoverEpoch());
        read(log, state);
      }
    }
  }

  private void read(LogReader log, ControlFile.State state) throws IOException {
    boolean isWhole =
        log.files().stream()
            .anyMatch(
                segment ->
                    segment.epoch() == state.epoch() && segment.startLsn() == state.startLsn());
    long from = isWhole ? state.startLsn() : state.redoLsn();
    if (!log.seek(from)) {
      notes.accept("no segment holds LSN " + from);
      return;
    }
    if (log.isEmpty()) {
      notes.accept("the log is empty");
      return;
    }
    boolean isRedoShown = from >= state.redoLsn();
    while (log.next()) {
      if (!isRedoShown && log.recordLsn() >= state.redoLsn()) {
        isRedoShown = true;
        notes.accept("redo would start here");
      }
      records.accept(words(log), log.recordLsn());
    }
    notes.accept("end at LSN " + log.lsn() + ": " + log.stop());
  }

  private String words(LogReader log) {
    try {
      LogRecords.validate(log.body(), log.bodyLength());
      return LogRecords.describe(log.body(), log.bodyLength(), table);
    } catch (DjinnException e) {
      return "a record of " + log.bodyLength() + " bytes that makes no sense: " + e.getMessage();
    }
  }
}
