package io.djinn.batch;

/** What a batch waits for before an operation: free frames, and blocks behind page numbers. */
public interface PageSupply {
  /**
   * Waits until this many frames are free, by retiring versions, writing some back, or giving up
   * the oldest snapshot.
   */
  void frames(int count);

  /**
   * Waits until page numbers below this one have blocks in the file.
   *
   * @throws io.djinn.error.NoSpaceException where they can not be had; nothing has changed
   */
  void pages(long pageCount);
}
