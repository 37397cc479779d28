package io.djinn.build.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.djinn.api.GinIndex;
import io.djinn.build.cli.golden.JsonSlice;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.source.ColumnPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Makes conditions of an index out of what people write. */
final class Conditions {
  private static final JsonFactory JSON = new JsonFactory();

  private Conditions() {}

  /**
   * The condition {@code column operator operand}.
   *
   * @param column as people write it, or null where the index has one column only
   * @param operand as JSON
   */
  static GinIndex.Condition of(GinIndex index, String column, String operator, String operand) {
    int at = 0;
    if (column != null) {
      at = index.spec().columnIndex(ColumnPath.parse(column));
    } else if (index.spec().columns().size() > 1) {
      throw new UserMistakeException(
          "index \""
              + index.name()
              + "\" has the columns "
              + index.spec().columns()
              + ": say which with --where '{\"column\":…,\"op\":…,\"query\":…}'");
    }
    return new GinIndex.Condition(
        at, query(index.spec().columns().get(at).operatorClass(), operator, operand));
  }

  /** The query of a class, its operand as JSON text. */
  static GinQuery query(GinOperatorClass operatorClass, String operator, String operand) {
    if (!operatorClass.operators().contains(operator)) {
      throw new UserMistakeException(
          operatorClass.spelling()
              + " has no operator \""
              + operator
              + "\"; it has "
              + String.join(", ", operatorClass.operators()));
    }
    try (JsonParser json = JSON.createParser(operand)) {
      if (json.nextToken() == null) {
        throw new UserMistakeException("the query is empty; it must be JSON, as [\"Drama\"]");
      }
      GinQuery query = operatorClass.queryFromJson(operator, json);
      if (json.nextToken() != null) {
        throw malformed(operand, "something follows the value");
      }
      return query;
    } catch (JsonProcessingException e) {
      throw malformed(operand, e.getOriginalMessage());
    } catch (IOException e) {
      throw malformed(operand, e.getMessage());
    }
  }

  private static UserMistakeException malformed(String text, String detail) {
    return new UserMistakeException("query " + text + " is not JSON: " + detail);
  }

  /** Reads {@code {"column":…,"op":…,"query":…}}. */
  static GinIndex.Condition parse(GinIndex index, String text) {
    String column = null;
    String operator = null;
    String operand = null;
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (JsonParser json = JSON.createParser(bytes)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new UserMistakeException("--where " + text + " is no JSON object");
      }
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String field = json.currentName();
        json.nextToken();
        switch (field) {
          case "column" -> column = json.getValueAsString();
          case "op" -> operator = json.getValueAsString();
          case "query" -> operand = JsonSlice.of(json, bytes);
          default ->
              throw new UserMistakeException(
                  "--where has no field \"" + field + "\"; it has column, op and query");
        }
      }
      if (json.nextToken() != null) {
        throw malformed(text, "something follows the object");
      }
    } catch (JsonProcessingException e) {
      throw malformed(text, e.getOriginalMessage());
    } catch (IOException e) {
      throw malformed(text, e.getMessage());
    }
    if (operator == null || operand == null) {
      throw new UserMistakeException(
          "--where " + text + " lacks the field \"" + (operator == null ? "op" : "query") + "\"");
    }
    return of(index, column, operator, operand);
  }
}
