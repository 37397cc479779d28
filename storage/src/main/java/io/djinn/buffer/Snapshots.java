package io.djinn.buffer;

import io.djinn.error.SnapshotExpiredException;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The published batch number and the snapshots taken of it.
 *
 * <p>Registering stores the number in an own slot, fences and reads the published number again
 * until both agree. The publisher stores, fences, and only then are slots read for write-back or
 * retirement: a snapshot those do not see is of that number or a newer one.
 */
public final class Snapshots {
  private static final long NONE = Long.MAX_VALUE;

  /** One registered snapshot: the number of the newest batch it sees. */
  public static final class Registration {
    private volatile long number = NONE;
    private volatile boolean expired;
    private volatile boolean released;

    /** Whether no step of its readers is left, after it expired. */
    private volatile boolean isGone;

    /** Number of the newest batch the snapshot sees. */
    public long number() {
      return number;
    }

    public boolean isExpired() {
      return expired;
    }

    /** Throws where the engine or the caller has given the snapshot up; asked inside a step. */
    void check() {
      if (released) {
        throw new IllegalStateException("the snapshot of batch " + number + " has been released");
      }
      if (expired) {
        throw new SnapshotExpiredException(
            "the snapshot of batch " + number + " was given up to free frames or log");
      }
    }
  }

  /** A released snapshot that steps entered before an epoch may still read. */
  private record Leaving(long number, long epoch) {}

  private final CopyOnWriteArrayList<Leaving> leaving = new CopyOnWriteArrayList<>();
  private final CopyOnWriteArrayList<Registration> registrations = new CopyOnWriteArrayList<>();
  private final Steps steps;
  private final AtomicLong expiredCount = new AtomicLong();
  private volatile long published;

  Snapshots(Steps steps) {
    this.steps = steps;
  }

  public long published() {
    return published;
  }

  /** Makes batches up to this number visible to new snapshots; numbers ascend. */
  public void publish(long number) {
    assert number >= published : number + " after " + published;
    published = number;
    VarHandle.fullFence();
  }

  public Registration register() {
    Registration registration = new Registration();
    registrations.add(registration);
    long number;
    do {
      number = published;
      registration.number = number;
      VarHandle.fullFence();
    } while (number != published);
    return registration;
  }

  /**
   * Gives a snapshot back: no further step of its readers begins. What those in a step may read is
   * kept until they have left it.
   */
  public void release(Registration registration) {
    registration.released = true;
    long epoch = steps.advance();
    if (!leaving.isEmpty()) {
      leaving.removeIf(left -> steps.isPast(left.epoch()));
    }
    if (!steps.isPast(epoch)) {
      // Before it leaves the others: whoever misses it there finds it here.
      leaving.add(new Leaving(registration.number, epoch));
    }
    registrations.remove(registration);
  }

  /**
   * The numbers that may still be read, ascending: those of all snapshots, also of those given up
   * while a step entered before has not been left, and, last, the published one, which a new
   * snapshot may take at any time.
   */
  long[] active() {
    long newest = published;
    VarHandle.fullFence();
    long[] numbers = new long[registrations.size() + 1];
    int count = 0;
    for (Registration registration : registrations) {
      long number = registration.number;
      if (number < newest && !registration.isGone) {
        if (count == numbers.length) {
          numbers = Arrays.copyOf(numbers, count * 2);
        }
        numbers[count++] = number;
      }
    }
    for (Leaving left : leaving) {
      if (left.number() < newest && !steps.isPast(left.epoch())) {
        if (count == numbers.length) {
          numbers = Arrays.copyOf(numbers, count * 2);
        }
        numbers[count++] = left.number();
      }
    }
    if (count == numbers.length) {
      numbers = Arrays.copyOf(numbers, count + 1);
    }
    numbers[count++] = newest;
    numbers = Arrays.copyOf(numbers, count);
    Arrays.sort(numbers);
    return numbers;
  }

  /** The lowest number that may still be read. */
  public long oldestActive() {
    return active()[0];
  }

  /** Whether one of the ascending numbers lies in {@code [from, to)}. */
  static boolean anyIn(long[] numbers, long from, long to) {
    int at = Arrays.binarySearch(numbers, from);
    int first = at >= 0 ? at : -at - 1;
    return first < numbers.length && numbers[first] < to;
  }

  /**
   * Gives up the oldest snapshot older than the published number and waits for the steps of its
   * readers; false where there is none.
   */
  public boolean expireOldest() {
    return expireThrough(oldest());
  }

  /** Gives up every snapshot whose number is not above this one; false where there was none. */
  boolean expireThrough(long number) {
    boolean any = false;
    long newest = published;
    for (Registration registration : registrations) {
      if (registration.number <= number && registration.number < newest && !registration.expired) {
        registration.expired = true;
        expiredCount.incrementAndGet();
        any = true;
      }
    }
    if (any) {
      VarHandle.fullFence();
      steps.awaitCurrent();
      for (Registration registration : registrations) {
        if (registration.expired && registration.number <= number) {
          registration.isGone = true;
        }
      }
    }
    return any;
  }

  /** Snapshots given up so far. */
  public long expiredCount() {
    return expiredCount.get();
  }

  private long oldest() {
    long oldest = Long.MIN_VALUE;
    for (Registration registration : registrations) {
      if (!registration.expired && (oldest == Long.MIN_VALUE || registration.number < oldest)) {
        oldest = registration.number;
      }
    }
    return oldest;
  }
}
