package io.djinn.testkit;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.djinn.error.InvalidRowException;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeyPayloads;
import io.djinn.opclass.KeySink;
import io.djinn.opclass.Ternary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * An operator class with payloads: words of a text, each with the places it stands at, two bytes
 * each; a word that begins with {@code _} has a payload of no bytes, as if its places were
 * stripped, and one that begins with {@link #ITSELF} has its own bytes.
 *
 * <pre>
 * &#64;@    all of the words are there
 * &lt;-&gt;   the first word stands right before the second one
 * *-&gt;   a word that begins like the first stands right before one that begins like the second
 * ^&#64;    a word that begins so stands first
 * ==    the word is there, and its payload is the word
 * </pre>
 */
public final class PlacedWords implements GinOperatorClass {
  public static final String NAME = "placed_words";

  /** A text that begins so breaks the contract: each of its keys is given twice. */
  public static final String TWICE = "!twice ";

  /** What a word begins with whose payload is the word itself. */
  public static final char ITSELF = '=';

  private static final int PLACE_BYTES = 2;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String argument() {
    return "";
  }

  @Override
  public boolean hasPayloads() {
    return true;
  }

  private static String[] words(String text) {
    return text.isBlank() ? new String[0] : text.trim().split(" +");
  }

  /** The words of a text with their payloads, in key order. */
  public static Map<String, byte[]> payloads(String text) {
    Map<String, byte[]> payloads = new TreeMap<>((a, b) -> Arrays.compareUnsigned(key(a), key(b)));
    String[] words = words(text);
    for (int place = 0; place < words.length; place++) {
      byte[] before = payloads.getOrDefault(words[place], new byte[0]);
      if (words[place].startsWith("_")) {
        payloads.put(words[place], before);
        continue;
      }
      if (words[place].charAt(0) == ITSELF) {
        payloads.put(words[place], key(words[place]));
        continue;
      }
      byte[] after = Arrays.copyOf(before, before.length + PLACE_BYTES);
      after[before.length] = (byte) place;
      after[before.length + 1] = (byte) (place >>> 8);
      payloads.put(words[place], after);
    }
    return payloads;
  }

  /** The bytes of a word's key. */
  public static byte[] key(String word) {
    return word.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void extract(Object value, KeySink keys) {
    if (value == null) {
      keys.nullItem();
      return;
    }
    String text = (String) value;
    if (text.startsWith(TWICE)) {
      extract(text.substring(TWICE.length()), keys);
      extract(text.substring(TWICE.length()), keys);
      return;
    }
    Map<String, byte[]> payloads = payloads(text);
    if (payloads.isEmpty()) {
      keys.emptyItem();
    }
    payloads.forEach(
        (word, payload) -> {
          byte[] key = key(word);
          keys.key(key, 0, key.length, payload, 0, payload.length);
        });
  }

  @Override
  public void extract(JsonParser json, KeySink keys) throws IOException {
    extract(read(json), keys);
  }

  @Override
  public Object read(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw new InvalidRowException(NAME + " takes strings, not " + json.currentToken());
    }
    return json.getText();
  }

  @Override
  public List<String> operators() {
    return List.of("@@", "<->", "*->", "^@", "==");
  }

  @Override
  public GinQuery query(String operator, Object operand) {
    if (!operators().contains(operator)) {
      throw new IllegalArgumentException(operator + " is none of " + operators());
    }
    return new Query(operator, (String) operand);
  }

  @Override
  public GinQuery queryFromJson(String operator, JsonParser operand) throws IOException {
    return query(operator, read(operand));
  }

  private static final class Query implements GinQuery {
    private final String operator;
    private final String[] words;
    private final byte[][] keys;

    Query(String operator, String operand) {
      this.operator = operator;
      words = operand == null ? new String[0] : words(operand);
      List<byte[]> distinct = new ArrayList<>();
      Arrays.stream(words)
          .distinct()
          .map(PlacedWords::key)
          .sorted(Arrays::compareUnsigned)
          .forEach(distinct::add);
      keys = distinct.toArray(byte[][]::new);
    }

    @Override
    public Mode mode() {
      return keys.length == 0 ? Mode.NONE : Mode.DEFAULT;
    }

    @Override
    public int keyCount() {
      return keys.length;
    }

    @Override
    public byte[] key(int index) {
      return keys[index];
    }

    @Override
    public int category(int index) {
      return NORMAL_KEY;
    }

    @Override
    public boolean isRange(int index) {
      return operator.equals("^@") || operator.equals("*->");
    }

    @Override
    public byte[] end(int index) {
      byte[] end = keys[index].clone();
      end[end.length - 1]++;
      return end;
    }

    @Override
    public boolean usesPayloads() {
      return !operator.equals("@@");
    }

    @Override
    public int consistent(byte[] presence) {
      boolean isUnknown = false;
      for (int i = 0; i < keys.length; i++) {
        if (presence[i] == Ternary.NO) {
          return Ternary.NO;
        }
        isUnknown |= presence[i] == Ternary.MAYBE;
      }
      return isUnknown || usesPayloads() ? Ternary.MAYBE : Ternary.YES;
    }

    @Override
    public int consistent(byte[] presence, KeyPayloads payloads) {
      if (consistent(presence) == Ternary.NO) {
        return Ternary.NO;
      }
      if (operator.equals("^@")) {
        return isAt(places(payloads, 0), 0);
      }
      if (operator.equals("==")) {
        DirectBuffer view = new UnsafeBuffer(0, 0);
        payloads.wrap(0, 0, view);
        return view.equals(new UnsafeBuffer(keys[0])) ? Ternary.YES : Ternary.NO;
      }
      List<Integer> first = places(payloads, indexOf(words[0]));
      List<Integer> second = places(payloads, indexOf(words[1]));
      if (first == null || second == null) {
        return Ternary.MAYBE;
      }
      return first.stream().anyMatch(place -> second.contains(place + 1))
          ? Ternary.YES
          : Ternary.NO;
    }

    private static int isAt(List<Integer> places, int wanted) {
      return places == null ? Ternary.MAYBE : places.contains(wanted) ? Ternary.YES : Ternary.NO;
    }

    private int indexOf(String word) {
      for (int i = 0; i < keys.length; i++) {
        if (Arrays.equals(keys[i], PlacedWords.key(word))) {
          return i;
        }
      }
      throw new AssertionError(word);
    }

    /** The places of all words a key stands for, null where one has none or they are not known. */
    private static List<Integer> places(KeyPayloads payloads, int key) {
      DirectBuffer view = new UnsafeBuffer(0, 0);
      List<Integer> places = new ArrayList<>();
      // Presence has said YES: where there are none they are not known.
      boolean isStripped = payloads.count(key) == 0;
      for (int i = 0; i < payloads.count(key); i++) {
        payloads.wrap(key, i, view);
        isStripped |= view.capacity() == 0;
        for (int at = 0; at < view.capacity(); at += PLACE_BYTES) {
          places.add((view.getByte(at) & 0xFF) | (view.getByte(at + 1) & 0xFF) << 8);
        }
      }
      return isStripped ? null : places;
    }

    @Override
    public boolean needsRecheck() {
      return usesPayloads();
    }

    @Override
    public boolean matches(Object value) {
      if (value == null || keys.length == 0) {
        return false;
      }
      List<String> found = Arrays.asList(words((String) value));
      if (operator.equals("@@") || operator.equals("==")) {
        return found.containsAll(Arrays.asList(words));
      }
      if (operator.equals("^@")) {
        return !found.isEmpty() && found.get(0).startsWith(words[0]);
      }
      for (int i = 0; i + 1 < found.size(); i++) {
        if (isMet(found.get(i), words[0]) && isMet(found.get(i + 1), words[1])) {
          return true;
        }
      }
      return false;
    }

    private boolean isMet(String found, String word) {
      return operator.equals("*->") ? found.startsWith(word) : found.equals(word);
    }

    @Override
    public String toString() {
      return operator + " " + Arrays.toString(words);
    }
  }
}
