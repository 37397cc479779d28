package io.djinn.opclass.builtin.json.path;

import io.djinn.opclass.builtin.json.value.JsonArray;
import io.djinn.opclass.builtin.json.value.JsonNumbers;
import io.djinn.opclass.builtin.json.value.JsonObject;
import io.djinn.opclass.builtin.json.value.JsonText;
import java.math.BigDecimal;

/**
 * Where an object would lie in PostgreSQL's binary jsonb, which {@code .keyvalue()} gives out as
 * its {@code id}.
 *
 * <p>A container is a header of 4 bytes, 4 bytes for each element (for each key and each value of
 * an object), then all keys, then the values one after the other; containers and numbers begin at
 * multiples of 4.
 */
final class JsonbLayout {
  private static final int WORD = Integer.BYTES;

  /** Distance between the ids of objects in different bases. */
  private static final long BASE_FACTOR = 10_000_000_000L;

  /** Numbers within these limits have a header of 2 bytes instead of 4. */
  private static final int SHORT_SCALE = 63;

  private static final int SHORT_WEIGHT = 63;

  private final Object wanted;
  private int offset;

  private JsonbLayout(Object wanted) {
    this.wanted = wanted;
  }

  /** The id of an object that lies in the base, or is it. */
  static long objectId(Object base, long baseId, JsonObject object) {
    JsonbLayout layout = new JsonbLayout(object);
    layout.tryReach(base);
    return layout.offset + baseId * BASE_FACTOR;
  }

  /** Moves over the value, or to the wanted object where that lies in it. */
  private boolean tryReach(Object value) {
    if (value instanceof JsonObject object) {
      align();
      if (value == wanted) {
        return true;
      }
      offset += WORD + 2 * WORD * object.size();
      for (int i = 0; i < object.size(); i++) {
        offset += JsonText.utf8Length(object.key(i));
      }
      for (int i = 0; i < object.size(); i++) {
        if (tryReach(object.value(i))) {
          return true;
        }
      }
    } else if (value instanceof JsonArray array) {
      align();
      offset += WORD + WORD * array.size();
      for (int i = 0; i < array.size(); i++) {
        if (tryReach(array.get(i))) {
          return true;
        }
      }
    } else if (value instanceof String text) {
      offset += JsonText.utf8Length(text);
    } else if (value instanceof BigDecimal number) {
      align();
      offset += numberBytes(number);
    }
    return false;
  }

  private void align() {
    offset = (offset + WORD - 1) & -WORD;
  }

  private static int numberBytes(BigDecimal number) {
    if (number.signum() == 0) {
      return WORD + (JsonNumbers.displayScale(number) <= SHORT_SCALE ? 2 : WORD);
    }
    BigDecimal stripped = number.stripTrailingZeros();
    int highest = Math.floorDiv(stripped.precision() - stripped.scale() - 1, 4);
    int lowest = Math.floorDiv(-stripped.scale(), 4);
    boolean isShort =
        JsonNumbers.displayScale(number) <= SHORT_SCALE
            && highest <= SHORT_WEIGHT
            && highest >= -SHORT_WEIGHT - 1;
    return WORD + (isShort ? 2 : WORD) + 2 * (highest - lowest + 1);
  }
}
