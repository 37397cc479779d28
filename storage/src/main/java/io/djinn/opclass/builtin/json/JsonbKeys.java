package io.djinn.opclass.builtin.json;

import com.fasterxml.jackson.core.JsonParser;
import io.djinn.opclass.KeySink;
import io.djinn.opclass.builtin.json.value.JsonArray;
import io.djinn.opclass.builtin.json.value.JsonNull;
import io.djinn.opclass.builtin.json.value.JsonObject;
import io.djinn.opclass.builtin.json.value.JsonValues;
import java.io.IOException;
import java.math.BigDecimal;

/**
 * Hands the keys of one JSON value to a sink, whether it streams by or is a value already.
 *
 * <p>One is made a row; it builds key after key in the same buffer. Both ways give the same set of
 * keys, members that a later one of the same name replaces included.
 */
abstract class JsonbKeys {
  final KeyBytes key = new KeyBytes();
  private final KeySink sink;
  private boolean isEmpty = true;
  private boolean leavesOutOverridden;

  JsonbKeys(KeySink sink) {
    this.sink = sink;
  }

  /** A container begins; depth 1 is the outermost. */
  abstract void enter(int depth);

  /** A container of that depth has ended. */
  abstract void leave(int depth);

  /** A member of the object of that depth begins. */
  abstract void name(String name, int depth);

  /** The key's text stands in {@link #key} from byte 1 on; {@code depth} of its container, or 0. */
  abstract void scalar(JsonbScalar type, boolean isMember, int depth);

  final void emit() {
    isEmpty = false;
    sink.key(key.bytes(), 0, key.length());
  }

  final void extract(JsonParser json) throws IOException {
    int depth = 0;
    boolean isMember = false;
    do {
      boolean wasName = false;
      switch (json.currentToken()) {
        case START_ARRAY, START_OBJECT -> {
          JsonValues.checkDepth(++depth);
          enter(depth);
        }
        case END_ARRAY, END_OBJECT -> leave(depth--);
        case FIELD_NAME -> {
          name(json.currentName(), depth);
          wasName = true;
        }
        case VALUE_STRING -> {
          key.begin(0);
          key.putText(json.getTextCharacters(), json.getTextOffset(), json.getTextLength());
          scalar(JsonbScalar.STRING, isMember, depth);
        }
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
          key.begin(0);
          key.putNumber(json.getTextCharacters(), json.getTextOffset(), json.getTextLength());
          scalar(JsonbScalar.NUMBER, isMember, depth);
        }
        case VALUE_TRUE -> bool(true, isMember, depth);
        case VALUE_FALSE -> bool(false, isMember, depth);
        case VALUE_NULL -> {
          key.begin(0);
          scalar(JsonbScalar.NULL, isMember, depth);
        }
        default -> throw new IllegalStateException("a parser of text gave " + json.currentToken());
      }
      isMember = wasName;
    } while (depth > 0 && json.nextToken() != null);
    end();
  }

  private void bool(boolean value, boolean isMember, int depth) {
    key.begin(0);
    key.put(value ? 't' : 'f');
    scalar(JsonbScalar.BOOLEAN, isMember, depth);
  }

  /** As {@link #extract(JsonParser)} for a value of {@link JsonValues}. */
  final void extract(Object value) {
    walk(value, false, 0);
    end();
  }

  /** As {@link #extract(Object)} without members that a later one replaced: those of an operand. */
  final void extractCounting(Object value) {
    leavesOutOverridden = true;
    extract(value);
  }

  private void walk(Object value, boolean isMember, int depth) {
    if (value instanceof JsonObject object) {
      enter(depth + 1);
      for (int i = 0; i < object.size(); i++) {
        name(object.key(i), depth + 1);
        walk(object.value(i), true, depth + 1);
      }
      for (int i = 0; i < overriddenCount(object); i++) {
        name(object.overriddenKey(i), depth + 1);
        walk(object.overriddenValue(i), true, depth + 1);
      }
      leave(depth + 1);
    } else if (value instanceof JsonArray array) {
      enter(depth + 1);
      for (int i = 0; i < array.size(); i++) {
        walk(array.get(i), false, depth + 1);
      }
      leave(depth + 1);
    } else {
      scalar(put(value), isMember, depth);
    }
  }

  private int overriddenCount(JsonObject object) {
    return leavesOutOverridden ? 0 : object.overriddenCount();
  }

  /** Puts a scalar's text behind a byte for its flag. */
  final JsonbScalar put(Object value) {
    key.begin(0);
    if (value instanceof String text) {
      key.putText(text);
      return JsonbScalar.STRING;
    }
    if (value instanceof BigDecimal number) {
      char[] text = number.toString().toCharArray();
      key.putNumber(text, 0, text.length);
      return JsonbScalar.NUMBER;
    }
    if (value instanceof Boolean bool) {
      key.put(bool ? 't' : 'f');
      return JsonbScalar.BOOLEAN;
    }
    if (value != JsonNull.NULL) {
      throw new IllegalStateException("no JSON value: " + value.getClass().getTypeName());
    }
    return JsonbScalar.NULL;
  }

  private void end() {
    if (isEmpty) {
      sink.emptyItem();
    }
  }
}
