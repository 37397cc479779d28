package io.djinn.build.scan;

/**
 * The blocks of a source, one contiguous stretch a participant.
 *
 * <p>A participant takes small pieces from the front of its stretch. One that is done takes the
 * rear half of the largest rest as its new stretch. So what a participant takes between two starts
 * of a run is one interval of blocks, and all those intervals are disjoint.
 */
public final class Stretches {
  private static final long MAX_PIECE_BLOCKS = 16;

  /**
   * A piece is at most this part of its stretch's rest, so that there is something to take over.
   */
  private static final long REST_PARTS = 8;

  private final long[] next;
  private final long[] end;
  private final boolean[] begun;
  private long taken;

  public Stretches(long blockCount, int participants) {
    next = new long[participants];
    end = new long[participants];
    begun = new boolean[participants];
    for (int i = 0; i < participants; i++) {
      next[i] = share(blockCount, i, participants);
      end[i] = share(blockCount, i + 1, participants);
    }
  }

  private static long share(long blockCount, int part, int parts) {
    return blockCount / parts * part + blockCount % parts * part / parts;
  }

  /** The participant's next piece, or null where no blocks are left. */
  public synchronized Piece next(int participant) {
    if (next[participant] == end[participant] && !takeOver(participant)) {
      return null;
    }
    long from = next[participant];
    long rest = end[participant] - from;
    long blocks = Math.max(1, Math.min(MAX_PIECE_BLOCKS, rest / REST_PARTS));
    boolean starts = !begun[participant];
    begun[participant] = true;
    next[participant] = from + blocks;
    taken += blocks;
    return new Piece(from, from + blocks, starts);
  }

  private boolean takeOver(int participant) {
    int largest = 0;
    for (int i = 1; i < next.length; i++) {
      if (end[i] - next[i] > end[largest] - next[largest]) {
        largest = i;
      }
    }
    long rest = end[largest] - next[largest];
    if (rest == 0) {
      return false;
    }
    long from = end[largest] - (rest + 1) / 2;
    next[participant] = from;
    end[participant] = end[largest];
    end[largest] = from;
    begun[participant] = false;
    return true;
  }

  /** Blocks handed out so far. */
  public synchronized long takenBlocks() {
    return taken;
  }
}
