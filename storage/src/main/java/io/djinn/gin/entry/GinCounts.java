package io.djinn.gin.entry;

/**
 * What a batch or a bulk load changes of the counts on a metapage; differences may be negative.
 *
 * <p>Filled by {@link CountingPageEditor}, {@link EntryTree} and the pending list, written by
 * {@link GinMetaPage#add}.
 */
public final class GinCounts {
  /** Counts there are, in the order of the metapage. */
  static final int FIELDS = 7;

  private final long[] values = new long[FIELDS];

  /** A count of the metapage; the ordinal is its place in records. */
  public enum Field {
    ENTRY_PAGES("entryPages"),
    POSTING_PAGES("postingPages"),
    KEYS("keys"),
    TIDS("tids"),
    PENDING_PAGES("pendingPages"),
    PENDING_ROWS("pendingRows"),
    PENDING_BYTES("pendingBytes");

    private static final Field[] ALL = values();

    private final String text;

    Field(String text) {
      this.text = text;
    }

    static Field of(int ordinal) {
      return ALL[ordinal];
    }

    /** Whether it counts pages. */
    boolean isPages() {
      return this == ENTRY_PAGES || this == POSTING_PAGES || this == PENDING_PAGES;
    }

    /** Whether it counts something of the pending list. */
    boolean isPending() {
      return this == PENDING_PAGES || this == PENDING_ROWS || this == PENDING_BYTES;
    }

    /** The count's name as {@code stats} prints it. */
    @Override
    public String toString() {
      return text;
    }
  }

  public long get(Field field) {
    return values[field.ordinal()];
  }

  long get(int ordinal) {
    return values[ordinal];
  }

  public void add(Field field, long difference) {
    values[field.ordinal()] += difference;
  }

  public void add(GinCounts other) {
    for (int i = 0; i < FIELDS; i++) {
      values[i] += other.values[i];
    }
  }

  /** Pages of all kinds but the metapage. */
  public long pages() {
    return get(Field.ENTRY_PAGES) + get(Field.POSTING_PAGES) + get(Field.PENDING_PAGES);
  }

  public void clear() {
    java.util.Arrays.fill(values, 0);
  }

  public boolean isZero() {
    long any = 0;
    for (long value : values) {
      any |= value;
    }
    return any == 0;
  }
}
