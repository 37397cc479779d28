package io.djinn.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.testkit.Seed;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NewlinesTest {
  @Test
  void findingAndCountingAgreeWithLookingAtEachByte() {
    Random random = Seed.random("NewlinesTest");
    byte[] candidates = {'\n', '\n' + 1, '\n' - 1, (byte) ('\n' | 0x80), 0, -1, 'a'};
    for (int round = 0; round < 2_000; round++) {
      byte[] bytes = new byte[random.nextInt(60)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = candidates[random.nextInt(round % 2 == 0 ? 7 : 2) % 7];
      }
      int to = random.nextInt(bytes.length + 1);
      int from = random.nextInt(to + 1);
      int first = to;
      int count = 0;
      for (int i = to - 1; i >= from; i--) {
        if (bytes[i] == '\n') {
          first = i;
          count++;
        }
      }
      assertEquals(first, Newlines.find(bytes, from, to));
      assertEquals(count, Newlines.count(bytes, from, to));
    }
  }
}
