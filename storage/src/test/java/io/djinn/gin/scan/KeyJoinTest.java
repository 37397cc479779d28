package io.djinn.gin.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.opclass.GinQuery;
import io.djinn.opclass.GinQuery.Mode;
import io.djinn.opclass.KeyJoin;
import io.djinn.opclass.OperatorClasses;
import io.djinn.opclass.Ternary;
import io.djinn.opclass.builtin.trigram.SimilarText;
import io.djinn.testkit.TestSeed;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the queries of the shipped classes say of their keys, beside what they answer. A failing
 * case is replayed by {@code mvn -pl storage test -Dtest=KeyJoinTest -Ddjinn.seed=SEED} with the
 * seed that was printed.
 */
class KeyJoinTest {
  private static final int QUERIES = 3000;
  private static final int MANY = 2000;

  private final SplittableRandom random;

  KeyJoinTest() {
    random = new SplittableRandom(TestSeed.forTest("KeyJoinTest"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "array_ops/text",
        "array_ops/int8",
        "array_ops/numeric",
        "tsvector_ops/simple",
        "jsonb_ops",
        "jsonb_path_ops",
        "gin_trgm_ops",
        "gin_hstore_ops",
        "text_ops"
      })
  void whatAQuerySaysOfItsKeysIsWhatItAnswers(String operatorClass) {
    Set<KeyJoin> said = EnumSet.noneOf(KeyJoin.class);
    for (int i = 0; i < QUERIES; i++) {
      GinQuery query = query(operatorClass);
      if (query.keyCount() < 2) {
        continue;
      }
      KeyJoin join = query.keyJoin();
      said.add(join);
      QueryShape asked = QueryShape.asked(query);
      assertEquals(join == KeyJoin.UNKNOWN ? asked : expected(join), asked, query::toString);
      assertEquals(asked, QueryShape.of(query), query::toString);
    }
    boolean hasOneKey = operatorClass.equals("text_ops");
    assertEquals(!hasOneKey, said.contains(KeyJoin.ALL), said::toString);
    boolean hasUnions =
        said.contains(KeyJoin.ANY)
            || said.contains(KeyJoin.ANY_COMPARED)
            || operatorClass.equals("gin_trgm_ops");
    assertEquals(!hasOneKey, hasUnions, said::toString);
  }

  private static QueryShape expected(KeyJoin join) {
    return switch (join) {
      case ALL -> QueryShape.CONJUNCTION;
      case ANY -> QueryShape.UNION;
      case ANY_COMPARED -> QueryShape.UNION_OF_CANDIDATES;
      default -> QueryShape.GENERAL;
    };
  }

  private GinQuery query(String operatorClass) {
    String operator;
    Object operand;
    switch (operatorClass) {
      case "array_ops/int8" -> {
        operator = pick("@>", "&&", "<@", "=");
        operand = list(() -> (long) random.nextInt(30));
      }
      case "array_ops/text", "array_ops/numeric" -> {
        operator = pick("@>", "&&", "<@", "=");
        operand = list(() -> String.valueOf(random.nextInt(30)));
      }
      case "tsvector_ops/simple" -> {
        operator = "@@";
        operand = text(3);
      }
      case "jsonb_ops", "jsonb_path_ops" -> {
        boolean hasKeys = operatorClass.equals("jsonb_ops");
        operator = hasKeys ? pick("@>", "?|", "?&", "@?", "@@") : pick("@>", "@?", "@@");
        operand =
            switch (operator) {
              case "@>" -> Map.of(word(), List.of(word(), word()), word() + "x", word());
              case "@?" -> "$ ? (" + path(3) + ")";
              case "@@" -> path(3);
              default -> list(this::word);
            };
      }
      case "gin_trgm_ops" -> {
        operator = pick("LIKE", "ILIKE", "=", "~", "%", "<%", "<<%");
        operand =
            switch (operator) {
              case "LIKE", "ILIKE" -> "%" + word() + "%" + word() + word() + "%";
              case "~" -> word() + "(" + word() + "|" + word() + word() + ").*" + word();
              case "=" -> word() + " " + word();
              default ->
                  new SimilarText(
                      word() + " " + word(),
                      random.nextInt(4) == 0 ? 1f : (float) (random.nextDouble(0.001, 1)));
            };
      }
      case "gin_hstore_ops" -> {
        operator = pick("@>", "?|", "?&");
        operand = operator.equals("@>") ? pairs() : list(this::cutWord);
      }
      default -> {
        operator = pick("<", "<=", "=", ">=", ">");
        operand = cutWord();
      }
    }
    String[] spelling = operatorClass.split("/");
    return OperatorClasses.find(spelling[0], spelling.length == 1 ? "" : spelling[1])
        .query(operator, operand);
  }

  private String pick(String... all) {
    return all[random.nextInt(all.length)];
  }

  private List<Object> list(Supplier<Object> element) {
    List<Object> list = new ArrayList<>();
    for (int i = random.nextInt(6); i >= 0; i--) {
      list.add(random.nextInt(20) == 0 ? null : element.get());
    }
    return list;
  }

  private String word() {
    return pick("ab", "cde", "fghi", "jklmn", "opq", "rs");
  }

  /** A word, or one that a key does not hold whole. */
  private String cutWord() {
    return random.nextInt(2) == 0 ? word() : word().repeat(3000);
  }

  private Map<String, String> pairs() {
    Map<String, String> pairs = new TreeMap<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      pairs.put(word(), random.nextInt(5) == 0 ? null : cutWord());
    }
    return pairs;
  }

  private String text(int depth) {
    int kind = depth == 0 ? 0 : random.nextInt(6);
    if (kind < 2) {
      return word() + pick("", "", ":*", ":A");
    }
    // Often one operator for the whole of it.
    String operator = kind == 2 ? " & " : kind == 3 ? " | " : pick(" & ", " | ", " <-> ");
    String negation = random.nextInt(8) == 0 ? "!" : "";
    return kind < 4
        ? IntStream.rangeClosed(0, 1 + random.nextInt(3))
            .mapToObj(i -> word())
            .collect(Collectors.joining(operator))
        : "(" + text(depth - 1) + ")" + operator + negation + "(" + text(depth - 1) + ")";
  }

  private String path(int depth) {
    if (depth == 0 || random.nextInt(4) == 0) {
      String start = random.nextInt(2) == 0 ? "$" : "$." + word();
      return start + "." + word() + pick(" == ", " == ", " > ") + "\"" + word() + "\"";
    }
    String negation = random.nextInt(8) == 0 ? "!" : "";
    return "("
        + path(depth - 1)
        + ")"
        + pick(" && ", " || ")
        + negation
        + "("
        + path(depth - 1)
        + ")";
  }

  /** A query that counts how often it is asked. */
  private static final class Counting {
    int asked;

    KeyQuery query(int keys, boolean isUnion) {
      List<byte[]> all =
          IntStream.range(0, keys)
              .mapToObj(i -> new byte[] {(byte) (i >>> 16), (byte) (i >>> 8), (byte) i})
              .toList();
      return new KeyQuery(
          Mode.DEFAULT,
          all,
          false,
          presence -> {
            asked++;
            int decisive = isUnion ? Ternary.YES : Ternary.NO;
            int result = Ternary.YES - decisive;
            for (byte value : presence) {
              if (value == decisive) {
                return decisive;
              }
              result = value == Ternary.MAYBE ? Ternary.MAYBE : result;
            }
            return result;
          });
    }
  }

  @Test
  void aQueryThatSaysNothingIsAskedAboutEachKeyOnlyWhereTheyAreFew() {
    for (boolean isUnion : new boolean[] {true, false}) {
      Counting few = new Counting();
      QueryShape shape = QueryShape.of(few.query(QueryShape.MAX_TRIED, isUnion));
      assertEquals(isUnion ? QueryShape.UNION : QueryShape.CONJUNCTION, shape);
      assertTrue(few.asked <= QueryShape.MAX_TRIED + 1, few.asked + " times");
      Counting many = new Counting();
      assertEquals(QueryShape.GENERAL, QueryShape.of(many.query(MANY, isUnion)));
      assertEquals(0, many.asked);
    }
  }
}
