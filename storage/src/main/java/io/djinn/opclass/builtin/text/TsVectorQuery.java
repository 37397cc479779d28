package io.djinn.opclass.builtin.text;

import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeyJoin;
import io.djinn.opclass.KeyPayloads;
import io.djinn.opclass.Ternary;
import java.util.Arrays;
import java.util.Comparator;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The condition {@code document @@ query}.
 *
 * <p>Each lexeme of the query is a key, each prefix a range of keys. Which of them a row has
 * decides a query of lexemes joined by and, or and not; phrases and weights are decided by the
 * positions that the index keeps, or else by the row.
 */
final class TsVectorQuery implements GinQuery {
  /** Two bits a value fit into a long so many times. */
  private static final int LONG_DEPTH = 32;

  private final TsVectorOps operatorClass;
  private final TsQuery query;
  private final Mode mode;

  /** By key. */
  private final TsQuery.Operand[] keys;

  /** By operand of the query. */
  private final int[] keyOfOperand;

  /**
   * @param query null for SQL NULL
   */
  TsVectorQuery(TsVectorOps operatorClass, TsQuery query) {
    this.operatorClass = operatorClass;
    this.query = query;
    if (query == null || query.isEmpty()) {
      mode = Mode.NONE;
      keys = new TsQuery.Operand[0];
      keyOfOperand = new int[0];
      return;
    }
    mode = query.requiresMatch() ? Mode.DEFAULT : Mode.ALL;
    int count = query.operandCount();
    Integer[] order = new Integer[count];
    Arrays.setAll(order, i -> i);
    Comparator<TsQuery.Operand> byKey =
        Comparator.comparing(TsQuery.Operand::lexeme, Arrays::compareUnsigned);
    Comparator<TsQuery.Operand> byKeyThenRange = byKey.thenComparing(TsQuery.Operand::isPrefix);
    Arrays.sort(order, (a, b) -> byKeyThenRange.compare(query.operand(a), query.operand(b)));
    TsQuery.Operand[] distinct = new TsQuery.Operand[count];
    keyOfOperand = new int[count];
    int keyCount = 0;
    for (int index : order) {
      TsQuery.Operand operand = query.operand(index);
      if (keyCount == 0 || byKeyThenRange.compare(distinct[keyCount - 1], operand) != 0) {
        distinct[keyCount++] = operand;
      }
      keyOfOperand[index] = keyCount - 1;
    }
    keys = Arrays.copyOf(distinct, keyCount);
  }

  @Override
  public Mode mode() {
    return mode;
  }

  @Override
  public int keyCount() {
    return keys.length;
  }

  @Override
  public byte[] key(int index) {
    return keys[index].lexeme();
  }

  @Override
  public int category(int index) {
    return NORMAL_KEY;
  }

  @Override
  public boolean isRange(int index) {
    return keys[index].isPrefix();
  }

  /** Behind all that begins with the prefix: no byte of UTF-8 is the last there is. */
  @Override
  public byte[] end(int index) {
    if (!isRange(index)) {
      return GinQuery.super.end(index);
    }
    byte[] end = keys[index].lexeme().clone();
    end[end.length - 1]++;
    return end;
  }

  @Override
  public boolean needsRecheck() {
    return mode != Mode.NONE && (query.hasPhrase() || query.hasWeights());
  }

  /** Said of what is joined by one operator only, of which phrases are one kind of and. */
  @Override
  public KeyJoin keyJoin() {
    if (keys.length == 0) {
      return KeyJoin.UNKNOWN;
    }
    boolean hasAnd = false;
    boolean hasOr = false;
    for (int i = 0; i < query.size(); i++) {
      switch (query.kind(i)) {
        case TsQuery.OPERAND -> {}
        case TsQuery.AND, TsQuery.PHRASE -> hasAnd = true;
        case TsQuery.OR -> hasOr = true;
        default -> {
          return KeyJoin.UNKNOWN;
        }
      }
    }
    if (!hasOr) {
      return KeyJoin.ALL;
    }
    return hasAnd || query.hasWeights() ? KeyJoin.UNKNOWN : KeyJoin.ANY;
  }

  @Override
  public boolean usesPayloads() {
    return needsRecheck();
  }

  @Override
  public int consistent(byte[] presence) {
    if (mode == Mode.NONE) {
      return Ternary.NO;
    }
    return query.depth() <= LONG_DEPTH ? decide(presence) : decideDeep(presence);
  }

  /** Evaluates with the values in a long, two bits each, the topmost lowest. */
  private int decide(byte[] presence) {
    long stack = 0;
    for (int i = 0; i < query.size(); i++) {
      byte kind = query.kind(i);
      if (kind == TsQuery.OPERAND) {
        stack = stack << 2 | valueOf(i, presence);
      } else if (kind == TsQuery.NOT) {
        stack = stack & ~3L | TsQueryEvaluation.not((byte) (stack & 3));
      } else {
        byte right = (byte) (stack & 3);
        stack >>>= 2;
        stack = stack & ~3L | join(i, (byte) (stack & 3), right);
      }
    }
    return (int) (stack & 3);
  }

  private int decideDeep(byte[] presence) {
    byte[] stack = new byte[query.depth()];
    int top = 0;
    for (int i = 0; i < query.size(); i++) {
      byte kind = query.kind(i);
      if (kind == TsQuery.OPERAND) {
        stack[top++] = valueOf(i, presence);
      } else if (kind == TsQuery.NOT) {
        stack[top - 1] = TsQueryEvaluation.not(stack[top - 1]);
      } else {
        top--;
        stack[top - 1] = join(i, stack[top - 1], stack[top]);
      }
    }
    return stack[0];
  }

  /** In a phrase YES stands for every position, which only a lexeme that is not there can give. */
  private byte valueOf(int item, byte[] presence) {
    int operand = query.value(item);
    byte value = presence[keyOfOperand[operand]];
    boolean needsPositions = query.isInPhrase(item) || query.operand(operand).weights() != 0;
    return needsPositions && value == Ternary.YES ? Ternary.MAYBE : value;
  }

  private byte join(int item, byte left, byte right) {
    if (query.kind(item) != TsQuery.OR) {
      return TsQueryEvaluation.and(left, right);
    }
    if (query.isInPhrase(item) && (left == Ternary.MAYBE || right == Ternary.MAYBE)) {
      // Without positions of one side it is not known where the whole matches.
      return Ternary.MAYBE;
    }
    return TsQueryEvaluation.or(left, right);
  }

  @Override
  public int consistent(byte[] presence, KeyPayloads payloads) {
    if (mode == Mode.NONE) {
      return Ternary.NO;
    }
    return TsQueryEvaluation.evaluate(query, new StoredPositions(presence, payloads));
  }

  /** The positions that the index keeps for a candidate. */
  private final class StoredPositions implements LexemePositions {
    private final byte[] presence;
    private final KeyPayloads payloads;
    private final DirectBuffer view = new UnsafeBuffer(0, 0);

    StoredPositions(byte[] presence, KeyPayloads payloads) {
      this.presence = presence;
      this.payloads = payloads;
    }

    @Override
    public byte presence(int operand) {
      return presence[keyOfOperand[operand]];
    }

    @Override
    public int lexemeCount(int operand) {
      int key = keyOfOperand[operand];
      if (presence[key] == Ternary.NO) {
        return 0;
      }
      int count = payloads.count(key);
      return presence[key] == Ternary.MAYBE || count == 0 ? UNKNOWN : count;
    }

    @Override
    public void addPositions(int operand, int which, PositionList to) {
      payloads.wrap(keyOfOperand[operand], which, view);
      PositionCodec.decode(view, to);
    }
  }

  @Override
  public boolean matches(Object value) {
    if (mode == Mode.NONE || value == null) {
      return false;
    }
    return query.matches(operatorClass.toVector(value));
  }

  @Override
  public String operatorClass() {
    return operatorClass.spelling();
  }

  @Override
  public String toString() {
    return operatorClass.spelling() + " @@ " + query;
  }
}
