package io.djinn.opclass;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * The contract between a data type and GIN: which keys a value has, and which keys decide a query.
 *
 * <p>Key bytes are made so that unsigned byte order is the key order. Instances have no state and
 * serve any number of threads.
 */
public interface GinOperatorClass {
  /** The name people write, as {@code array_ops}. */
  String name();

  /** The argument after the slash, as {@code int4} in {@code array_ops/int4}; "" where none. */
  String argument();

  /** Name and argument as people write them, as {@code array_ops/int4}. */
  default String spelling() {
    return argument().isEmpty() ? name() : name() + "/" + argument();
  }

  /** Whether rows give payloads beside their keys, which an index keeps unless told otherwise. */
  default boolean hasPayloads() {
    return false;
  }

  /**
   * Checks a payload as an index keeps it, which may be damaged.
   *
   * @param payload of one byte at least; valid during the call only
   * @throws MalformedPayloadException where no value gives such a payload
   */
  default void checkPayload(DirectBuffer payload) {}

  /**
   * Whether more than one participant is expected to gain on building an index of it: false where
   * keys are nearly all distinct and cheap to make.
   */
  default boolean isWorthParallelBuild() {
    return true;
  }

  /**
   * Hands over the keys of a Java value; null is SQL NULL.
   *
   * @throws IllegalArgumentException naming the value found and the types taken
   */
  void extract(Object value, KeySink keys);

  /**
   * Hands over the keys of a JSON value. The parser is on the value's first token and is left on
   * its last one; JSON null is SQL NULL unless the class says otherwise.
   *
   * @throws io.djinn.error.InvalidRowException naming the value found and the types taken; keys
   *     handed over before are void
   * @throws IOException where the text is not JSON
   */
  void extract(JsonParser json, KeySink keys) throws IOException;

  /**
   * The JSON value as one that {@link #extract(Object, KeySink)} and {@link GinQuery#matches} take.
   * The parser is on the value's first token and is left on its last one.
   *
   * @throws io.djinn.error.InvalidRowException naming the value found and the types taken
   * @throws IOException where the text is not JSON
   */
  Object read(JsonParser json) throws IOException;

  /** Whether a column may be the expression {@code a+b} of two fields. */
  default boolean joinsFields() {
    return false;
  }

  /**
   * The value of the column expression {@code a+b}, of two values as {@link #read} or the source
   * gives them.
   *
   * @throws IllegalArgumentException naming the value found, or that there is no such expression
   */
  default Object join(Object first, Object second) {
    throw new IllegalArgumentException(
        spelling() + " takes a field, not an expression of two fields");
  }

  /** The operators of the class, as {@code &&}. */
  List<String> operators();

  /**
   * The query {@code column operator operand}; a null operand is SQL NULL, which matches nothing.
   *
   * @throws IllegalArgumentException naming the valid operators, or the operand found and taken
   */
  GinQuery query(String operator, Object operand);

  /**
   * The query {@code column operator operand} with the operand as JSON; parser as in {@link #read}.
   *
   * @throws IllegalArgumentException naming the valid operators, or the operand found and taken
   * @throws IOException where the text is not JSON
   */
  GinQuery queryFromJson(String operator, JsonParser operand) throws IOException;
}
