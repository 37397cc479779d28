package io.djinn.opclass.builtin.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;
import io.djinn.opclass.Ternary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/** Asks an operator class about JSON texts as a scan would, with no index in between. */
final class JsonRows {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNumberLength(300_000)
                  .maxNestingDepth(100_000)
                  .build())
          .build();

  private JsonRows() {}

  static JsonParser parser(String json) throws IOException {
    JsonParser parser = FACTORY.createParser(json.getBytes(StandardCharsets.UTF_8));
    parser.nextToken();
    return parser;
  }

  /** A parser on the field's value, or null where the object has no such field. */
  static JsonParser parser(String json, String column) throws IOException {
    JsonParser parser = parser(json);
    if (column.equals("$")) {
      return parser;
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      boolean isColumn = parser.currentName().equals(column);
      parser.nextToken();
      if (isColumn) {
        return parser;
      }
      parser.skipChildren();
    }
    return null;
  }

  static Object value(GinOperatorClass operatorClass, String json) {
    try (JsonParser parser = parser(json)) {
      return operatorClass.read(parser);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static GinQuery query(GinOperatorClass operatorClass, String operator, String operand) {
    try (JsonParser parser = parser(operand)) {
      return operatorClass.queryFromJson(operator, parser);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Keys keys(GinOperatorClass operatorClass, String json) {
    try (JsonParser parser = parser(json)) {
      Keys keys = new Keys();
      operatorClass.extract(parser, keys);
      return keys;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static boolean matches(GinOperatorClass operatorClass, String json, String op, String operand) {
    return query(operatorClass, op, operand).matches(value(operatorClass, json));
  }

  /** The keys of one row. */
  static final class Keys implements KeySink {
    final Set<byte[]> bytes = new TreeSet<>(Arrays::compareUnsigned);
    boolean isEmpty;

    @Override
    public void key(byte[] key, int offset, int length) {
      bytes.add(Arrays.copyOfRange(key, offset, offset + length));
    }

    @Override
    public void nullElement() {
      throw new AssertionError("a null element");
    }

    @Override
    public void emptyItem() {
      isEmpty = true;
    }

    @Override
    public void nullItem() {
      throw new AssertionError("a null item");
    }

    /** What a scan with all keys known would find: a {@link Ternary}. */
    int decide(GinQuery query) {
      byte[] presence = new byte[query.keyCount()];
      boolean any = false;
      for (int i = 0; i < presence.length; i++) {
        presence[i] = bytes.contains(query.key(i)) ? Ternary.YES : Ternary.NO;
        any |= presence[i] == Ternary.YES;
      }
      return switch (query.mode()) {
        case NONE -> Ternary.NO;
        case DEFAULT -> any ? query.consistent(presence) : Ternary.NO;
        case INCLUDE_EMPTY -> any || isEmpty ? query.consistent(presence) : Ternary.NO;
        case ALL, EVERYTHING -> query.consistent(presence);
      };
    }
  }
}
