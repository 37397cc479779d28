package io.djinn.page;

/** Every kind of page there is; ids are never reused. */
public enum PageKind {
  /** Page 0: page count, free list, catalog. */
  SPACE(1),
  /** A part of the free list or of another list of extents. */
  EXTENT_LIST(2),
  /** Entries of the catalog of indexes. */
  CATALOG(3),
  /** Counts and root of a GIN index. */
  GIN_META(16),
  ENTRY_LEAF(17),
  ENTRY_INNER(18),
  POSTING_LEAF(19),
  POSTING_INNER(20),
  /** Rows that are not in the entry tree yet. */
  GIN_PENDING(21);

  private static final PageKind[] BY_ID = new PageKind[256];

  static {
    for (PageKind kind : values()) {
      BY_ID[kind.id] = kind;
    }
  }

  private final int id;

  PageKind(int id) {
    this.id = id;
  }

  public int id() {
    return id;
  }

  /** The kind with this id, or null. */
  public static PageKind of(int id) {
    return BY_ID[id & 0xFF];
  }

  /** The kind's name in words, "unknown kind n" where there is none. */
  public static String describe(int id) {
    PageKind kind = of(id);
    return kind == null
        ? "unknown kind " + (id & 0xFF)
        : kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
  }
}
