package io.djinn.perf;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/**
 * What the parts of {@link WritesCommand} do.
 *
 * @param directory for stores and files; what a part makes in it is deleted
 * @param rounds how often each kind of work has its turn
 * @param phaseMillis how long one turn of it is
 * @param seconds constant load in all
 * @param perSecond arrivals of the constant load a second
 * @param threads that take them
 * @param baseRows rows that are there before constant load and queries are measured
 * @param preparedRows different rows
 * @param pendingListLimit of the indexes, bytes
 */
record WritesPlan(
    Path directory,
    long seed,
    int rounds,
    int phaseMillis,
    int seconds,
    double perSecond,
    int threads,
    int baseRows,
    int preparedRows,
    long pendingListLimit) {

  /** Keys of a row, unless a part says otherwise. */
  static final int KEYS_PER_ROW = 55;

  List<String> arguments() {
    return List.of(
        directory.toString(),
        Long.toString(seed),
        Integer.toString(rounds),
        Integer.toString(phaseMillis),
        Integer.toString(seconds),
        Double.toString(perSecond),
        Integer.toString(threads),
        Integer.toString(baseRows),
        Integer.toString(preparedRows),
        Long.toString(pendingListLimit));
  }

  static WritesPlan parse(List<String> arguments) {
    Iterator<String> next = arguments.iterator();
    return new WritesPlan(
        Path.of(next.next()),
        Long.parseLong(next.next()),
        Integer.parseInt(next.next()),
        Integer.parseInt(next.next()),
        Integer.parseInt(next.next()),
        Double.parseDouble(next.next()),
        Integer.parseInt(next.next()),
        Integer.parseInt(next.next()),
        Integer.parseInt(next.next()),
        Long.parseLong(next.next()));
  }

  /** The plan with an arrival rate. */
  WritesPlan withPerSecond(double rate) {
    return new WritesPlan(
        directory,
        seed,
        rounds,
        phaseMillis,
        seconds,
        rate,
        threads,
        baseRows,
        preparedRows,
        pendingListLimit);
  }

  long phaseNanos() {
    return phaseMillis * 1_000_000L;
  }

  TrigramRows rows(int keysPerRow) {
    return new TrigramRows(keysPerRow, preparedRows, seed);
  }

  /** Where the part that runs has its store. */
  Path store() {
    return directory.resolve("store");
  }

  Path rawFile() {
    return directory.resolve("raw");
  }
}
