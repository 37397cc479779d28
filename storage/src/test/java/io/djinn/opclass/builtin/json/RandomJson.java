package io.djinn.opclass.builtin.json;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Draws JSON texts and operands from few names and values, so that they often meet. */
final class RandomJson {
  private static final String LONG = "l".repeat(130);
  private static final List<String> NAMES =
      List.of("\"a\"", "\"b\"", "\"\"", "\"aa\"", "\"\\u00e9\"", "\"" + LONG + "\"");
  private static final List<String> SCALARS =
      List.of(
          "\"a\"",
          "\"b\"",
          "\"\"",
          "\"\\ud83d\\ude00\"",
          "\"" + LONG + "\"",
          "1",
          "1.0",
          "10e-1",
          "0",
          "-0",
          "2",
          "1e30",
          "-1.5",
          "true",
          "false",
          "null");

  private RandomJson() {}

  private static String one(SplittableRandom random, List<String> of) {
    return of.get(random.nextInt(of.size()));
  }

  static String value(SplittableRandom random, int depth) {
    int kind = depth == 0 ? 0 : random.nextInt(3);
    Supplier<String> inner = () -> value(random, depth - 1);
    return switch (kind) {
      case 0 -> one(random, SCALARS);
      case 1 -> list(random, "[", inner, "]");
      default -> list(random, "{", () -> one(random, NAMES) + ": " + inner.get(), "}");
    };
  }

  private static String list(
      SplittableRandom random, String open, Supplier<String> part, String close) {
    return IntStream.range(0, random.nextInt(4))
        .mapToObj(i -> part.get())
        .collect(Collectors.joining(", ", open, close));
  }

  static String operand(SplittableRandom random, String op, String row) {
    return switch (op) {
      case "@>" -> random.nextInt(4) == 0 ? row : value(random, 2);
      case "?" -> one(random, NAMES);
      case "?|", "?&" ->
          list(random, "[", () -> random.nextInt(5) == 0 ? "null" : one(random, NAMES), "]");
      default -> quote(path(random));
    };
  }

  private static String quote(String path) {
    return "\"" + path.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  static String path(SplittableRandom random) {
    String mode = one(random, List.of("", "", "strict "));
    return mode + (random.nextBoolean() ? predicate(random, 3, "$") : chain(random, 3, "$"));
  }

  private static String chain(SplittableRandom random, int depth, String head) {
    StringBuilder chain = new StringBuilder(random.nextInt(6) == 0 ? "$" : head);
    for (int i = random.nextInt(4); i > 0; i--) {
      switch (random.nextInt(9)) {
        case 0 -> chain.append(".*");
        case 1 -> chain.append(".**");
        case 2 -> chain.append("[*]");
        case 3 -> chain.append(one(random, List.of("[0]", "[last]", "[0 to 1]")));
        case 4 ->
            chain.append(depth > 0 ? " ? (" + predicate(random, depth - 1, "@") + ")" : ".size()");
        case 5 -> chain.append(one(random, List.of(".type()", ".abs()", ".keyvalue().value")));
        default -> chain.append('.').append(one(random, NAMES));
      }
    }
    return chain.toString();
  }

  private static String predicate(SplittableRandom random, int depth, String head) {
    Supplier<String> inner = () -> predicate(random, depth - 1, head);
    return switch (depth == 0 ? 9 : random.nextInt(10)) {
      case 0 -> inner.get() + " && " + inner.get();
      case 1 -> inner.get() + " || " + inner.get();
      case 2 -> "!(" + inner.get() + ")";
      case 3 -> "(" + inner.get() + ") is unknown";
      case 4 -> "exists(" + chain(random, depth, head) + ")";
      case 5 -> chain(random, depth, head) + " starts with \"a\"";
      case 6 -> chain(random, depth, head) + " + 1 >= " + chain(random, depth - 1, head);
      default ->
          random.nextBoolean()
              ? chain(random, depth, head) + " == " + one(random, SCALARS)
              : one(random, SCALARS)
                  + one(random, List.of(" == ", " <> ", " < "))
                  + chain(random, depth, head);
    };
  }
}
