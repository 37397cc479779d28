package io.djinn.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.djinn.error.InvalidRowException;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;
import io.djinn.opclass.Ternary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Texts asked for their ending, {@code $=}, or as a whole, {@code =}.
 *
 * <p>The key of a text is the text read backwards, so that all texts with one ending are a range.
 */
final class EndingOps implements GinOperatorClass {
  @Override
  public String name() {
    return "ending_ops";
  }

  @Override
  public String argument() {
    return "";
  }

  @Override
  public void extract(Object value, KeySink keys) {
    if (value == null) {
      keys.nullItem();
    } else if (value instanceof String text) {
      byte[] key = backwards(text);
      keys.key(key, 0, key.length);
    } else {
      throw new IllegalArgumentException("a " + value.getClass().getName() + ": not a String");
    }
  }

  @Override
  public void extract(JsonParser json, KeySink keys) throws IOException {
    extract(read(json), keys);
  }

  @Override
  public String read(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw new InvalidRowException(json.currentToken() + ": not a string");
    }
    return json.getText();
  }

  @Override
  public List<String> operators() {
    return List.of("$=", "=");
  }

  @Override
  public GinQuery query(String operator, Object operand) {
    if (!operators().contains(operator)) {
      throw new IllegalArgumentException("no operator " + operator + "; there are $= and =");
    }
    return new Ending(operator.equals("$="), (String) operand);
  }

  @Override
  public GinQuery queryFromJson(String operator, JsonParser operand) throws IOException {
    return query(operator, read(operand));
  }

  private static byte[] backwards(String text) {
    return new StringBuilder(text).reverse().toString().getBytes(StandardCharsets.UTF_8);
  }

  /** One range of keys, or one key: present is the answer. */
  private record Ending(boolean isRange, String text) implements GinQuery {
    @Override
    public Mode mode() {
      return text == null ? Mode.NONE : Mode.DEFAULT;
    }

    @Override
    public int keyCount() {
      return text == null ? 0 : 1;
    }

    @Override
    public byte[] key(int index) {
      return backwards(text);
    }

    @Override
    public int category(int index) {
      return NORMAL_KEY;
    }

    @Override
    public boolean isRange(int index) {
      return isRange;
    }

    /** The first key that does not begin with the range's; every key begins with no bytes. */
    @Override
    public byte[] end(int index) {
      byte[] end = key(index);
      if (end.length == 0) {
        return null;
      }
      // No byte of UTF-8 is 255.
      end[end.length - 1]++;
      return end;
    }

    @Override
    public int consistent(byte[] presence) {
      return text == null ? Ternary.NO : presence[0];
    }

    @Override
    public boolean needsRecheck() {
      return false;
    }

    @Override
    public boolean matches(Object value) {
      byte[] key = value == null ? null : backwards((String) value);
      return key != null
          && text != null
          && (isRange
              ? Arrays.mismatch(key, key(0)) < 0 || Arrays.mismatch(key, key(0)) == key(0).length
              : Arrays.equals(key, key(0)));
    }

    @Override
    public String operatorClass() {
      return "ending_ops";
    }
  }
}
