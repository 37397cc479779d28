package io.djinn.api;

import io.djinn.buffer.SnapshotReader;
import io.djinn.buffer.Snapshots;
import io.djinn.error.SnapshotExpiredException;
import io.djinn.error.StoreClosedException;

/**
 * One published state of the store, for as long as it is held; may be shared between threads.
 *
 * <p>Where frames or log run short the engine gives the oldest snapshot up; whoever reads it then
 * gets a {@link SnapshotExpiredException}.
 */
public final class Snapshot implements AutoCloseable {
  private final Djinn db;
  private final Snapshots.Registration registration;
  private boolean isOpen = true;

  Snapshot(Djinn db) {
    this.db = db;
    registration = db.store().register();
  }

  /** Number of the newest batch it sees. */
  public long batch() {
    return registration.number();
  }

  public boolean isExpired() {
    return registration.isExpired();
  }

  Djinn db() {
    return db;
  }

  /** A reader for one cursor. */
  synchronized SnapshotReader reader() {
    if (!isOpen) {
      throw new IllegalStateException("the snapshot was closed");
    }
    if (db.isClosed()) {
      throw new StoreClosedException("the store is closed");
    }
    return db.store().reader(registration);
  }

  @Override
  public synchronized void close() {
    if (isOpen) {
      isOpen = false;
      db.store().release(registration);
    }
  }
}
