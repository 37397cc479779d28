package io.djinn.opclass;

/** How the keys of a query are joined, as far as the query itself says it. */
public enum KeyJoin {
  /** Every key is needed: while any is absent the answer is NO. */
  ALL,
  /** Any key is enough: while any is present the answer is YES. */
  ANY,
  /**
   * Any key makes a candidate whose row must be compared: with one present and all others absent
   * the answer is MAYBE.
   */
  ANY_COMPARED,
  /** None of these. */
  OTHER,
  /** Not said: a scan finds out by asking, once a key, where the keys are few enough for that. */
  UNKNOWN
}
