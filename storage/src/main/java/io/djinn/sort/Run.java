package io.djinn.sort;

/**
 * What is known of a finished run: where it is and what it holds.
 *
 * @param participant who wrote it
 * @param number counts the runs of a participant, from 0
 * @param file number of the file it is in, or {@link #IN_MEMORY}
 * @param place of its first block; a run in a file is one extent that begins there
 * @param storedBytes bytes it takes as stored
 * @param rawBytes bytes of its records
 * @param keys number of records
 * @param tids number of TIDs, over all records
 * @param base no TID is below; lists count from here
 * @param lastTid no TID is above
 * @param longestKey bytes of its longest key
 * @param index its sparse index
 */
public record Run(
    int participant,
    int number,
    int file,
    long place,
    long storedBytes,
    long rawBytes,
    long keys,
    long tids,
    long base,
    long lastTid,
    int longestKey,
    RunIndex index) {
  /** The file of a run that is in memory blocks. */
  public static final int IN_MEMORY = -1;

  public boolean isInMemory() {
    return file == IN_MEMORY;
  }
}
