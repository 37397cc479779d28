package io.djinn.build;

import com.fasterxml.jackson.core.JsonParser;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Integers whose keys descend: an operator class of a program, for builds only. */
final class DescendingInts implements GinOperatorClass {
  private final boolean isWorthWorkers;

  DescendingInts() {
    this(true);
  }

  DescendingInts(boolean isWorthWorkers) {
    this.isWorthWorkers = isWorthWorkers;
  }

  @Override
  public boolean isWorthParallelBuild() {
    return isWorthWorkers;
  }

  @Override
  public String name() {
    return "descending_int_ops";
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
    int ascending = (Integer) value ^ Integer.MIN_VALUE;
    keys.key(ByteBuffer.allocate(Integer.BYTES).putInt(~ascending).array(), 0, Integer.BYTES);
  }

  @Override
  public void extract(JsonParser json, KeySink keys) throws IOException {
    extract(read(json), keys);
  }

  @Override
  public Object read(JsonParser json) throws IOException {
    return json.currentToken().isNumeric() ? (Integer) json.getIntValue() : null;
  }

  @Override
  public List<String> operators() {
    return List.of();
  }

  @Override
  public GinQuery query(String operator, Object operand) {
    throw new IllegalArgumentException(operator + ": the class has no operators");
  }

  @Override
  public GinQuery queryFromJson(String operator, JsonParser operand) {
    return query(operator, null);
  }
}
