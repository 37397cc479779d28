package io.djinn.buffer;

import io.djinn.error.StoreClosedException;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * The steps that readers are in, by epoch: what a step may see is given up only after every step
 * entered before has been left.
 *
 * <p>A step enters by storing the epoch in its slot, then looks at the flags; whoever gives
 * something up sets the flag or unlinks first, advances the epoch and then looks at the slots. With
 * full fences on both sides one of the two sees the other.
 */
public final class Steps {
  private static final long WAIT_NANOS = 20_000;

  /** The place where one reader says which epoch its step began in; 0 is outside. */
  public static final class Slot {
    private final boolean isOfEngine;
    private volatile long epoch;

    private Slot(boolean isOfEngine) {
      this.isOfEngine = isOfEngine;
    }
  }

  private final LongConsumer pause;
  private final CopyOnWriteArrayList<Slot> slots = new CopyOnWriteArrayList<>();
  private final AtomicLong epoch = new AtomicLong(1);
  private final AtomicBoolean released = new AtomicBoolean();
  private volatile boolean closedToReaders;
  private volatile boolean closed;
  private volatile Runnable afterLastStep;

  /**
   * @param pause lets other threads run for so many nanoseconds
   */
  public Steps(LongConsumer pause) {
    this.pause = pause;
  }

  /** A slot for one reader, who gives it back by {@link #unregister}. */
  public Slot register() {
    return add(new Slot(false));
  }

  /** A slot for steps of the engine, which go on while a store that is closed to readers ends. */
  public Slot registerEngine() {
    return add(new Slot(true));
  }

  private Slot add(Slot slot) {
    slots.add(slot);
    return slot;
  }

  public void unregister(Slot slot) {
    assert slot.epoch == 0 : "slot given back inside a step";
    slots.remove(slot);
  }

  /** Enters a step, or throws where the store has been closed. */
  public void enter(Slot slot) {
    assert slot.epoch == 0 : "steps do not nest";
    slot.epoch = epoch.get();
    VarHandle.fullFence();
    if (closed || closedToReaders && !slot.isOfEngine) {
      leave(slot);
      throw new StoreClosedException("the store is closed");
    }
  }

  public void leave(Slot slot) {
    slot.epoch = 0;
    if (closed && afterLastStep != null) {
      VarHandle.fullFence();
      releaseWhereDrained();
    }
  }

  /** Begins a new epoch; what was unlinked before belongs to steps older than the result. */
  public long advance() {
    long next = epoch.incrementAndGet();
    VarHandle.fullFence();
    return next;
  }

  /** Whether every step entered before the epoch began has been left. */
  public boolean isPast(long wanted) {
    for (Slot slot : slots) {
      long entered = slot.epoch;
      if (entered != 0 && entered < wanted) {
        return false;
      }
    }
    return true;
  }

  /** Waits for the steps entered before now; never called from inside one. */
  public void awaitCurrent() {
    await(advance(), Long.MAX_VALUE);
  }

  private void await(long wanted, long mostNanos) {
    long start = System.nanoTime();
    boolean interrupted = false;
    while (!isPast(wanted) && System.nanoTime() - start < mostNanos) {
      pause.accept(WAIT_NANOS);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Lets no further step of a reader begin; says whether those entered before have been left within
   * a time. Where not, nothing they may see can be given up any more.
   */
  public boolean tryCloseToReaders(long deadlineNanos) {
    closedToReaders = true;
    long wanted = advance();
    await(wanted, deadlineNanos);
    return isPast(wanted);
  }

  /**
   * Lets no further step begin and runs the release once none is left: here where none is, else in
   * the thread that leaves the last one.
   */
  public void close(Runnable release) {
    closed = true;
    advance();
    afterLastStep = release;
    VarHandle.fullFence();
    releaseWhereDrained();
  }

  private void releaseWhereDrained() {
    if (isPast(Long.MAX_VALUE) && released.compareAndSet(false, true)) {
      afterLastStep.run();
    }
  }
}
