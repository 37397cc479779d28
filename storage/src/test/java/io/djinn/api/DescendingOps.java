package io.djinn.api;

import com.fasterxml.jackson.core.JsonParser;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;
import io.djinn.opclass.Ternary;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** 64-bit integers whose keys descend: the greatest number has the lowest key. */
final class DescendingOps implements GinOperatorClass {
  private final String name;
  private final String argument;

  DescendingOps() {
    this("descending_ops", "int8");
  }

  DescendingOps(String name, String argument) {
    this.name = name;
    this.argument = argument;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String argument() {
    return argument;
  }

  private static byte[] key(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(~(number ^ Long.MIN_VALUE)).array();
  }

  @Override
  public void extract(Object value, KeySink keys) {
    if (value == null) {
      keys.nullItem();
    } else {
      keys.key(key((Long) value), 0, Long.BYTES);
    }
  }

  @Override
  public void extract(JsonParser json, KeySink keys) throws IOException {
    extract(read(json), keys);
  }

  @Override
  public Object read(JsonParser json) throws IOException {
    return json.currentToken().isNumeric() ? (Long) json.getLongValue() : null;
  }

  @Override
  public List<String> operators() {
    return List.of("<", "<=", "=", ">=", ">");
  }

  @Override
  public GinQuery query(String operator, Object operand) {
    return new Comparison(spelling(), operator, (Long) operand);
  }

  @Override
  public GinQuery queryFromJson(String operator, JsonParser operand) throws IOException {
    return query(operator, read(operand));
  }

  private record Comparison(String operatorClass, String operator, Long operand)
      implements GinQuery {
    @Override
    public Mode mode() {
      return operand == null ? Mode.NONE : Mode.DEFAULT;
    }

    @Override
    public int keyCount() {
      return operand == null ? 0 : 1;
    }

    private byte[] behind() {
      return Arrays.copyOf(DescendingOps.key(operand), Long.BYTES + 1);
    }

    @Override
    public byte[] key(int index) {
      return switch (operator) {
        case "=", "<=" -> DescendingOps.key(operand);
        case "<" -> behind();
        default -> new byte[0];
      };
    }

    @Override
    public byte[] end(int index) {
      return switch (operator) {
        case ">" -> DescendingOps.key(operand);
        case ">=" -> behind();
        default -> null;
      };
    }

    @Override
    public boolean isRange(int index) {
      return !operator.equals("=");
    }

    @Override
    public int category(int index) {
      return NORMAL_KEY;
    }

    @Override
    public int consistent(byte[] presence) {
      return operand == null ? Ternary.NO : presence[0];
    }

    @Override
    public boolean needsRecheck() {
      return false;
    }

    @Override
    public boolean matches(Object value) {
      if (value == null || operand == null) {
        return false;
      }
      int order = Long.compare((Long) value, operand);
      return switch (operator) {
        case "<" -> order < 0;
        case "<=" -> order <= 0;
        case "=" -> order == 0;
        case ">=" -> order >= 0;
        default -> order > 0;
      };
    }
  }
}
