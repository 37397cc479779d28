package io.djinn.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.ContentReference;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.JsonReadContext;
import com.fasterxml.jackson.core.json.UTF8StreamJsonParser;
import com.fasterxml.jackson.core.sym.ByteQuadsCanonicalizer;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import io.djinn.opclass.IntegerRuns;

/**
 * Jackson's parser of UTF-8 bytes, made to begin again on the next row: a parser a row would cost
 * more than a short row itself.
 *
 * <p>One that has thrown, or was left inside a value, must not be used again.
 */
final class JsonRowParser extends UTF8StreamJsonParser implements IntegerRuns {
  /** Far above any sane text; the default would refuse rows that fit a buffer. */
  private static final int LONGEST_STRING = Integer.MAX_VALUE;

  /** Digits of a PostgreSQL numeric before and after the point, and the point. */
  private static final int LONGEST_NUMBER = 131_072 + 16_383 + 1;

  /** Levels of arrays and objects inside each other: those of the JSON classes, below a field. */
  private static final int DEEPEST = 1_001;

  /** Field names kept; rows whose names never end must not fill the heap. */
  private static final int MOST_NAMES = 4_096;

  /** Any number of so many digits is an int. */
  private static final int PLAIN_DIGITS = 9;

  private static final byte[] NO_BYTES = {};
  private static final Factory FACTORY = new Factory();

  private JsonRowParser(IOContext context, int features, ByteQuadsCanonicalizer names) {
    super(context, features, null, null, names, NO_BYTES, 0, 0, 0, false);
  }

  static JsonRowParser create() {
    return FACTORY.create();
  }

  /** Whether a new parser should take over. */
  boolean isWorn() {
    return _symbols.size() > MOST_NAMES;
  }

  /**
   * Begins on the bytes {@code [from, to)}; locations count columns from {@code rowStart}.
   *
   * <p>The parser of the row before has ended on its value's last token, so its context is the root
   * again; it has not met the end of its bytes, which would have closed it.
   */
  void begin(byte[] bytes, int rowStart, int from, int to) {
    _inputBuffer = bytes;
    _inputPtr = from;
    _inputEnd = to;
    _currInputProcessed = 0;
    _currInputRow = 1;
    _currInputRowStart = rowStart;
    _tokenIncomplete = false;
    _nextToken = null;
    _currToken = null;
    _parsingContext = JsonReadContext.createRootContext(null);
  }

  /** Index of the first byte not read; for a string token, of one inside it. */
  int position() {
    return _inputPtr;
  }

  /** Index of the first byte of the current token, which is no field name. */
  int tokenStart() {
    return (int) _tokenInputTotal - 1;
  }

  @Override
  public int readIntegers(int[] into) {
    byte[] in = _inputBuffer;
    int end = _inputEnd;
    int position = _inputPtr;
    int count = 0;
    while (count < into.length && position < end && in[position] == ',') {
      int at = position + 1;
      boolean negative = at < end && in[at] == '-';
      if (negative) {
        at++;
      }
      int first = at;
      int limit = Math.min(end, first + PLAIN_DIGITS + 1);
      int number = 0;
      for (int digit; at < limit && (digit = (char) (in[at] - '0')) <= 9; at++) {
        number = 10 * number + digit;
      }
      int digits = at - first;
      if (digits == 0
          || digits > PLAIN_DIGITS
          || (digits > 1 && in[first] == '0')
          || at >= end
          || (in[at] != ',' && in[at] != ']')) {
        break;
      }
      into[count++] = negative ? -number : number;
      position = at;
    }
    // What follows is a comma or a bracket still, as after any number; the context expects it.
    _inputPtr = position;
    return count;
  }

  /** Makes parsers over bytes known to be UTF-8; keeps no buffers in threads of the user. */
  private static final class Factory extends JsonFactory {
    private static final long serialVersionUID = 1L;

    Factory() {
      super(
          new JsonFactoryBuilder()
              .disable(Feature.INTERN_FIELD_NAMES)
              .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxStringLength(LONGEST_STRING)
                      .maxNameLength(LONGEST_STRING)
                      .maxNumberLength(LONGEST_NUMBER)
                      .maxNestingDepth(DEEPEST)
                      .build()));
    }

    JsonRowParser create() {
      return new JsonRowParser(
          _createContext(ContentReference.unknown(), false),
          _parserFeatures,
          _byteSymbolCanonicalizer.makeChild(_factoryFeatures));
    }
  }
}
