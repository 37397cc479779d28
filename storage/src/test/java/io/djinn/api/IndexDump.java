package io.djinn.api;

import java.util.Map;

/** Every key, TID and payload of an index as text, for tests outside the index's own package. */
public final class IndexDump {
  private IndexDump() {}

  /** Key in hexadecimal, blank, TID → payload in hexadecimal; the structure is checked, too. */
  public static Map<String, String> of(Djinn db, String index) {
    try (Snapshot snapshot = db.snapshot()) {
      return IndexContents.of(db.gin(index), snapshot);
    }
  }

  /**
   * What an index of rows must hold.
   *
   * @param rows values by TID, one a column
   */
  public static Map<String, String> wanted(GinSpec spec, Map<Long, Object[]> rows) {
    return IndexContents.wanted(spec, rows);
  }
}
