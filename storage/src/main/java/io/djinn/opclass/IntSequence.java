package io.djinn.opclass;

/**
 * A reusable view of 32-bit integers, so that a source can hand them over without boxing.
 *
 * <p>What it shows may change once the call it was passed to has returned.
 */
public interface IntSequence {
  /** Number of integers. */
  int size();

  /** The integer at the index, 0 to {@code size() - 1}. */
  int get(int index);
}
