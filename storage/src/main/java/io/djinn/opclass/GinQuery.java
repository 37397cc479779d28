package io.djinn.opclass;

/**
 * A query made ready for a scan: its keys, how they are looked up, and what the presence of some of
 * them proves.
 *
 * <p>Immutable; serves any number of threads.
 */
public interface GinQuery {
  /** Category of a normal key in the composite key. */
  int NORMAL_KEY = 0;

  /** Category of a null among the elements of a row. */
  int NULL_ELEMENT = 1;

  /** Category of a value that is there but has no keys. */
  int EMPTY_ITEM = 2;

  /** Category of a value that is SQL NULL. */
  int NULL_ITEM = 3;

  /** Which rows are candidates. */
  enum Mode {
    /** No row: nothing is scanned. */
    NONE,
    /** Rows that have at least one of the keys. */
    DEFAULT,
    /** Rows that have at least one of the keys, and empty items. */
    INCLUDE_EMPTY,
    /** Every row that is not SQL NULL, empty items included. */
    ALL,
    /** Every row. */
    EVERYTHING
  }

  Mode mode();

  /** Number of keys, all distinct, in composite key order. */
  int keyCount();

  /** Bytes of a normal key, not to be changed; empty for other categories. */
  byte[] key(int index);

  /** {@link #NORMAL_KEY}, {@link #NULL_ELEMENT} or {@link #EMPTY_ITEM}. */
  int category(int index);

  /**
   * Whether the key stands for every normal key of the index from {@code key(index)} up to, and
   * without, {@code end(index)}: partial match, as of a prefix or a comparison. It is present where
   * the row has any of them.
   */
  default boolean isRange(int index) {
    return false;
  }

  /** Where a range ends, itself not part of it; null where it has no end. */
  default byte[] end(int index) {
    throw new IllegalStateException("query key " + index + " is not a range");
  }

  /**
   * Whether a MAYBE with every key known may be decided by {@link #consistent(byte[],
   * KeyPayloads)}.
   */
  default boolean usesPayloads() {
    return false;
  }

  /**
   * Decides a candidate row with every key known and the payloads of the present ones, but for
   * ranges of very many keys ({@link KeyPayloads#count}); only asked of an index that keeps
   * payloads. MAYBE means that the row itself must be compared.
   *
   * @throws MalformedPayloadException where a payload is none that the operator class makes
   */
  default int consistent(byte[] presence, KeyPayloads payloads) {
    return consistent(presence);
  }

  /**
   * Decides a candidate row from {@code presence[0 .. keyCount())}, one {@link Ternary} value a
   * key.
   *
   * <p>NO and YES hold whatever the unknown keys turn out to be; MAYBE with every key known means
   * the row itself must be compared. Must only become more certain as keys become known.
   */
  int consistent(byte[] presence);

  /**
   * How two or more keys are joined. What is said must be what {@link #consistent} answers; saying
   * it spares a scan of very many keys asking.
   */
  default KeyJoin keyJoin() {
    return KeyJoin.UNKNOWN;
  }

  /** Whether {@link #consistent} answers MAYBE with every key known: TIDs need their rows then. */
  boolean needsRecheck();

  /**
   * The exact answer for a row's value.
   *
   * @param value as {@link GinOperatorClass#extract(Object, KeySink)} takes it; null is SQL NULL
   */
  boolean matches(Object value);

  /**
   * Spelling of the operator class whose keys these are, so that an index can refuse a query made
   * for another; "" fits every class.
   */
  default String operatorClass() {
    return "";
  }
}
