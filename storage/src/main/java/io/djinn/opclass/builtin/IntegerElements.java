package io.djinn.opclass.builtin;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import io.djinn.opclass.IntSequence;
import io.djinn.opclass.IntegerRuns;
import io.djinn.opclass.KeySink;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Integers of 32 or 64 bits; the key is the number big-endian with its sign bit flipped, so that
 * unsigned byte order is numeric order.
 */
final class IntegerElements extends ArrayElements {
  private static final VarHandle INT_KEY =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG_KEY =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int RUN_LENGTH = 128;
  private static final int[] NO_INTS = {};

  private final String argument;
  private final int keyBytes;

  /**
   * @param argument name of the element type
   * @param keyBytes 4 or 8
   */
  IntegerElements(String argument, int keyBytes) {
    this.argument = argument;
    this.keyBytes = keyBytes;
  }

  @Override
  protected String argument() {
    return argument;
  }

  @Override
  protected String elementsTaken() {
    return keyBytes == Integer.BYTES
        ? "integers from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE
        : "integers from " + Long.MIN_VALUE + " to " + Long.MAX_VALUE;
  }

  @Override
  protected String valuesTaken() {
    return keyBytes == Integer.BYTES
        ? "int[], IntSequence, a Collection or an array of Integer, or null"
        : "long[], int[], IntSequence, a Collection or an array of Long or Integer, or null";
  }

  @Override
  protected void extractElements(JsonParser json, KeySink keys) throws IOException {
    byte[] key = new byte[keyBytes];
    IntegerRuns runs = json instanceof IntegerRuns offered ? offered : null;
    int[] run = runs == null ? NO_INTS : new int[RUN_LENGTH];
    JsonToken token = json.currentToken();
    do {
      if (token == JsonToken.VALUE_NUMBER_INT) {
        emit(number(json), key, keys);
        for (int n = run.length; n == run.length && n > 0; ) {
          n = runs.readIntegers(run);
          for (int i = 0; i < n; i++) {
            emit(run[i], key, keys);
          }
        }
      } else if (token == JsonToken.VALUE_NULL) {
        keys.nullElement();
      } else {
        throw elementNotTaken(json);
      }
      token = json.nextToken();
    } while (token != JsonToken.END_ARRAY);
  }

  /** The integer the parser is on, if it is in range. */
  private long number(JsonParser json) throws IOException {
    NumberType type = json.getNumberType();
    if (type == NumberType.INT) {
      return json.getIntValue();
    }
    if (type == NumberType.LONG && keyBytes == Long.BYTES) {
      return json.getLongValue();
    }
    throw elementNotTaken(json);
  }

  @Override
  protected Object readElement(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw elementNotTaken(json);
    }
    long number = number(json);
    return keyBytes == Integer.BYTES ? (Object) (int) number : (Object) number;
  }

  @Override
  protected boolean tryExtractPrimitives(Object value, KeySink keys) {
    byte[] key = new byte[keyBytes];
    int size;
    if (value instanceof IntSequence sequence) {
      size = sequence.size();
      for (int i = 0; i < size; i++) {
        emit(sequence.get(i), key, keys);
      }
    } else if (value instanceof int[] ints) {
      size = ints.length;
      for (int number : ints) {
        emit(number, key, keys);
      }
    } else if (value instanceof long[] longs && keyBytes == Long.BYTES) {
      size = longs.length;
      for (long number : longs) {
        emit(number, key, keys);
      }
    } else {
      return false;
    }
    if (size == 0) {
      keys.emptyItem();
    }
    return true;
  }

  @Override
  protected void extractElements(Iterable<?> elements, KeySink keys) {
    byte[] key = new byte[keyBytes];
    for (Object element : elements) {
      if (element == null) {
        keys.nullElement();
      } else if (element instanceof Integer
          || element instanceof Short
          || element instanceof Byte
          || (element instanceof Long && keyBytes == Long.BYTES)) {
        emit(((Number) element).longValue(), key, keys);
      } else {
        throw elementNotTaken(element);
      }
    }
  }

  private void emit(long number, byte[] key, KeySink keys) {
    if (keyBytes == Integer.BYTES) {
      INT_KEY.set(key, 0, (int) number ^ Integer.MIN_VALUE);
      keys.key(key, 0, Integer.BYTES);
    } else {
      LONG_KEY.set(key, 0, number ^ Long.MIN_VALUE);
      keys.key(key, 0, Long.BYTES);
    }
  }
}
