package io.djinn.build.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collection;

/** One JSON object on one line, written field by field. */
final class JsonLine {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int DECIMALS = 3;

  private final StringWriter text = new StringWriter();
  private final JsonGenerator json;

  /**
   * @param type what the object is, its field {@code type}
   */
  JsonLine(String type) {
    try {
      json = JSON.createGenerator(text);
      json.writeStartObject();
      json.writeStringField("type", type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes to the generator what has no method of its own here. */
  interface Writing {
    void write(JsonGenerator json) throws IOException;
  }

  JsonLine with(Writing writing) {
    try {
      writing.write(json);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonLine put(String name, String value) {
    return with(j -> j.writeStringField(name, value));
  }

  JsonLine put(String name, long value) {
    return with(j -> j.writeNumberField(name, value));
  }

  JsonLine put(String name, boolean value) {
    return with(j -> j.writeBooleanField(name, value));
  }

  /** A number with three decimals. */
  JsonLine put(String name, double value) {
    return with(
        j ->
            j.writeNumberField(
                name, BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_UP)));
  }

  JsonLine put(String name, Collection<?> values) {
    return with(
        j -> {
          j.writeArrayFieldStart(name);
          for (Object value : values) {
            if (value instanceof Long number) {
              j.writeNumber(number);
            } else {
              j.writeString(value.toString());
            }
          }
          j.writeEndArray();
        });
  }

  /**
   * @param value JSON text as it is to stand
   */
  JsonLine raw(String name, String value) {
    return with(
        j -> {
          j.writeFieldName(name);
          j.writeRawValue(value);
        });
  }

  /** The finished line. */
  @Override
  public String toString() {
    with(
        j -> {
          if (!j.isClosed()) {
            j.writeEndObject();
            j.close();
          }
        });
    return text.toString();
  }
}
