package io.djinn.api;

import io.djinn.testkit.PageCensus;

/** Takes the census of an open store, whose pages its own package alone may read. */
public final class StoreCensus {
  private StoreCensus() {}

  /** The trees and free pages now. */
  public static PageCensus of(Djinn db) {
    try (Snapshot snapshot = db.snapshot()) {
      return db.inStep(snapshot, PageCensus::of);
    }
  }
}
