package io.djinn.api;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What many threads did to a set of rows and saw of it, each with the moments at which it began and
 * ended, and the check that all of it happened in the order of the commit numbers.
 *
 * <p>Commits that share a number were made together: every snapshot sees all of them or none, in an
 * order the numbers do not tell. So there is a set of states that may be behind a number, one for
 * each order of its members that their moments allow, and of those the ones remain that agree with
 * everything that was seen under this number. May be noted by many threads.
 */
final class CommitHistory {
  /**
   * A commit.
   *
   * @param inserted rows made present, after those deleted
   * @param isSynced whether its return promises that no crash takes it
   */
  record Commit(
      long number, BitSet deleted, BitSet inserted, boolean isSynced, long begin, long end) {
    BitSet apply(BitSet state) {
      BitSet after = (BitSet) state.clone();
      after.andNot(deleted);
      after.or(inserted);
      return after;
    }
  }

  /**
   * An answer.
   *
   * @param number of the snapshot
   * @param begin before the snapshot was taken
   * @param taken when it had been taken
   */
  record Seen(String by, long number, HistoryRows.Ask ask, BitSet answer, long begin, long taken) {}

  /** A moment from which on a crash may take nothing that was committed before another one. */
  private record Secured(long commitsBefore, long at) {}

  private final BitSet initial;
  private final List<Commit> commits = new ArrayList<>();
  private final List<Seen> seen = new ArrayList<>();
  private final List<Secured> secured = new ArrayList<>();
  private final List<long[]> snapshots = new ArrayList<>();
  private final TreeMap<Long, Set<BitSet>> states = new TreeMap<>();
  private long moment;

  /**
   * @param initial rows present at first, whatever a crash takes
   */
  CommitHistory(BitSet initial) {
    this.initial = initial;
  }

  /** The next moment. */
  synchronized long now() {
    return ++moment;
  }

  synchronized void committed(Commit commit) {
    commits.add(commit);
  }

  synchronized void seen(Seen answer) {
    seen.add(answer);
  }

  /** A snapshot was taken: what it sees of synced commits no crash may take from then on. */
  synchronized void snapshotTaken(long number, long at) {
    snapshots.add(new long[] {number, at});
  }

  /** A checkpoint that began at a moment has ended. */
  synchronized void checkpointed(long began, long ended) {
    secured.add(new Secured(began, ended));
  }

  /** Numbers of all commits. */
  Set<Long> numbers() {
    return states.keySet();
  }

  int commitCount() {
    return commits.size();
  }

  int seenCount() {
    return seen.size();
  }

  /** Throws where no order of commits explains what was seen; called when all have ended. */
  void check() {
    checkMoments();
    TreeMap<Long, List<Commit>> byNumber = new TreeMap<>();
    for (Commit commit : commits) {
      byNumber.computeIfAbsent(commit.number(), number -> new ArrayList<>()).add(commit);
    }
    TreeMap<Long, List<Seen>> seenByNumber = new TreeMap<>();
    for (Seen answer : seen) {
      Long at = byNumber.floorKey(answer.number());
      seenByNumber.computeIfAbsent(at == null ? -1 : at, n -> new ArrayList<>()).add(answer);
    }
    Set<BitSet> present = agreeing(Set.of(initial), seenByNumber.get(-1L), -1);
    states.put(-1L, present);
    for (Map.Entry<Long, List<Commit>> entry : byNumber.entrySet()) {
      Set<BitSet> next = new LinkedHashSet<>();
      for (BitSet state : present) {
        applyInEveryOrder(state, entry.getValue(), new boolean[entry.getValue().size()], 0, next);
      }
      present = agreeing(next, seenByNumber.get(entry.getKey()), entry.getKey());
      states.put(entry.getKey(), present);
    }
  }

  /** What is before in time is not behind in number. */
  private void checkMoments() {
    for (Commit one : commits) {
      for (Commit other : commits) {
        require(
            one.end() >= other.begin() || one.number() <= other.number(),
            one + " was over when " + other + " began");
      }
      for (Seen answer : seen) {
        require(
            one.end() >= answer.begin() || one.number() <= answer.number(),
            answer + " is from before " + one + ", which was over");
        require(
            one.begin() <= answer.taken() || one.number() >= answer.number(),
            one + " began after " + answer);
      }
    }
  }

  private static void applyInEveryOrder(
      BitSet state, List<Commit> members, boolean[] isDone, int done, Set<BitSet> results) {
    if (done == members.size()) {
      results.add(state);
      return;
    }
    for (int at = 0; at < members.size(); at++) {
      if (!isDone[at] && isFirst(members, isDone, members.get(at))) {
        isDone[at] = true;
        applyInEveryOrder(members.get(at).apply(state), members, isDone, done + 1, results);
        isDone[at] = false;
      }
    }
  }

  /** Whether none of the members left was over before this one began. */
  private static boolean isFirst(List<Commit> members, boolean[] isDone, Commit candidate) {
    for (int at = 0; at < members.size(); at++) {
      if (!isDone[at] && members.get(at).end() < candidate.begin()) {
        return false;
      }
    }
    return true;
  }

  private Set<BitSet> agreeing(Set<BitSet> candidates, List<Seen> answers, long number) {
    if (answers == null) {
      return candidates;
    }
    Set<BitSet> agreeing = new LinkedHashSet<>();
    Seen against = null;
    for (BitSet state : candidates) {
      Seen other = null;
      for (Seen answer : answers) {
        if (!answer.ask().answer(state).equals(answer.answer())) {
          other = answer;
          break;
        }
      }
      if (other == null) {
        agreeing.add(state);
      } else {
        against = other;
      }
    }
    if (agreeing.isEmpty()) {
      BitSet wanted = against.ask().answer(candidates.iterator().next());
      throw new AssertionError(
          candidates.size()
              + " states may be behind commit "
              + number
              + ", none agrees with "
              + against
              + "\n  missing "
              + minus(wanted, against.answer())
              + "\n  too much "
              + minus(against.answer(), wanted)
              + "\n  of "
              + this);
    }
    return agreeing;
  }

  private static BitSet minus(BitSet set, BitSet without) {
    BitSet difference = (BitSet) set.clone();
    difference.andNot(without);
    return difference;
  }

  /** Whether a state is the one behind the last commit. */
  void requireLast(BitSet found, String when) {
    require(
        states.lastEntry().getValue().contains(found),
        when
            + " found "
            + found
            + "\n  which is not behind the last commit: "
            + states.lastEntry().getValue());
  }

  /**
   * Numbers up to which a state found after a crash may reach: those of commits behind which it may
   * be, with everything in it that was promised when the power was cut.
   */
  List<Long> requirePrefix(BitSet found, long cutAt) {
    long promised = -1;
    for (Commit commit : commits) {
      if (commit.isSynced() && commit.end() < cutAt) {
        promised = Math.max(promised, commit.number());
      }
      for (Secured checkpoint : secured) {
        if (checkpoint.at() < cutAt && commit.end() < checkpoint.commitsBefore()) {
          promised = Math.max(promised, commit.number());
        }
      }
    }
    for (long[] snapshot : snapshots) {
      if (snapshot[1] < cutAt) {
        promised = Math.max(promised, newestSynced(snapshot[0], snapshot[1]));
      }
    }
    List<Long> numbers = new ArrayList<>();
    for (Map.Entry<Long, Set<BitSet>> state : states.tailMap(promised, true).entrySet()) {
      if (state.getValue().contains(found)) {
        numbers.add(state.getKey());
      }
    }
    require(
        !numbers.isEmpty(),
        "after the power was cut at "
            + cutAt
            + " found "
            + found
            + "\n  promised was commit "
            + promised
            + " of "
            + this);
    return numbers;
  }

  /**
   * The newest commit up to a number that could not be seen before it was synced. One that changed
   * nothing has the number of another that may not have been, or of an index made or dropped.
   */
  private long newestSynced(long through, long before) {
    long newest = -1;
    for (Commit commit : commits) {
      if (commit.number() <= through
          && commit.number() > newest
          && hasChangedSomething(commit)
          && commits.stream()
              .allMatch(
                  other ->
                      other.number() != commit.number()
                          || other.isSynced() && other.begin() < before)) {
        newest = commit.number();
      }
    }
    return newest;
  }

  /** Whether a commit has changed rows, whatever came before it in its batch. */
  private boolean hasChangedSomething(Commit commit) {
    Map.Entry<Long, Set<BitSet>> before = states.lowerEntry(commit.number());
    return before != null
        && before.getValue().stream().noneMatch(state -> commit.apply(state).equals(state));
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise + "\n  of " + this);
    }
  }

  @Override
  public String toString() {
    StringBuilder words = new StringBuilder(commits.size() + " commits");
    commits.stream()
        .sorted(java.util.Comparator.comparingLong(Commit::number))
        .forEach(commit -> words.append("\n    ").append(commit));
    return words.toString();
  }
}
