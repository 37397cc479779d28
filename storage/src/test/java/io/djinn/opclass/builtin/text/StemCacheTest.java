package io.djinn.opclass.builtin.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.testkit.TestSeed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StemCacheTest {
  private static final String[] BEGINNINGS = {"walk", "Happ", "x", "tha", "nation", "gener", "É"};
  private static final String[] ENDS = {"", "s", "ing", "ed", "iness", "ational", "'s", "t", "-by"};

  private static long packed(String word, int from) {
    long packed = 0;
    for (int i = Math.min(word.length(), from + Long.BYTES) - 1; i >= from; i--) {
      packed = packed << Byte.SIZE | word.charAt(i);
    }
    return packed;
  }

  private static byte[] roomFor(String lexeme) {
    byte[] room = new byte[64];
    // What is behind the lexeme is left from another one.
    java.util.Arrays.fill(room, (byte) 'z');
    byte[] bytes = lexeme.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, room, 0, bytes.length);
    return room;
  }

  @Test
  void lexemesOfEachLengthAreFound() {
    StemCache cache = new StemCache();
    String letters = "abcdefghijklmnop";
    for (int length = 0; length <= StemCache.MAX_BYTES; length++) {
      String word = letters.substring(0, Math.max(1, length));
      String lexeme = letters.substring(letters.length() - length);
      int slot = StemCache.slot(packed(word, 0), packed(word, 8));
      cache.put(slot, packed(word, 0), packed(word, 8), roomFor(lexeme), length);
      assertTrue(cache.has(slot, packed(word, 0), packed(word, 8)), word);
      byte[] out = roomFor("");
      assertEquals(length, cache.lexeme(slot, out), word);
      assertEquals(lexeme, new String(out, 0, length, StandardCharsets.US_ASCII));
    }
  }

  @Test
  void aLexemeThatIsTooLongIsNotKept() {
    StemCache cache = new StemCache();
    int slot = StemCache.slot('a', 0);
    cache.put(slot, 'a', 0, new byte[64], StemCache.MAX_BYTES + 1);
    assertFalse(cache.has(slot, 'a', 0));
  }

  @Test
  void wordsOfOneSlotTakeEachOthersPlace() {
    Map<Integer, Long> words = new HashMap<>();
    long other = 0;
    long word = 1;
    for (; other == 0; word++) {
      Long there = words.put(StemCache.slot(word, 0), word);
      other = there == null ? 0 : there;
    }
    word--;
    int slot = StemCache.slot(word, 0);
    StemCache cache = new StemCache();
    cache.put(slot, other, 0, roomFor("first"), 5);
    cache.put(slot, word, 0, roomFor("second"), 6);
    assertFalse(cache.has(slot, other, 0));
    byte[] out = new byte[StemCache.MAX_BYTES];
    assertEquals(6, cache.lexeme(slot, out));
    assertEquals("second", new String(out, 0, 6, StandardCharsets.US_ASCII));
  }

  /** More words than there are slots, short and long, many of them again and again. */
  @Test
  void wordsMetBeforeHaveTheLexemesOfNewOnes() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("StemCacheTest"));
    List<String> words = new ArrayList<>();
    while (words.size() < 6_000) {
      StringBuilder word = new StringBuilder(BEGINNINGS[random.nextInt(BEGINNINGS.length)]);
      for (int i = random.nextInt(14); i > 0; i--) {
        word.append((char) ('a' + random.nextInt(26)));
      }
      words.add(word.append(ENDS[random.nextInt(ENDS.length)]).toString());
    }
    Lexizer met = new Lexizer(true, new StemCache());
    Lexizer fresh = new Lexizer(true);
    for (int i = 0; i < 60_000; i++) {
      String text = words.get(random.nextInt(1 + random.nextInt(words.size())));
      met.begin(text);
      fresh.begin(text);
      while (fresh.next()) {
        assertTrue(met.next(), text);
        assertEquals(fresh.lexemeText(), met.lexemeText(), text);
        assertEquals(fresh.position(), met.position(), text);
      }
      assertFalse(met.next(), text);
    }
  }
}
