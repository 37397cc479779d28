package io.djinn.api;

import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.OperatorClasses;
import io.djinn.recovery.PageStoreOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Settings of a store, immutable; each {@code with} method checks its bound and names value and
 * limit where it does not hold.
 */
public final class DjinnOptions {
  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;

  private static final DjinnOptions DEFAULTS = new DjinnOptions();

  private int pageSizeBytes = 8 * KIB;
  private long frameMemoryBytes = 64L * MIB;
  private int logSegmentBytes = 16 * MIB;
  private long logLimitBytes = 1024L * MIB;
  private Durability durability = Durability.sync();
  private long maintenanceWorkMemBytes = 64L * MIB;
  private int maxParallelMaintenanceWorkers =
      Math.max(0, Runtime.getRuntime().availableProcessors() - 1);
  private long minParallelTableBytes = 8L * MIB;
  private long tempFileLimitBytes = Long.MAX_VALUE;
  private BuildLogging buildLogging = BuildLogging.MINIMAL;
  private Path tempDirectory;
  private long mapChunkBytes = 1024L * MIB;
  private int closeDeadlineMillis = 10_000;
  private boolean readOnly;
  private long scrubIntervalSeconds;
  private List<GinOperatorClass> operatorClasses = List.of();

  private DjinnOptions() {}

  private DjinnOptions(DjinnOptions from) {
    pageSizeBytes = from.pageSizeBytes;
    frameMemoryBytes = from.frameMemoryBytes;
    logSegmentBytes = from.logSegmentBytes;
    logLimitBytes = from.logLimitBytes;
    durability = from.durability;
    maintenanceWorkMemBytes = from.maintenanceWorkMemBytes;
    maxParallelMaintenanceWorkers = from.maxParallelMaintenanceWorkers;
    minParallelTableBytes = from.minParallelTableBytes;
    tempFileLimitBytes = from.tempFileLimitBytes;
    buildLogging = from.buildLogging;
    tempDirectory = from.tempDirectory;
    mapChunkBytes = from.mapChunkBytes;
    closeDeadlineMillis = from.closeDeadlineMillis;
    readOnly = from.readOnly;
    scrubIntervalSeconds = from.scrubIntervalSeconds;
    operatorClasses = from.operatorClasses;
  }

  public static DjinnOptions defaults() {
    return DEFAULTS;
  }

  private static void check(String name, long value, long least, long most, String unit) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " of " + value + " " + unit + ": must be " + least + " to " + most);
    }
  }

  /** Size of a page, used when a store is created: a power of two, 512 bytes to 64 KiB. */
  public DjinnOptions withPageSizeBytes(int bytes) {
    check("pageSize", bytes, 512, 64 * KIB, "bytes");
    if (Integer.bitCount(bytes) != 1) {
      throw new IllegalArgumentException("pageSize of " + bytes + " bytes: must be a power of two");
    }
    DjinnOptions copy = new DjinnOptions(this);
    copy.pageSizeBytes = bytes;
    return copy;
  }

  /** Memory for page versions, at least 64 pages. */
  public DjinnOptions withFrameMemoryBytes(long bytes) {
    check("frameMemory", bytes, 64 * 512, 1L << 40, "bytes");
    DjinnOptions copy = new DjinnOptions(this);
    copy.frameMemoryBytes = bytes;
    return copy;
  }

  /** Size of a log segment: a multiple of 4 KiB, 64 KiB to 1 GiB. */
  public DjinnOptions withLogSegmentBytes(int bytes) {
    check("logSegmentSize", bytes, 64 * KIB, 1024 * MIB, "bytes");
    if (bytes % (4 * KIB) != 0) {
      throw new IllegalArgumentException(
          "logSegmentSize of " + bytes + " bytes: must be a multiple of " + 4 * KIB);
    }
    DjinnOptions copy = new DjinnOptions(this);
    copy.logSegmentBytes = bytes;
    return copy;
  }

  /** Log kept at most, at least four segments; a checkpoint begins at half of it. */
  public DjinnOptions withLogLimitBytes(long bytes) {
    check("logLimit", bytes, 4 * 64 * KIB, 1L << 40, "bytes");
    DjinnOptions copy = new DjinnOptions(this);
    copy.logLimitBytes = bytes;
    return copy;
  }

  /** Durability of commits that do not ask for more. */
  public DjinnOptions withDurability(Durability mode) {
    DjinnOptions copy = new DjinnOptions(this);
    copy.durability = Objects.requireNonNull(mode);
    return copy;
  }

  /** Memory of a build unless the build says otherwise, at least 1 MiB. */
  public DjinnOptions withMaintenanceWorkMemBytes(long bytes) {
    check("maintenanceWorkMem", bytes, MIB, 1L << 40, "bytes");
    DjinnOptions copy = new DjinnOptions(this);
    copy.maintenanceWorkMemBytes = bytes;
    return copy;
  }

  /** Worker threads a build may have beside the leader, 0 to 1,024. */
  public DjinnOptions withMaxParallelMaintenanceWorkers(int workers) {
    check("maxParallelMaintenanceWorkers", workers, 0, 1024, "workers");
    DjinnOptions copy = new DjinnOptions(this);
    copy.maxParallelMaintenanceWorkers = workers;
    return copy;
  }

  /** Size of a source above which a build has one worker; each tripling gives one more. */
  public DjinnOptions withMinParallelTableBytes(long bytes) {
    check("minParallelTableSize", bytes, 0, Long.MAX_VALUE, "bytes");
    DjinnOptions copy = new DjinnOptions(this);
    copy.minParallelTableBytes = bytes;
    return copy;
  }

  /** The most bytes of temporary files one build may have. */
  public DjinnOptions withTempFileLimitBytes(long bytes) {
    check("tempFileLimit", bytes, 0, Long.MAX_VALUE, "bytes");
    DjinnOptions copy = new DjinnOptions(this);
    copy.tempFileLimitBytes = bytes;
    return copy;
  }

  /** What of the pages of a build goes into the log, unless the build says otherwise. */
  public DjinnOptions withBuildLogging(BuildLogging logging) {
    DjinnOptions copy = new DjinnOptions(this);
    copy.buildLogging = Objects.requireNonNull(logging);
    return copy;
  }

  /**
   * Where builds keep temporary files: in a directory of the store's own below this one, made where
   * there is none and called after the store's id. What an earlier process left there is removed
   * when the store is opened; where the directory is somebody else's, builds are refused by name.
   *
   * @param directory null for the store's own, which is the default
   */
  public DjinnOptions withTempDirectory(Path directory) {
    DjinnOptions copy = new DjinnOptions(this);
    copy.tempDirectory = directory;
    return copy;
  }

  /** Size of one mapping of the page file: a power of two, 64 KiB to 1 GiB. */
  public DjinnOptions withMapChunkBytes(long bytes) {
    check("mapChunk", bytes, 64 * KIB, 1024L * MIB, "bytes");
    if (Long.bitCount(bytes) != 1) {
      throw new IllegalArgumentException("mapChunk of " + bytes + " bytes: must be a power of two");
    }
    DjinnOptions copy = new DjinnOptions(this);
    copy.mapChunkBytes = bytes;
    return copy;
  }

  /** How long closing waits for readers inside a step, 0 to 600,000 ms. */
  public DjinnOptions withCloseDeadlineMillis(int millis) {
    check("closeDeadline", millis, 0, 600_000, "ms");
    DjinnOptions copy = new DjinnOptions(this);
    copy.closeDeadlineMillis = millis;
    return copy;
  }

  /**
   * Whether the store is opened for reading only: nothing on the disk is made, changed or removed,
   * and whatever would throws {@link io.djinn.error.ReadOnlyStoreException}. A store that was not
   * closed is redone in memory, as far as the frame memory reaches. No other open store may be
   * writing; other processes may read.
   */
  public DjinnOptions withReadOnly(boolean isReadOnly) {
    DjinnOptions copy = new DjinnOptions(this);
    copy.readOnly = isReadOnly;
    return copy;
  }

  public boolean readOnly() {
    return readOnly;
  }

  /**
   * Time in which every page is read and its checksum computed once, in the background and in small
   * steps: up to 366 days, 0 for never. What was found is in {@link Djinn#scrub}.
   */
  public DjinnOptions withScrubIntervalSeconds(long seconds) {
    check("scrubInterval", seconds, 0, 366L * 86_400, "seconds");
    DjinnOptions copy = new DjinnOptions(this);
    copy.scrubIntervalSeconds = seconds;
    return copy;
  }

  /**
   * Operator classes of this program, beside those found as services; they replace the ones given
   * before. The catalog of a store names classes: an index whose class is not given again when the
   * store is opened next can not be used until it is, only dropped.
   *
   * @throws IllegalArgumentException naming a class given twice, whose name can not be written, or
   *     that is another one than a service of its name makes
   */
  public DjinnOptions withOperatorClasses(GinOperatorClass... classes) {
    DjinnOptions copy = new DjinnOptions(this);
    copy.operatorClasses = OperatorClasses.given(classes);
    return copy;
  }

  /** The operator classes given. */
  public List<GinOperatorClass> operatorClasses() {
    return operatorClasses;
  }

  public Durability durability() {
    return durability;
  }

  public int pageSizeBytes() {
    return pageSizeBytes;
  }

  public long frameMemoryBytes() {
    return frameMemoryBytes;
  }

  public long maintenanceWorkMemBytes() {
    return maintenanceWorkMemBytes;
  }

  public int maxParallelMaintenanceWorkers() {
    return maxParallelMaintenanceWorkers;
  }

  public long minParallelTableBytes() {
    return minParallelTableBytes;
  }

  public long tempFileLimitBytes() {
    return tempFileLimitBytes;
  }

  public BuildLogging buildLogging() {
    return buildLogging;
  }

  /** Where builds keep temporary files, null for inside the store. */
  public Path tempDirectory() {
    return tempDirectory;
  }

  public long scrubIntervalSeconds() {
    return scrubIntervalSeconds;
  }

  /** Checks the options against each other. */
  PageStoreOptions toPageStoreOptions() {
    if (frameMemoryBytes < 64L * pageSizeBytes) {
      throw new IllegalArgumentException(
          "frameMemory of "
              + frameMemoryBytes
              + " bytes: must be at least 64 pages of "
              + pageSizeBytes
              + " bytes");
    }
    if (logLimitBytes < 4L * logSegmentBytes) {
      throw new IllegalArgumentException(
          "logLimit of "
              + logLimitBytes
              + " bytes: must be at least 4 segments of "
              + logSegmentBytes
              + " bytes");
    }
    return new PageStoreOptions(
        pageSizeBytes,
        frameMemoryBytes,
        logSegmentBytes,
        logLimitBytes,
        mapChunkBytes,
        closeDeadlineMillis * 1_000_000L);
  }
}
