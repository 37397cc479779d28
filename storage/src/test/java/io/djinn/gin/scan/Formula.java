package io.djinn.gin.scan;

import static io.djinn.opclass.Ternary.MAYBE;
import static io.djinn.opclass.Ternary.NO;
import static io.djinn.opclass.Ternary.YES;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A random formula of AND, OR and NOT over keys, in three-valued logic. */
public sealed interface Formula {
  int value(byte[] presence);

  record Key(int index) implements Formula {
    @Override
    public int value(byte[] presence) {
      return presence[index];
    }
  }

  record Not(Formula operand) implements Formula {
    @Override
    public int value(byte[] presence) {
      int value = operand.value(presence);
      return value == MAYBE ? MAYBE : value == YES ? NO : YES;
    }
  }

  record And(List<Formula> operands) implements Formula {
    @Override
    public int value(byte[] presence) {
      int all = YES;
      for (Formula operand : operands) {
        int value = operand.value(presence);
        if (value == NO) {
          return NO;
        }
        all = value == MAYBE ? MAYBE : all;
      }
      return all;
    }
  }

  record Or(List<Formula> operands) implements Formula {
    @Override
    public int value(byte[] presence) {
      int any = NO;
      for (Formula operand : operands) {
        int value = operand.value(presence);
        if (value == YES) {
          return YES;
        }
        any = value == MAYBE ? MAYBE : any;
      }
      return any;
    }
  }

  /** A formula of so many levels over so many keys. */
  static Formula random(RandomGenerator random, int depth, int keys) {
    int kind = depth == 0 ? 0 : random.nextInt(5);
    if (kind == 0) {
      return new Key(random.nextInt(keys));
    }
    if (kind == 1) {
      return new Not(random(random, depth - 1, keys));
    }
    List<Formula> operands = new ArrayList<>();
    for (int i = 0; i < 2 + random.nextInt(2); i++) {
      operands.add(random(random, depth - 1, keys));
    }
    return kind < 4 ? new And(operands) : new Or(operands);
  }
}
