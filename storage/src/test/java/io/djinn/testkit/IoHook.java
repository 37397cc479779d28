package io.djinn.testkit;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** Sees every call on a simulated directory, and may end, fail or bend it. */
public interface IoHook {
  /**
   * Called before a call has any effect, on the calling thread and without a lock held. A thrown
   * {@link IOException} is the call's outcome; a thrown {@link SimulatedCrash} is the outcome of
   * this and all later calls of the process.
   */
  void before(IoCall call) throws IOException;

  /**
   * Called when the first half of a write that asked for it, cut between sectors, is in the cache
   * and the mapping. An exception leaves it at that.
   */
  default void halfway(IoCall call) throws IOException {}

  /** Cuts the power before the operation of a number. */
  static IoHook crashBefore(long operation) {
    return call -> {
      if (call.op().changes() && call.operation() >= operation) {
        throw new SimulatedCrash("before " + call);
      }
    };
  }

  /**
   * Fails the n-th call of a kind, counted from 1 and from now on, or that one and all later ones.
   */
  static IoHook fail(IoOp op, long nth, boolean forEver, String message) {
    AtomicLong seen = new AtomicLong();
    return call -> {
      if (call.op() == op) {
        long number = seen.incrementAndGet();
        if (number == nth || forEver && number > nth) {
          throw new IOException(message + " (simulated, " + call + ")");
        }
      }
    };
  }
}
