package io.djinn.testkit;

/** One call on a simulated directory, shown to an {@link IoHook} that may bend it. */
public final class IoCall {
  private final IoOp op;
  private final String name;
  private final long byteOffset;
  private final long lengthBytes;
  private final long number;
  private final long operation;

  private int limitBytes = Integer.MAX_VALUE;
  private long reaches;
  private boolean pauses;
  private SyncFailure syncFailure;
  private long partSeed;

  IoCall(IoOp op, String name, long byteOffset, long lengthBytes, long number, long operation) {
    this.op = op;
    this.name = name;
    this.byteOffset = byteOffset;
    this.lengthBytes = lengthBytes;
    this.number = number;
    this.operation = operation;
    reaches = byteOffset;
  }

  public IoOp op() {
    return op;
  }

  /** The file or directory; of a rename the old name. */
  public String name() {
    return name;
  }

  public long byteOffset() {
    return byteOffset;
  }

  public long lengthBytes() {
    return lengthBytes;
  }

  /** Its number among all calls, from 1. */
  public long number() {
    return number;
  }

  /** Its number among the calls that change something, from 1; else that of the last one. */
  public long operation() {
    return operation;
  }

  /** Lets a read or write move at most this many bytes. */
  public void shorten(int bytes) {
    require(op == IoOp.PWRITE && bytes > 0 || op == IoOp.PREAD && bytes >= 0, "shorten");
    limitBytes = bytes;
  }

  /** Lets a write be seen in the cache but never come to the disk. */
  public void lose() {
    require(op == IoOp.PWRITE, "lose");
    reaches = -1;
  }

  /** Lets the sectors of a write come to the disk at another place of the file. */
  public void misdirect(long toByteOffset) {
    require(op == IoOp.PWRITE && toByteOffset >= 0, "misdirect");
    reaches = toByteOffset;
  }

  /** Lets a write stop in the middle for {@link IoHook#halfway}. */
  public void pauseHalfway() {
    require(op == IoOp.PWRITE, "pause halfway");
    pauses = true;
  }

  /** Lets a sync fail with nothing more durable than before. */
  public void failSync(SyncFailure failure) {
    failSync(failure, 0);
  }

  /** Lets a sync fail with a random part of the effects durable; seed 0 is none of them. */
  public void failSync(SyncFailure failure, long seed) {
    require(op == IoOp.SYNC || op == IoOp.SYNC_DIRECTORY, "fail to sync");
    syncFailure = failure;
    partSeed = seed;
  }

  int limitBytes() {
    return limitBytes;
  }

  long reaches() {
    return reaches;
  }

  boolean pauses() {
    return pauses;
  }

  SyncFailure syncFailure() {
    return syncFailure;
  }

  long partSeed() {
    return partSeed;
  }

  private void require(boolean possible, String what) {
    if (!possible) {
      throw new IllegalStateException(this + " cannot " + what);
    }
  }

  @Override
  public String toString() {
    return op + " " + name + " " + byteOffset + " " + lengthBytes + " #" + number;
  }
}
