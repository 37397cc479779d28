package io.djinn.opclass;

import org.agrona.DirectBuffer;

/**
 * The payloads that the index keeps for one candidate row under the keys of a query, as the
 * positions and weights of a lexeme.
 *
 * <p>Valid during the call it is handed to only.
 */
public interface KeyPayloads {
  /**
   * How many payloads the row has under a query key: one for a single key, one for each key of the
   * index met by a range, 0 where the row has none of them.
   *
   * <p>Also 0, although presence says YES, of a range that stands for more keys of the index than a
   * scan reads the payloads of. A query that needs them answers MAYBE then.
   */
  int count(int key);

  /**
   * Lets a view show a payload as the operator class gave it, perhaps of no bytes.
   *
   * @param key index of the query key
   * @param index 0 to {@code count(key) - 1}
   */
  void wrap(int key, int index, DirectBuffer view);
}
