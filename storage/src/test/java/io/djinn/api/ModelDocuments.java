package io.djinn.api;

import io.djinn.opclass.GinQuery;
import io.djinn.opclass.builtin.text.TsVector;
import io.djinn.opclass.builtin.text.TsVectorOps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.agrona.collections.IntHashSet;

/**
 * The documents of a model's rows, each made of the row's value, with the rows that have each word,
 * and queries for words, prefixes, weights and phrases whose answers are found by comparing every
 * place of every document that may match.
 */
final class ModelDocuments {
  /** What makes keys and positions of the documents. */
  static final TsVectorOps CLASS = TsVectorOps.ofLiterals();

  private static final String LETTERS = "abcd";
  private static final String WEIGHTS = "DCBA";

  /** Words that begin so have no positions; no prefix asked for covers them. */
  private static final char STRIPPED = '_';

  private static final int STRIPPED_WORDS = 3;
  private static final int MOST_PLACES = 7;
  private static final String[] WORDS = words();

  /** A place of a document. */
  private record Place(int word, int position, char weight) {}

  /**
   * A word or prefix asked for.
   *
   * @param weights the weights it may have, empty for any
   */
  private record Term(String word, boolean isPrefix, String weights) {
    boolean covers(int other) {
      return isPrefix ? WORDS[other].startsWith(word) : WORDS[other].equals(word);
    }

    boolean matches(Place place) {
      return covers(place.word) && (weights.isEmpty() || weights.indexOf(place.weight) >= 0);
    }

    @Override
    public String toString() {
      String marks = (isPrefix ? "*" : "") + weights;
      return "'" + word + "'" + (marks.isEmpty() ? "" : ":" + marks);
    }
  }

  /** Terms one after the other, each so many positions behind the one before it. */
  private record Phrase(List<Term> terms, int[] distances) {
    boolean matches(List<Place> document) {
      return document.stream().anyMatch(place -> matchesFrom(document, 0, place));
    }

    private boolean matchesFrom(List<Place> document, int term, Place at) {
      if (!terms.get(term).matches(at)) {
        return false;
      }
      if (term == terms.size() - 1) {
        return true;
      }
      int next = at.position + distances[term];
      return document.stream()
          .anyMatch(place -> place.position == next && matchesFrom(document, term + 1, place));
    }

    boolean isDecidedByKeys() {
      return terms.size() == 1 && terms.get(0).weights.isEmpty();
    }

    boolean hasPrefix() {
      return terms.stream().anyMatch(Term::isPrefix);
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder("(").append(terms.get(0));
      for (int i = 1; i < terms.size(); i++) {
        text.append(" <").append(distances[i - 1]).append("> ").append(terms.get(i));
      }
      return text.append(')').toString();
    }
  }

  /**
   * A query, and the rows that answer it.
   *
   * @param isExact whether keys and positions decide
   */
  record Asked(GinQuery query, IntHashSet rows, boolean isExact) {}

  /** Gives the value of a row. */
  interface Values {
    int[] value(int row);
  }

  private final IntHashSet[] rowsOfWord = new IntHashSet[WORDS.length];
  private final Values values;
  private final int mostCandidates;

  /**
   * @param mostCandidates rows that are compared for one query, but now and then
   */
  ModelDocuments(Values values, int mostCandidates) {
    this.values = values;
    this.mostCandidates = mostCandidates;
    Arrays.setAll(rowsOfWord, i -> new IntHashSet(8));
  }

  /** Words of one to three letters, so that each is a prefix of others, the longest the rarest. */
  private static String[] words() {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < STRIPPED_WORDS; i++) {
      words.add(STRIPPED + "" + i);
    }
    List<String> shorter = List.of("");
    for (int length = 1; length <= 3; length++) {
      List<String> longer = new ArrayList<>();
      for (String word : shorter) {
        LETTERS.chars().forEach(letter -> longer.add(word + (char) letter));
      }
      words.addAll(longer);
      shorter = longer;
    }
    return words.toArray(String[]::new);
  }

  private static int word(SplittableRandom random) {
    double at = random.nextDouble();
    return (int) (at * WORDS.length);
  }

  /** The places of the document of a value; null where it is SQL NULL. */
  private static List<Place> places(int[] value) {
    if (value == IndexModel.NULL_ITEM) {
      return null;
    }
    List<Place> places = new ArrayList<>();
    if (value.length > 0) {
      SplittableRandom random = new SplittableRandom(Arrays.hashCode(value) * 0x9E3779B97F4A7C15L);
      int position = random.nextInt(40) == 0 ? random.nextInt(TsVector.MAX_POSITION / 2) : 0;
      for (int i = 1 + random.nextInt(MOST_PLACES); i > 0; i--) {
        position += random.nextInt(4) == 0 ? 1 + random.nextInt(200) : 1;
        int word = i > 1 && random.nextInt(4) > 0 ? random.nextInt(12) : word(random);
        places.add(new Place(word, position, WEIGHTS.charAt(Math.max(0, random.nextInt(7) - 3))));
      }
    }
    return places;
  }

  /** The document of a value, null where it is SQL NULL. */
  static TsVector document(int[] value) {
    List<Place> places = places(value);
    if (places == null) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    for (Place place : places) {
      text.append('\'').append(WORDS[place.word]).append('\'');
      if (WORDS[place.word].charAt(0) != STRIPPED) {
        text.append(':').append(place.position).append(place.weight);
      }
      text.append(' ');
    }
    return TsVector.parse(text.toString());
  }

  void add(int row, int[] value) {
    List<Place> places = places(value);
    if (places != null) {
      places.forEach(place -> rowsOfWord[place.word].add(row));
    }
  }

  void remove(int row, int[] value) {
    List<Place> places = places(value);
    if (places != null) {
      places.forEach(place -> rowsOfWord[place.word].remove(row));
    }
  }

  /** A query: one phrase, or two joined. */
  Asked ask(SplittableRandom random, boolean exactOnly) {
    boolean isWide = random.nextInt(60) == 0;
    Phrase first = phrase(random, exactOnly, isWide);
    int kind = random.nextInt(5);
    if (kind < 2) {
      return asked(first.toString(), first, null, first::matches, isExact(first));
    }
    Phrase second = phrase(random, exactOnly, isWide);
    boolean isExact = isExact(first) && isExact(second);
    return switch (kind) {
      case 2 ->
          asked(
              first + " & " + second,
              first,
              null,
              document -> first.matches(document) && second.matches(document),
              isExact);
      case 3 ->
          asked(
              first + " | " + second,
              first,
              second,
              document -> first.matches(document) || second.matches(document),
              isExact);
      default ->
          asked(
              first + " & !" + second,
              first,
              null,
              document -> first.matches(document) && !second.matches(document),
              isExact);
    };
  }

  /** Whether keys and positions decide, which are not read of prefixes of very many words. */
  private static boolean isExact(Phrase phrase) {
    return phrase.isDecidedByKeys() || !phrase.hasPrefix();
  }

  private interface Condition {
    boolean matches(List<Place> document);
  }

  private Asked asked(
      String text, Phrase first, Phrase second, Condition condition, boolean isExact) {
    IntHashSet candidates = new IntHashSet();
    addCandidates(first, candidates);
    if (second != null) {
      addCandidates(second, candidates);
    }
    IntHashSet rows = new IntHashSet();
    for (IntHashSet.IntIterator found = candidates.iterator(); found.hasNext(); ) {
      int row = found.nextValue();
      if (condition.matches(places(values.value(row)))) {
        rows.add(row);
      }
    }
    return new Asked(CLASS.query("@@", text), rows, isExact);
  }

  /** Adds the rows that have what the phrase has of fewest rows. */
  private void addCandidates(Phrase phrase, IntHashSet candidates) {
    Term rarest = phrase.terms.stream().min(Comparator.comparingLong(this::rows)).orElseThrow();
    for (int word = 0; word < WORDS.length; word++) {
      if (rarest.covers(word)) {
        candidates.addAll(rowsOfWord[word]);
      }
    }
  }

  private long rows(Term term) {
    return IntStream.range(0, WORDS.length)
        .filter(term::covers)
        .mapToLong(word -> rowsOfWord[word].size())
        .sum();
  }

  /** A phrase that few rows can have, unless it is to be wide. */
  private Phrase phrase(SplittableRandom random, boolean exactOnly, boolean isWide) {
    while (true) {
      Term[] terms = new Term[1 + random.nextInt(3)];
      int[] distances = new int[terms.length];
      long fewest = Long.MAX_VALUE;
      for (int i = 0; i < terms.length; i++) {
        terms[i] = term(random);
        distances[i] = random.nextInt(5) == 0 ? 2 : 1;
        fewest = Math.min(fewest, rows(terms[i]));
      }
      Phrase phrase = new Phrase(List.of(terms), distances);
      if ((isWide || fewest <= mostCandidates)
          && (phrase.isDecidedByKeys() || !has(terms, STRIPPED))
          && (!exactOnly || isExact(phrase))) {
        return phrase;
      }
    }
  }

  private static boolean has(Term[] terms, char first) {
    return Arrays.stream(terms).anyMatch(term -> term.word.charAt(0) == first);
  }

  private static Term term(SplittableRandom random) {
    String word = WORDS[random.nextInt(3) == 0 ? random.nextInt(12) : word(random)];
    String weights = "";
    if (word.charAt(0) != STRIPPED && random.nextInt(3) == 0) {
      char first = WEIGHTS.charAt(random.nextInt(4));
      char second = WEIGHTS.charAt(random.nextInt(4));
      weights = first == second ? "" + first : "" + first + second;
    }
    return new Term(word, word.charAt(0) != STRIPPED && random.nextInt(3) == 0, weights);
  }
}
