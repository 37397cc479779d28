package io.djinn.nativetests;

import io.djinn.nativetests.FaultShim.Call;
import java.util.List;

/**
 * One fault of a system call in one task.
 *
 * @param isOnce whether only that call fails; else all later ones do as well
 */
record FaultCase(
    FaultyProcess.Task task, Call call, long nth, String action, String files, boolean isOnce) {
  String rule() {
    return call + ":" + nth + ":" + action + ":" + files + (isOnce ? ":once" : "");
  }

  /** Whether the call reports success without having done what was asked for. */
  boolean isLie() {
    return action.equals("DROP");
  }

  /** Whether nobody may notice: a sync that is not done shows in a power cut only. */
  boolean isHarmless() {
    return isLie() && (call == Call.FSYNC || call == Call.FDATASYNC)
        || action.startsWith("DELAY")
        || action.equals("SHORT") && isOnce;
  }

  /** A sync that failed. */
  boolean isFailedSync() {
    return (call == Call.FSYNC || call == Call.FDATASYNC) && !isHarmless();
  }

  static List<String> actions(Call call) {
    return switch (call) {
      case PREAD64 -> List.of("EIO", "SHORT");
      case PWRITE64, PWRITEV64, WRITE -> List.of("EIO", "ENOSPC", "EDQUOT", "SHORT", "DROP");
      case FSYNC, FDATASYNC -> List.of("EIO", "ENOSPC", "STALE_SYNC", "DROP", "DELAY=20000");
      case FTRUNCATE64, FALLOCATE64, SYNC_FILE_RANGE -> List.of("EIO", "DROP");
      case OPEN64 -> List.of("EIO", "EMFILE", "EACCES");
      case RENAME -> List.of("EIO", "ENOSPC", "DROP");
      case UNLINK -> List.of("EIO", "EROFS", "DROP");
      case MKDIR -> List.of("EIO", "ENOSPC", "EROFS");
      case MMAP64 -> List.of("ENOMEM");
    };
  }

  @Override
  public String toString() {
    return task + " " + rule();
  }
}
