package io.djinn.build.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Random patterns, of words below a directory, that mean the same to grep -E and to Djinn.
 *
 * <p>Three mistakes of GNU grep are kept out: with a back reference in the pattern its dot matches
 * surrogates in UTF-8, bounds upon bounds beside {@code ^} can lose another alternative, and a
 * group with a boundary in it that may come more than once can lose all: {@code (}(\\>a){0,2})?} is
 * not found in {@code }x}, {@code (^b*)+} only in an empty line.
 */
final class GrepPatterns {
  private static final Pattern WORD = Pattern.compile("[A-Za-z]{3,14}");
  private static final Pattern FOREIGN = Pattern.compile("[^\\x00-\\x7F\\p{C}]");
  private static final Pattern BOUNDARY = Pattern.compile("[\\^$]|\\\\[bB<>`']");
  private static final List<String> CLASSES =
      List.of("alpha", "upper", "lower", "digit", "alnum", "space", "punct", "xdigit");

  private final SplittableRandom random;
  private final List<String> words;
  private final List<String> foreign;

  GrepPatterns(Path directory, long seed) throws IOException {
    random = new SplittableRandom(seed);
    TreeSet<String> foundWords = new TreeSet<>();
    TreeSet<String> foundForeign = new TreeSet<>();
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .filter(Files::isRegularFile)
          .forEach(
              file -> {
                String text = text(file);
                WORD.matcher(text).results().map(MatchResult::group).forEach(foundWords::add);
                FOREIGN.matcher(text).results().map(MatchResult::group).forEach(foundForeign::add);
              });
    }
    foundForeign.add("é");
    words = new ArrayList<>(foundWords);
    foreign = new ArrayList<>(foundForeign);
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String word() {
    return words.get(random.nextInt(words.size()));
  }

  private String part() {
    String word = word();
    int from = random.nextInt(word.length() - 2);
    return word.substring(from, from + 2 + random.nextInt(word.length() - from - 1));
  }

  private String foreign() {
    return foreign.get(random.nextInt(foreign.size()));
  }

  private String oneOf(String... texts) {
    return texts[random.nextInt(texts.length)];
  }

  private String bracket() {
    return "[[:" + CLASSES.get(random.nextInt(CLASSES.size())) + ":]]";
  }

  private String bound() {
    int least = random.nextInt(4);
    return oneOf("{" + least + "}", "{" + least + ",}", "{" + least + "," + (least + 2) + "}");
  }

  private String boundary() {
    return oneOf("\\b", "\\B", "\\<", "\\>", "^", "$", "\\`", "\\'");
  }

  private String shorthand() {
    return oneOf("\\w", "\\W", "\\s", "\\S");
  }

  private String quantifier() {
    int most = random.nextInt(4);
    return oneOf("", "", "", "*", "+", "?", "**", "+?", bound(), "{," + most + "}");
  }

  private String atom(int depth) {
    return switch (random.nextInt(depth > 0 ? 9 : 8)) {
      case 0 -> shorthand();
      case 1 -> bracket();
      case 2 -> oneOf("[^" + part().charAt(0) + "]", "[^[:alpha:]]", "[^\\W]", "[\\w.]", "[^é ]");
      case 3 -> ".";
      case 4 -> foreign();
      case 5, 6 -> part().substring(0, 1 + random.nextInt(2));
      case 7 -> oneOf("\\.", "\\-", "-", "_", " ", "}", "]", "=", "\\_", "\r");
      default -> "(" + alternatives(depth - 1) + ")";
    };
  }

  private String alternatives(int depth) {
    StringBuilder pattern = new StringBuilder();
    int branches = 1 + random.nextInt(2);
    for (int i = 0; i < branches; i++) {
      pattern.append(i > 0 ? "|" : "");
      int items = 1 + random.nextInt(4);
      for (int k = 0; k < items; k++) {
        pattern.append(random.nextInt(4) == 0 ? boundary() : repeated(atom(depth)));
      }
    }
    return pattern.toString();
  }

  private String repeated(String atom) {
    boolean hasBoundary = atom.startsWith("(") && BOUNDARY.matcher(atom).find();
    return atom + (hasBoundary ? oneOf("", "?") : quantifier());
  }

  /** A pattern of a kind; kinds are counted from 0 and come round. */
  String next(int kind) {
    return switch (kind % 20) {
      case 0 -> word();
      case 1 -> word() + "|" + part() + "|" + word();
      case 2 -> part() + bracket() + oneOf("", "+", "*", "?") + oneOf("", part());
      case 3 -> oneOf(bracket(), part().substring(0, 1), "(" + part() + ")") + bound() + part();
      case 4 -> oneOf("^ *", "^", "^[[:space:]]+") + word();
      case 5 -> oneOf(part(), "[;{}]", "\\)") + oneOf("$", " *$", "[^a-z]$");
      case 6 -> part() + oneOf(".", "..", ".*", ".+", ".?", ".{2,5}") + part();
      case 7 -> oneOf("[abcxyz]", "[^a-m ]", "[A-F0-9]", "[]a-c]", "[^])]", "[a.*^-]") + part();
      case 8 ->
          oneOf(foreign(), foreign() + ".", "[" + foreign() + foreign() + "]", foreign() + "+");
      case 9 -> "(" + part() + ")" + oneOf("?", "*", "+") + part().substring(0, 1);
      case 10 -> "(" + word() + "|" + part() + "|(" + part() + oneOf("+", "") + "))" + bracket();
      case 11 ->
          oneOf("\\.", "\\(", "\\[", "\\*", "\\+ ", "\\?", "\\|", "\\^", "\\$", "\\\\", "\\{")
              + oneOf("", part(), "[^ ]");
      case 12 -> boundary() + oneOf(word(), part()) + oneOf("", boundary());
      case 13 -> part() + boundary() + oneOf("", atom(0)) + boundary();
      case 14 -> shorthand() + quantifier() + oneOf(part(), boundary()) + shorthand();
      case 15 -> oneOf(boundary(), "") + shorthand() + oneOf("", "+") + boundary() + part();
      case 16 ->
          oneOf("", "()", "(|" + word() + ")", word() + "|", "^()" + word(), "-" + part(), "[\\.]")
              + oneOf("", word());
      case 17 ->
          oneOf(
              part() + "{",
              part() + "{1",
              "{" + part(),
              part() + ")",
              part() + "\n" + word(),
              "([^x])\\1",
              "\\<(\\w)\\1",
              "(" + part() + ")([^;])\\2",
              "(a)\\1\n(\\w)\\1" + part());
      case 18 -> boundary() + oneOf("a", "x", "7", "-", "_", " ", shorthand()) + boundary();
      default -> alternatives(2);
    };
  }
}
