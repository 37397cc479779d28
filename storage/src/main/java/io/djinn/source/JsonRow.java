package io.djinn.source;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.ContentReference;
import io.djinn.error.InvalidRowException;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.KeySink;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A row that is a line of JSON: an object whose fields are columns, or any value as {@code $}.
 *
 * <p>The first column asked for reads, and so checks, the whole row once, taking that column's keys
 * on the way; further columns begin at their values. Of fields of one name the last counts. A blank
 * line and the row {@code null} have no fields. A byte order mark before the first row is skipped.
 */
final class JsonRow extends LineRow {
  private static final int BYTE_ORDER_MARK_BYTES = 3;

  private final KeyBuffer buffer = new KeyBuffer();
  private final JsonFields fields = new JsonFields();
  private boolean fieldsKnown;
  private JsonRowParser parser;

  /** Whether the parser can begin again. */
  private boolean parserUsable;

  /** The value read last. */
  private Object value;

  JsonRow(String file) {
    super(file);
  }

  @Override
  void forget() {
    fieldsKnown = false;
    if (rowNumber() == 1 && startsWithByteOrderMark()) {
      start += BYTE_ORDER_MARK_BYTES;
    }
  }

  @Override
  public void extract(ColumnPath column, GinOperatorClass operatorClass, KeySink keys) {
    buffer.clear();
    if (column.isExpression()) {
      extractExpression(column, operatorClass);
      buffer.replay(keys);
      return;
    }
    if (!visit(column, operatorClass, true)) {
      keys.nullItem();
      return;
    }
    buffer.replay(keys);
  }

  private void extractExpression(ColumnPath column, GinOperatorClass operatorClass) {
    Object joined = value(column, operatorClass);
    try {
      operatorClass.extract(joined, buffer);
    } catch (IllegalArgumentException | InvalidRowException e) {
      throw invalid(1, "column " + column + ": " + e.getMessage(), e);
    }
  }

  @Override
  public Object value(ColumnPath column, GinOperatorClass operatorClass) {
    if (column.isExpression()) {
      Object first = value(column.firstColumn(), operatorClass);
      Object second = value(column.secondColumn(), operatorClass);
      try {
        return operatorClass.join(first, second);
      } catch (IllegalArgumentException | InvalidRowException e) {
        throw invalid(1, "column " + column + ": " + e.getMessage(), e);
      }
    }
    value = null;
    visit(column, operatorClass, false);
    Object read = value;
    value = null;
    return read;
  }

  @Override
  public boolean has(ColumnPath column) {
    if (isBlank()) {
      return false;
    }
    if (column.isWholeRow()) {
      return true;
    }
    if (column.isExpression()) {
      return has(column.firstColumn()) && has(column.secondColumn());
    }
    if (!fieldsKnown) {
      visit(column, null, false);
    }
    return fields.find(column.field()) >= 0;
  }

  /**
   * Reads one column into the buffer or the value.
   *
   * @param operatorClass null where only the fields are wanted
   * @return whether the row has the column
   */
  private boolean visit(ColumnPath column, GinOperatorClass operatorClass, boolean keysWanted) {
    if (isBlank()) {
      return false;
    }
    try {
      if (column.isWholeRow()) {
        begin(start, end);
        parser.nextToken();
        take(operatorClass, keysWanted);
        requireNothingLeft();
      } else if (!fieldsKnown) {
        boolean found = visitFields(column.field(), operatorClass, keysWanted);
        parserUsable = true;
        return found;
      } else {
        int field = fields.find(column.field());
        if (field < 0) {
          return false;
        }
        begin(fields.start(field), fields.end(field));
        parser.nextToken();
        take(operatorClass, keysWanted);
      }
      parserUsable = true;
      return true;
    } catch (InvalidRowException e) {
      String where = column.isWholeRow() ? "" : "field \"" + column.field() + "\": ";
      throw invalid(parser.currentTokenLocation().getColumnNr(), where + e.getMessage(), e);
    } catch (JsonProcessingException e) {
      throw malformed(e);
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory can not be read", e);
    }
  }

  /** Passes over all fields, noting where they are and reading one of them. */
  private boolean visitFields(String wanted, GinOperatorClass operatorClass, boolean keysWanted)
      throws IOException {
    begin(start, end);
    fields.clear();
    boolean found = false;
    JsonToken token = parser.nextToken();
    if (token == JsonToken.START_OBJECT) {
      String name;
      while ((name = parser.nextFieldName()) != null) {
        JsonToken first = parser.nextToken();
        fields.add(name, parser.tokenStart(), first.isNumeric() ? parser.position() : end);
        if (operatorClass != null && name.equals(wanted)) {
          buffer.clear();
          take(operatorClass, keysWanted);
          found = true;
        } else {
          parser.skipChildren();
        }
      }
    } else if (token != JsonToken.VALUE_NULL) {
      throw new InvalidRowException("the row is not an object, so it has no fields; $ is the row");
    }
    requireNothingLeft();
    fieldsKnown = true;
    return found;
  }

  private void take(GinOperatorClass operatorClass, boolean keysWanted) throws IOException {
    if (keysWanted) {
      operatorClass.extract(parser, buffer);
    } else {
      value = operatorClass.read(parser);
    }
  }

  private void begin(int from, int to) {
    if (!parserUsable || parser.isWorn()) {
      parser = JsonRowParser.create();
    }
    parserUsable = false;
    parser.begin(bytes, start, from, to);
  }

  /** Finishes the row's value, then allows blanks only. */
  private void requireNothingLeft() throws IOException {
    parser.finishToken();
    for (int i = parser.position(); i < end; i++) {
      if (!isSpace(bytes[i])) {
        throw new JsonParseException(
            parser,
            "something follows the row's value",
            new JsonLocation(ContentReference.unknown(), i, 1, i - start + 1));
      }
    }
  }

  private boolean startsWithByteOrderMark() {
    return end - start >= BYTE_ORDER_MARK_BYTES
        && bytes[start] == (byte) 0xEF
        && bytes[start + 1] == (byte) 0xBB
        && bytes[start + 2] == (byte) 0xBF;
  }

  private boolean isBlank() {
    for (int i = start; i < end; i++) {
      if (!isSpace(bytes[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\r';
  }

  private InvalidRowException malformed(JsonProcessingException e) {
    JsonLocation location = e.getLocation();
    int column = location == null ? 1 : Math.max(1, location.getColumnNr());
    // Jackson's own places would contradict ours: a row is all it has seen.
    String message = e.getOriginalMessage().replaceAll("(?s)\\s*\\(start marker at .*", "");
    return invalid(column, "malformed JSON: " + message, e);
  }
}
