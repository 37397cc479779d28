package io.djinn.buffer;

import io.djinn.page.StepReader;

/**
 * Reads the pages of one snapshot for one cursor, step by step.
 *
 * <p>Belongs to one thread at a time; the snapshot behind it may be shared.
 */
public final class SnapshotReader implements StepReader, AutoCloseable {
  /** Pages after which a step is left, with or without a result. */
  public static final int STEP_PAGES = 64;

  private final PageVersions versions;
  private final Snapshots.Registration snapshot;
  private final Steps.Slot slot;
  private int pagesRead;
  private boolean isInside;

  public SnapshotReader(PageVersions versions, Snapshots.Registration snapshot) {
    this.versions = versions;
    this.snapshot = snapshot;
    slot = versions.steps().register();
  }

  /** Enters a step, or throws where the snapshot has expired or the store is closed. */
  public void enter() {
    versions.steps().enter(slot);
    isInside = true;
    pagesRead = 0;
    try {
      snapshot.check();
    } catch (Throwable t) {
      leave();
      throw t;
    }
  }

  public void leave() {
    isInside = false;
    versions.steps().leave(slot);
  }

  @Override
  public long page(int pageNo) {
    assert isInside : "page read outside a step";
    pagesRead++;
    return versions.resolve(pageNo, snapshot.number());
  }

  /** As {@link #page}, with the page's checksum computed anew, whatever was read before. */
  public long pageAnew(int pageNo) {
    assert isInside : "page read outside a step";
    pagesRead++;
    return versions.resolveAnew(pageNo, snapshot.number());
  }

  /** Number of the batch whose state is read. */
  public long batch() {
    return snapshot.number();
  }

  @Override
  public boolean isSpent() {
    return pagesRead >= STEP_PAGES;
  }

  @Override
  public int pageSizeBytes() {
    return versions.file().pageSizeBytes();
  }

  @Override
  public void close() {
    if (isInside) {
      leave();
    }
    versions.steps().unregister(slot);
  }
}
