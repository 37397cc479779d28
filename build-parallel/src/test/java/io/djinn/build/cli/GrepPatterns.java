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

/** Random patterns, of words below a directory, that mean the same to grep -E and to Djinn. */
final class GrepPatterns {
  private static final Pattern WORD = Pattern.compile("[A-Za-z]{3,14}");
  private static final Pattern FOREIGN = Pattern.compile("[^\\x00-\\x7F\\p{C}]");
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

  /** A pattern of a kind; kinds are counted from 0 and come round. */
  String next(int kind) {
    return switch (kind % 12) {
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
      default ->
          oneOf("\\.", "\\(", "\\[", "\\*", "\\+ ", "\\?", "\\|", "\\^", "\\$", "\\\\", "\\{")
              + oneOf("", part(), "[^ ]");
    };
  }
}
