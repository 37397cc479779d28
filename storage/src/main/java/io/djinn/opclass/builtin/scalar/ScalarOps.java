package io.djinn.opclass.builtin.scalar;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.djinn.error.InvalidRowException;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;
import io.djinn.opclass.builtin.scalar.type.InvalidScalarException;
import io.djinn.opclass.builtin.scalar.type.KeyBytes;
import io.djinn.opclass.builtin.scalar.type.ScalarType;
import java.io.IOException;
import java.util.List;

/** Values of one scalar type, as {@code int8_ops}, asked by {@code < <= = >= >}. */
public final class ScalarOps implements GinOperatorClass {
  /** Of a longer key the beginning is kept; fits pages of 4 KiB and more. */
  public static final int MAX_KEY_BYTES = 1024;

  private final ScalarType type;
  private final String name;

  private ScalarOps(ScalarType type) {
    this.type = type;
    name = type.name() + "_ops";
  }

  /** The class of a type. */
  public static ScalarOps of(ScalarType type) {
    return new ScalarOps(type);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String argument() {
    return "";
  }

  @Override
  public void extract(Object value, KeySink keys) {
    if (value == null) {
      keys.nullItem();
      return;
    }
    KeyBytes key = new KeyBytes();
    encode(value, key);
    handOver(key, keys);
  }

  @Override
  public void extract(JsonParser json, KeySink keys) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      keys.nullItem();
      return;
    }
    KeyBytes key = new KeyBytes();
    try {
      type.encode(json, key);
    } catch (InvalidScalarException e) {
      throw new InvalidRowException(message(e), e);
    }
    handOver(key, keys);
  }

  private static void handOver(KeyBytes key, KeySink keys) {
    keys.key(key.bytes(), 0, Math.min(key.length(), MAX_KEY_BYTES));
  }

  /** Makes the whole key of a value that is not null. */
  void encode(Object value, KeyBytes key) {
    try {
      type.encode(value, key);
    } catch (InvalidScalarException e) {
      throw new IllegalArgumentException(message(e), e);
    }
  }

  private String message(InvalidScalarException e) {
    return name + ": " + e.getMessage();
  }

  /** The value as Boolean, Long or text; null for JSON null. */
  @Override
  public Object read(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    try {
      return type.read(json);
    } catch (InvalidScalarException e) {
      throw new InvalidRowException(message(e), e);
    }
  }

  @Override
  public List<String> operators() {
    return ScalarOperator.SYMBOLS;
  }

  @Override
  public GinQuery query(String operator, Object operand) {
    ScalarOperator known = ScalarOperator.of(operator, name);
    if (operand == null) {
      return new ScalarQuery(this, known, null);
    }
    KeyBytes key = new KeyBytes();
    try {
      type.encode(operand, key);
    } catch (InvalidScalarException e) {
      throw operandNotTaken(operator, e);
    }
    return new ScalarQuery(this, known, key.copy());
  }

  @Override
  public GinQuery queryFromJson(String operator, JsonParser operand) throws IOException {
    ScalarOperator known = ScalarOperator.of(operator, name);
    if (operand.currentToken() == JsonToken.VALUE_NULL) {
      return new ScalarQuery(this, known, null);
    }
    KeyBytes key = new KeyBytes();
    try {
      type.encode(operand, key);
    } catch (InvalidScalarException e) {
      throw operandNotTaken(operator, e);
    }
    return new ScalarQuery(this, known, key.copy());
  }

  private IllegalArgumentException operandNotTaken(String operator, InvalidScalarException e) {
    return new IllegalArgumentException("operand of " + operator + ": " + message(e), e);
  }

  @Override
  public String toString() {
    return name;
  }
}
