package io.djinn.recovery;

import io.djinn.error.ReadOnlyStoreException;
import io.djinn.error.StoreClosedException;
import io.djinn.error.StoreSealedException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Whether a store may still write: not after its first final failure, and not once it is closed.
 */
public final class Seal {
  private final AtomicReference<Throwable> cause = new AtomicReference<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final boolean isReadOnly;

  /**
   * @param isReadOnly whether the store takes no writes from the beginning
   */
  Seal(boolean isReadOnly) {
    this.isReadOnly = isReadOnly;
  }

  /** Keeps the first cause; says whether this was it. */
  boolean seal(Throwable t) {
    return cause.compareAndSet(null, t);
  }

  /** Says whether this call closed the store. */
  boolean tryClose() {
    return closed.compareAndSet(false, true);
  }

  public boolean isSealed() {
    return cause.get() != null;
  }

  public boolean isClosed() {
    return closed.get();
  }

  /** Throws where the store takes no more writes. */
  public void check() {
    if (closed.get()) {
      throw new StoreClosedException("the store is closed");
    }
    if (isReadOnly) {
      throw new ReadOnlyStoreException("the store was opened for reading only");
    }
    checkSealed();
  }

  public boolean isReadOnly() {
    return isReadOnly;
  }

  /** Throws where the store was sealed, also while it is being closed. */
  void checkSealed() {
    Throwable first = cause.get();
    if (first != null) {
      throw new StoreSealedException(
          "the store was sealed by its first failure: " + first.getMessage(), first);
    }
  }
}
