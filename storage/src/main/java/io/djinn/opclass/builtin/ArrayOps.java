package io.djinn.opclass.builtin;

import com.fasterxml.jackson.core.JsonParser;
import io.djinn.error.InvalidRowException;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;
import java.io.IOException;
import java.util.List;

/**
 * Arrays of one element type, asked by {@code &&} (overlap), {@code @>} (contains), {@code <@} (is
 * contained by) and {@code =}.
 *
 * <p>Each element is a key. A null element equals nothing, except that for {@code =} null equals
 * null; duplicates and order count for {@code =} only; arrays of several dimensions are refused.
 * Semantics and the choice of keys follow PostgreSQL's {@code ginarrayproc.c}.
 *
 * <p>Keys: a string is its UTF-8 text, an integer its big-endian bytes with the sign bit flipped;
 * other element types come with their own.
 */
public final class ArrayOps implements GinOperatorClass {
  /** Name of the class. */
  public static final String NAME = "array_ops";

  private static final ArrayOps STRINGS = new ArrayOps(new TextElements());
  private static final ArrayOps INTS = new ArrayOps(new IntegerElements("int4", Integer.BYTES));
  private static final ArrayOps LONGS = new ArrayOps(new IntegerElements("int8", Long.BYTES));

  private final ArrayElements elements;

  private ArrayOps(ArrayElements elements) {
    this.elements = elements;
  }

  /** Arrays of any element type that tells its elements as keys. */
  public static ArrayOps of(ArrayElements elements) {
    return new ArrayOps(elements);
  }

  /** Arrays of strings, {@code array_ops/text}. */
  public static ArrayOps ofStrings() {
    return STRINGS;
  }

  /** Arrays of 32-bit integers, {@code array_ops/int4}. */
  public static ArrayOps ofInts() {
    return INTS;
  }

  /** Arrays of 64-bit integers, {@code array_ops/int8}. */
  public static ArrayOps ofLongs() {
    return LONGS;
  }

  /** Rows that have at least one of the strings. */
  public static GinQuery overlaps(String... operand) {
    return STRINGS.query(ArrayOperator.OVERLAPS, operand);
  }

  /** Rows that have at least one of the integers; for {@link #ofInts()}. */
  public static GinQuery overlaps(int... operand) {
    return INTS.query(ArrayOperator.OVERLAPS, operand);
  }

  /** Rows that have at least one of the integers; for {@link #ofLongs()}. */
  public static GinQuery overlaps(long... operand) {
    return LONGS.query(ArrayOperator.OVERLAPS, operand);
  }

  /** Rows that have all the strings; without any, every row that is not SQL NULL. */
  public static GinQuery containsAll(String... operand) {
    return STRINGS.query(ArrayOperator.CONTAINS, operand);
  }

  /** Rows that have all the integers; for {@link #ofInts()}. */
  public static GinQuery containsAll(int... operand) {
    return INTS.query(ArrayOperator.CONTAINS, operand);
  }

  /** Rows that have all the integers; for {@link #ofLongs()}. */
  public static GinQuery containsAll(long... operand) {
    return LONGS.query(ArrayOperator.CONTAINS, operand);
  }

  /** Rows that have no string but these, empty arrays among them. */
  public static GinQuery containedBy(String... operand) {
    return STRINGS.query(ArrayOperator.CONTAINED_BY, operand);
  }

  /** Rows that have no integer but these, empty arrays among them; for {@link #ofInts()}. */
  public static GinQuery containedBy(int... operand) {
    return INTS.query(ArrayOperator.CONTAINED_BY, operand);
  }

  /** Rows that have no integer but these, empty arrays among them; for {@link #ofLongs()}. */
  public static GinQuery containedBy(long... operand) {
    return LONGS.query(ArrayOperator.CONTAINED_BY, operand);
  }

  /** Rows that are exactly this array. */
  public static GinQuery equalTo(String... operand) {
    return STRINGS.query(ArrayOperator.EQUALS, operand);
  }

  /** Rows that are exactly this array; for {@link #ofInts()}. */
  public static GinQuery equalTo(int... operand) {
    return INTS.query(ArrayOperator.EQUALS, operand);
  }

  /** Rows that are exactly this array; for {@link #ofLongs()}. */
  public static GinQuery equalTo(long... operand) {
    return LONGS.query(ArrayOperator.EQUALS, operand);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String argument() {
    return elements.argument();
  }

  @Override
  public void extract(Object value, KeySink keys) {
    elements.extract(value, keys);
  }

  @Override
  public void extract(JsonParser json, KeySink keys) throws IOException {
    elements.extract(json, keys);
  }

  /** The array as a {@code List} of String, Integer or Long with nulls; null for JSON null. */
  @Override
  public Object read(JsonParser json) throws IOException {
    return elements.read(json);
  }

  @Override
  public List<String> operators() {
    return ArrayOperator.SYMBOLS;
  }

  @Override
  public GinQuery query(String operator, Object operand) {
    return query(ArrayOperator.of(operator, spelling()), operand);
  }

  private GinQuery query(ArrayOperator operator, Object operand) {
    ArrayOperand taken = new ArrayOperand();
    elements.extract(operand, taken);
    return new ArrayQuery(this, operator, taken);
  }

  @Override
  public GinQuery queryFromJson(String operator, JsonParser operand) throws IOException {
    ArrayOperator known = ArrayOperator.of(operator, spelling());
    ArrayOperand taken = new ArrayOperand();
    try {
      elements.extract(operand, taken);
    } catch (InvalidRowException e) {
      throw new IllegalArgumentException("operand of " + operator + ": " + e.getMessage(), e);
    }
    return new ArrayQuery(this, known, taken);
  }

  @Override
  public String toString() {
    return spelling();
  }
}
