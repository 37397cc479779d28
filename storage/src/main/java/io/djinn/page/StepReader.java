package io.djinn.page;

/**
 * The pages of a snapshot inside one step.
 *
 * <p>A step reads a bounded number of pages: a stream asks {@link #isSpent()} before it takes
 * another page and, where it is, stops at a place it can go on from with page numbers and byte
 * offsets alone.
 */
public interface StepReader extends PageReader {
  /** Whether the step has read as many pages as one step may. */
  boolean isSpent();
}
