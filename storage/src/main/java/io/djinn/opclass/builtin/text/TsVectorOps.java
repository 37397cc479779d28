package io.djinn.opclass.builtin.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.djinn.error.InvalidRowException;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;
import java.io.IOException;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * Documents asked by {@code @@}: PostgreSQL's {@code tsvector_ops}, with positions in the index.
 *
 * <p>A value is a {@link TsVector}, or a string: text that a configuration makes a document of
 * ({@code tsvector_ops/english}, {@code tsvector_ops/simple}), or the text form of a document
 * ({@code tsvector_ops/literal}, which {@code tsvector_ops} alone means). The keys are its lexemes
 * in UTF-8, their payloads positions and weights. An operand is a {@link TsQuery} or its text form.
 */
public final class TsVectorOps implements GinOperatorClass {
  static final String NAME = "tsvector_ops";

  private static final String LITERAL = "literal";
  private static final String MATCHES = "@@";
  private static final List<String> OPERATORS = List.of(MATCHES);
  private static final int LONGEST_SHOWN = 40;
  private static final byte[] NO_BYTES = {};

  private static final TsVectorOps LITERALS = new TsVectorOps(null);
  private static final TsVectorOps SIMPLE = new TsVectorOps(TextSearch.config("simple"));
  private static final TsVectorOps ENGLISH = new TsVectorOps(TextSearch.config("english"));

  /** Null where strings are text forms. */
  private final TextSearch config;

  private TsVectorOps(TextSearch config) {
    this.config = config;
  }

  /** Values are documents, strings their text form; {@code tsvector_ops/literal}. */
  public static TsVectorOps ofLiterals() {
    return LITERALS;
  }

  /** Strings are text in English; {@code tsvector_ops/english}. */
  public static TsVectorOps english() {
    return ENGLISH;
  }

  /** Strings are text whose words are taken as they are; {@code tsvector_ops/simple}. */
  public static TsVectorOps simple() {
    return SIMPLE;
  }

  static List<TsVectorOps> all() {
    return List.of(LITERALS, ENGLISH, SIMPLE);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String argument() {
    return config == null ? LITERAL : config.name();
  }

  @Override
  public boolean hasPayloads() {
    return true;
  }

  @Override
  public void checkPayload(DirectBuffer payload) {
    PositionCodec.decode(payload, new PositionList());
  }

  /** Rows that match a query. */
  public GinQuery matches(TsQuery query) {
    return new TsVectorQuery(this, query);
  }

  @Override
  public void extract(Object value, KeySink keys) {
    if (value == null) {
      keys.nullItem();
    } else {
      extract(toVector(value), keys);
    }
  }

  @Override
  public void extract(JsonParser json, KeySink keys) throws IOException {
    TsVector document = read(json);
    if (document == null) {
      keys.nullItem();
    } else {
      extract(document, keys);
    }
  }

  private static void extract(TsVector document, KeySink keys) {
    int size = document.size();
    if (size == 0) {
      keys.emptyItem();
      return;
    }
    byte[] payload = NO_BYTES;
    for (int i = 0; i < size; i++) {
      int needed = 4 * document.positionCount(i);
      if (payload.length < needed) {
        payload = new byte[Math.max(needed, 64)];
      }
      int length = PositionCodec.encode(document, i, payload);
      keys.key(document.bytes(), document.start(i), document.length(i), payload, 0, length);
    }
  }

  /** The string as a document; null for JSON null. */
  @Override
  public TsVector read(JsonParser json) throws IOException {
    JsonToken token = json.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (token != JsonToken.VALUE_STRING) {
      throw new InvalidRowException(spelling() + " takes strings and null, not " + describe(json));
    }
    try {
      return toVector(json.getText());
    } catch (IllegalArgumentException e) {
      throw new InvalidRowException(e.getMessage(), e);
    }
  }

  private static String describe(JsonParser json) throws IOException {
    JsonToken token = json.currentToken();
    if (token == null) {
      return "nothing";
    }
    return switch (token) {
      case START_ARRAY -> "an array";
      case START_OBJECT -> "an object";
      default -> cut(json.getText());
    };
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
  }

  /** A value, which is not null, as a document. */
  TsVector toVector(Object value) {
    if (value instanceof TsVector document) {
      return document;
    }
    if (value instanceof String text) {
      return config == null ? TsVector.parse(text) : config.toTsVector(text);
    }
    throw new IllegalArgumentException(
        spelling() + " takes TsVector, String or null, not " + value.getClass().getTypeName());
  }

  /** Where strings are text: the literal form has no words to be joined. */
  @Override
  public boolean joinsFields() {
    return config != null;
  }

  /** The first with weight A, then the second, if there is one, with weight B. */
  @Override
  public Object join(Object first, Object second) {
    if (config == null) {
      return GinOperatorClass.super.join(first, second);
    }
    if (first == null) {
      return null;
    }
    TsVector joined = toVector(first).setWeight('A');
    return second == null ? joined : joined.concat(toVector(second).setWeight('B'));
  }

  @Override
  public List<String> operators() {
    return OPERATORS;
  }

  @Override
  public GinQuery query(String operator, Object operand) {
    requireKnown(operator);
    if (operand == null || operand instanceof TsQuery) {
      return new TsVectorQuery(this, (TsQuery) operand);
    }
    if (operand instanceof String text) {
      return new TsVectorQuery(this, TsQuery.parse(text));
    }
    throw new IllegalArgumentException(
        "operand of "
            + operator
            + ": "
            + spelling()
            + " takes TsQuery, String or null, not "
            + operand.getClass().getTypeName());
  }

  @Override
  public GinQuery queryFromJson(String operator, JsonParser operand) throws IOException {
    requireKnown(operator);
    JsonToken token = operand.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return query(operator, null);
    }
    if (token != JsonToken.VALUE_STRING) {
      throw new IllegalArgumentException(
          "operand of "
              + operator
              + ": "
              + spelling()
              + " takes a tsquery as a string, or null, not "
              + describe(operand));
    }
    return query(operator, operand.getText());
  }

  private void requireKnown(String operator) {
    if (!operator.equals(MATCHES)) {
      throw new IllegalArgumentException(
          spelling() + " has no operator \"" + cut(operator) + "\"; it has " + MATCHES);
    }
  }

  @Override
  public String toString() {
    return spelling();
  }
}
