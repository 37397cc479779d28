package io.djinn.opclass.builtin.scalar.type;

import java.util.List;

/** The scalar types there are. */
public final class ScalarTypes {
  public static final ScalarType INT2 = new IntegerType("int2", Short.BYTES);
  public static final ScalarType INT4 = new IntegerType("int4", Integer.BYTES);
  public static final ScalarType INT8 = new IntegerType("int8", Long.BYTES);
  public static final ScalarType FLOAT4 = new FloatType("float4", Float.BYTES);
  public static final ScalarType FLOAT8 = new FloatType("float8", Double.BYTES);
  public static final ScalarType NUMERIC = new NumericType();
  public static final ScalarType TEXT = new TextType();
  public static final ScalarType DATE = new DateType();
  public static final ScalarType TIMESTAMP = new TimestampType("timestamp", false);
  public static final ScalarType TIMESTAMPTZ = new TimestampType("timestamptz", true);
  public static final ScalarType UUID = new UuidType();
  public static final ScalarType BOOL = new BoolType();
  public static final ScalarType BYTEA = new ByteaType();

  /** All of them. */
  public static final List<ScalarType> ALL =
      List.of(
          INT2,
          INT4,
          INT8,
          FLOAT4,
          FLOAT8,
          NUMERIC,
          TEXT,
          DATE,
          TIMESTAMP,
          TIMESTAMPTZ,
          UUID,
          BOOL,
          BYTEA);

  private ScalarTypes() {}
}
