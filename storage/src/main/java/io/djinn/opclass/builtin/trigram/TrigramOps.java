package io.djinn.opclass.builtin.trigram;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.djinn.error.InvalidRowException;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;
import io.djinn.opclass.builtin.regex.RegularExpression;
import java.io.IOException;
import java.util.List;

/**
 * {@code gin_trgm_ops}: pieces of texts, patterns, regular expressions and similarity, by the
 * trigrams of a text.
 *
 * <p>An operand is a string. Where a similarity is compared it may be a {@link SimilarText} with a
 * threshold, in JSON {@code {"query": "text", "threshold": 0.5}}; for a regular expression a {@link
 * LimitedExpression}, in JSON {@code {"query": "a.*b", "maxSteps": 1000000}}.
 */
public final class TrigramOps implements GinOperatorClass {
  /** Least similarity of {@code %} where the operand names none. */
  public static final float DEFAULT_SIMILARITY = 0.3f;

  /** Least similarity of {@code %>} and {@code <%} where the operand names none. */
  public static final float DEFAULT_WORD_SIMILARITY = 0.6f;

  /** Least similarity of {@code %>>} and {@code <<%} where the operand names none. */
  public static final float DEFAULT_STRICT_WORD_SIMILARITY = 0.5f;

  static final String NAME = "gin_trgm_ops";

  private static final String QUERY = "query";
  private static final String THRESHOLD = "threshold";
  private static final String MAX_STEPS = "maxSteps";

  /** The operand of a similarity operator with a threshold, from 0 to 1. */
  public static SimilarText similar(String text, float threshold) {
    return new SimilarText(text, threshold);
  }

  /** The operand of {@code ~} or {@code ~*} with a limit of the steps one row may take. */
  public static LimitedExpression expression(String pattern, long maxSteps) {
    return new LimitedExpression(pattern, maxSteps);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String argument() {
    return "";
  }

  @Override
  public List<String> operators() {
    return TrigramOperator.symbols();
  }

  static CharSequence text(Object value) {
    if (value instanceof CharSequence text) {
      return text;
    }
    throw new IllegalArgumentException(
        NAME + " takes strings and null, not " + value.getClass().getTypeName());
  }

  @Override
  public void extract(Object value, KeySink keys) {
    if (value == null) {
      keys.nullItem();
      return;
    }
    CharSequence text = text(value);
    int fault = emit(text, keys);
    if (fault >= 0) {
      throw new IllegalArgumentException(loneSurrogate(text.charAt(fault), fault));
    }
  }

  @Override
  public void extract(JsonParser json, KeySink keys) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      keys.nullItem();
      return;
    }
    String text = string(json);
    int fault = emit(text, keys);
    if (fault >= 0) {
      throw new InvalidRowException(loneSurrogate(text.charAt(fault), fault));
    }
  }

  @Override
  public Object read(JsonParser json) throws IOException {
    return json.currentToken() == JsonToken.VALUE_NULL ? null : string(json);
  }

  private static String string(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw new InvalidRowException(NAME + " takes a string or null, not " + found(json));
    }
    return json.getText();
  }

  private static String found(JsonParser json) throws IOException {
    JsonToken token = json.currentToken();
    return switch (token) {
      case START_ARRAY -> "an array";
      case START_OBJECT -> "an object";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "the number " + cut(json.getText());
      default -> cut(String.valueOf(json.getText()));
    };
  }

  private static String cut(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

  /** Hands over the trigrams; returns the index of a lone surrogate where there is one, or -1. */
  private static int emit(CharSequence text, KeySink keys) {
    int length = text.length();
    Trigrams trigrams = new Trigrams(length + 4);
    for (int i = 0; i < length; i++) {
      int c = text.charAt(i);
      if (Character.isSurrogate((char) c)) {
        int pair = Character.codePointAt(text, i);
        if (pair == c) {
          return i;
        }
        c = pair;
        i++;
      }
      trigrams.add(c);
    }
    trigrams.endWord();
    int count = trigrams.compact();
    if (count == 0) {
      keys.emptyItem();
    }
    byte[] key = new byte[Trigrams.KEY_BYTES];
    for (int i = 0; i < count; i++) {
      Trigrams.write(trigrams.get(i), key);
      keys.key(key, 0, Trigrams.KEY_BYTES);
    }
    return -1;
  }

  private static String loneSurrogate(char found, int index) {
    return String.format(
        "%s takes Unicode text: the string has a lone surrogate U+%04X at character %d",
        NAME, (int) found, index + 1);
  }

  @Override
  public GinQuery query(String operator, Object operand) {
    TrigramOperator parsed = TrigramOperator.parse(operator);
    if (operand == null) {
      return new NullQuery();
    }
    String text = null;
    if (operand instanceof CharSequence given) {
      text = given.toString();
    } else if (operand instanceof SimilarText similar && parsed.comparesSimilarity()) {
      text = similar.text();
    } else if (operand instanceof LimitedExpression limited && parsed.takesExpression()) {
      text = limited.pattern();
    }
    if (text == null) {
      throw new IllegalArgumentException(
          NAME
              + " "
              + operator
              + " takes a String"
              + (parsed.comparesSimilarity()
                  ? ", a SimilarText"
                  : parsed.takesExpression() ? ", a LimitedExpression" : "")
              + " or null, not "
              + operand.getClass().getTypeName());
    }
    refuseLoneSurrogates(text);
    if (parsed.comparesSimilarity()) {
      return SimilarityQuery.of(
          parsed, operand instanceof SimilarText similar ? similar : new SimilarText(text, null));
    }
    if (parsed.takesExpression()) {
      return ExpressionQuery.of(
          parsed,
          operand instanceof LimitedExpression limited
              ? limited
              : new LimitedExpression(text, RegularExpression.DEFAULT_MAX_STEPS));
    }
    return RequiredTrigrams.of(parsed, text);
  }

  private static void refuseLoneSurrogates(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (text.codePointAt(i) == text.charAt(i)) {
          throw new IllegalArgumentException(loneSurrogate(text.charAt(i), i));
        }
        i++;
      }
    }
  }

  @Override
  public GinQuery queryFromJson(String operator, JsonParser operand) throws IOException {
    TrigramOperator parsed = TrigramOperator.parse(operator);
    JsonToken token = operand.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return query(operator, null);
    }
    if (token == JsonToken.VALUE_STRING) {
      return query(operator, operand.getText());
    }
    String member =
        parsed.comparesSimilarity() ? THRESHOLD : parsed.takesExpression() ? MAX_STEPS : null;
    if (token != JsonToken.START_OBJECT || member == null) {
      throw new IllegalArgumentException(
          NAME
              + " "
              + operator
              + " takes a string"
              + (member == null ? "" : ", an object of " + QUERY + " and " + member)
              + " or null, not "
              + found(operand));
    }
    return queryFromObject(parsed, operand, member);
  }

  private GinQuery queryFromObject(TrigramOperator operator, JsonParser json, String member)
      throws IOException {
    String text = null;
    Float threshold = null;
    long maxSteps = RegularExpression.DEFAULT_MAX_STEPS;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (name.equals(QUERY) && value == JsonToken.VALUE_STRING) {
        text = json.getText();
      } else if (name.equals(member) && member.equals(THRESHOLD) && value.isNumeric()) {
        threshold = json.getFloatValue();
      } else if (name.equals(member) && value == JsonToken.VALUE_NUMBER_INT) {
        maxSteps = json.getLongValue();
      } else {
        throw new IllegalArgumentException(
            NAME
                + " "
                + operator.symbol()
                + " takes a string "
                + QUERY
                + " and a number "
                + member
                + ", not "
                + cut(name)
                + " with "
                + found(json));
      }
    }
    if (text == null) {
      throw new IllegalArgumentException(
          NAME + " " + operator.symbol() + " needs a member " + QUERY);
    }
    return query(
        operator.symbol(),
        member.equals(THRESHOLD)
            ? new SimilarText(text, threshold)
            : new LimitedExpression(text, maxSteps));
  }
}
