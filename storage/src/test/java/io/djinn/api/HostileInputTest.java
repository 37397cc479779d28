package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonParser;
import com.sun.management.ThreadMXBean;
import io.djinn.error.BatchTooLargeException;
import io.djinn.error.DjinnException;
import io.djinn.error.InvalidRowException;
import io.djinn.error.KeyTooLongException;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.OperatorClasses;
import io.djinn.opclass.Ternary;
import io.djinn.testkit.Family;
import io.djinn.testkit.KeyList;
import io.djinn.testkit.KeyMap;
import io.djinn.testkit.ProofPart;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.agrona.collections.LongHashSet;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Rows and operands of every kind, to every operator class: each is refused by a typed error in
 * bounded time and memory, or answered right; a row refused leaves its batch as it was.
 */
class HostileInputTest {
  private static final int ROUNDS = 50_000;
  private static final String MULTICOLUMN = "multicolumn";
  private static final String ONLY = System.getProperty("djinn.hostile.class", "");

  /** Of so many rounds one asks the rows kept, and one gives its row to an index. */
  private static final int ASKED = 3;

  private static final int INSERTED = 5;
  private static final int KEPT = 30;
  private static final int ROUNDS_OF_ROWS = 1_500;
  private static final int BATCH_ROWS = 12;
  private static final int INDEX_ROWS = 150;

  /** What no round needs, on the slowest of machines. */
  private static final int WATCHDOG_SECONDS = 120;

  private static final long MOST_BYTES = 1L << 30;

  /** And what no comparison of a row with a query needs; a round may have hundreds of them. */
  private static final long MOST_MATCH_BYTES = 1L << 28;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final int LONGEST_MESSAGE = 2_000;

  private static final DjinnOptions OPTIONS =
      DjinnOptions.defaults()
          .withPageSizeBytes(1024)
          .withFrameMemoryBytes(4096 * 1024)
          .withLogSegmentBytes(1 << 20)
          .withLogLimitBytes(8 << 20)
          .withMapChunkBytes(1 << 20)
          .withDurability(Durability.none());

  @TestFactory
  Stream<DynamicTest> hostileInputIsRefusedOrAnsweredRight() {
    long seed = TestSeed.forTest("HostileInputTest");
    Map<String, List<GinSpec>> subjects = new TreeMap<>();
    for (String name : OperatorClasses.names()) {
      subjects.put(name, specs(name));
    }
    // What the tests register beside the project's own.
    subjects.remove("placed_words");
    subjects.put(
        MULTICOLUMN,
        List.of(
            GinSpec.parse(
                List.of(
                    "a:array_ops/text",
                    "t:tsvector_ops/english",
                    "n:int8_ops",
                    "j:jsonb_path_ops",
                    "s:gin_trgm_ops",
                    "h:gin_hstore_ops"))));
    return subjects.entrySet().stream()
        .filter(subject -> ONLY.isEmpty() || ONLY.equals(subject.getKey()))
        .map(
            subject ->
                DynamicTest.dynamicTest(
                    subject.getKey(),
                    () -> {
                      try (ProofPart part =
                          new ProofPart(Family.HOSTILE, subject.getKey().replace('_', '-'))) {
                        Tier.current()
                            .rounds(
                                seed, s -> attack(subject.getKey(), subject.getValue(), s, part));
                      }
                    }));
  }

  /** An index of each element type or configuration of a class. */
  private static List<GinSpec> specs(String name) {
    List<GinSpec> specs = new ArrayList<>();
    List<String> arguments =
        switch (name) {
          case "array_ops" ->
              List.of("text", "int4", "int8", "float8", "numeric", "bool", "uuid", "bytea", "date");
          case "tsvector_ops" -> List.of("english", "literal", "simple");
          default -> List.of("");
        };
    for (String argument : arguments) {
      specs.add(GinSpec.column("c", OperatorClasses.find(name, argument)));
    }
    return specs;
  }

  private static void attack(String name, List<GinSpec> specs, long seed, ProofPart part)
      throws InterruptedException {
    Attack attack = new Attack(name, specs, new SplittableRandom(seed ^ name.hashCode()));
    FutureTask<Void> task = new FutureTask<>(attack::run, null);
    Thread thread = new Thread(task, "hostile-" + name);
    thread.setDaemon(true);
    thread.start();
    try {
      while (!task.isDone()) {
        try {
          task.get(1, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
          long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - attack.roundNanos);
          if (seconds > WATCHDOG_SECONDS) {
            AssertionError slow =
                new AssertionError("a round takes more than " + WATCHDOG_SECONDS + " s");
            slow.setStackTrace(thread.getStackTrace());
            throw slow;
          }
        }
      }
      task.get();
      part.add(attack.rounds, attack.distinct.size());
    } catch (ExecutionException | AssertionError e) {
      part.failed(1);
      Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
      throw new AssertionError(
          name
              + ", "
              + attack.says
              + ": "
              + cause
              + "\n  mvn -B -ntp -pl storage test -Dtest=HostileInputTest -Ddjinn.tier="
              + Tier.current().name().toLowerCase(java.util.Locale.ROOT)
              + " -Ddjinn.seed="
              + seed
              + " -Ddjinn.hostile.class="
              + name,
          cause);
    }
  }

  /** What may be refused. */
  private interface Attempt {
    void run() throws IOException;
  }

  /** The typed error that refuses an attempt, null where it succeeds; fails on any other error. */
  private static Exception refusal(Attempt attempt, boolean isJson) {
    Exception refusal;
    try {
      attempt.run();
      return null;
    } catch (IllegalArgumentException | DjinnException e) {
      refusal = e;
    } catch (IOException e) {
      if (!isJson) {
        throw new AssertionError("not of JSON", e);
      }
      return e;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError("an error without a type: " + e, e);
    }
    boolean isTyped =
        refusal.getClass() == IllegalArgumentException.class
            || refusal.getClass().getName().startsWith("io.djinn.");
    String message = String.valueOf(refusal.getMessage());
    if (!isTyped || message.isBlank() || message.equals("null")) {
      throw new AssertionError("an error without a type or words: " + refusal, refusal);
    }
    if (message.length() > LONGEST_MESSAGE) {
      throw new AssertionError(
          "a message of " + message.length() + " characters: " + message.substring(0, 200),
          refusal);
    }
    return refusal;
  }

  /** Some rows of one column of an index, and the keys they gave. */
  private static final class Rows {
    final GinOperatorClass ops;
    final HostileValues values;
    List<Object> kept = new ArrayList<>();
    KeyMap keys = new KeyMap();

    Rows(GinOperatorClass ops, SplittableRandom random) {
      this.ops = ops;
      values = new HostileValues(random, ops.name());
    }

    void clear() {
      kept = new ArrayList<>();
      keys = new KeyMap();
    }

    void keep(Object value) {
      if (kept.size() < KEPT) {
        ops.extract(value, keys.row(kept.size()));
        kept.add(value);
      }
    }
  }

  /** An index and the rows it holds. */
  private static final class Stored {
    final GinIndex index;
    final List<Rows> columns = new ArrayList<>();
    final TreeMap<Long, Object[]> rows = new TreeMap<>();

    Stored(GinIndex index, SplittableRandom random) {
      this.index = index;
      index
          .spec()
          .columns()
          .forEach(column -> columns.add(new Rows(column.operatorClass(), random.split())));
    }
  }

  /** The rounds against one class, on a thread of their own. */
  private static final class Attack {
    final LongHashSet distinct = new LongHashSet();
    volatile long roundNanos = System.nanoTime();
    volatile String says = "beginning";
    long rounds;
    private final String name;
    private final List<GinSpec> specs;
    private final SplittableRandom random;
    private final List<Stored> stores = new ArrayList<>();
    private final List<Object[]> waiting = new ArrayList<>();
    private long asked;
    private long refusedRows;
    private long refusedQueries;
    private long inserted;
    private long mostBytes;

    /** Of this round: what goes with how many rows there are, rather than with one. */
    private long besideBytes;

    private long mostMatchBytes;

    Attack(String name, List<GinSpec> specs, SplittableRandom random) {
      this.name = name;
      this.specs = specs;
      this.random = random;
    }

    void run() {
      int wanted = Tier.current().count(ROUNDS);
      try (SimVfs disk = new SimVfs(16 << 20);
          Djinn db = Djinn.open(new SimEnv(disk, random.nextLong()), OPTIONS)) {
        for (GinSpec spec : specs) {
          stores.add(new Stored(db.createGin("i" + stores.size(), spec), random));
        }
        while (distinct.size() < wanted) {
          assertTrue(rounds < 4L * wanted, "too few distinct rounds: " + distinct.size());
          roundNanos = System.nanoTime();
          says = "round " + rounds;
          besideBytes = 0;
          long before = THREADS.getCurrentThreadAllocatedBytes();
          round(db, stores.get((int) (rounds % stores.size())));
          long bytes = THREADS.getCurrentThreadAllocatedBytes() - before - besideBytes;
          assertTrue(bytes < MOST_BYTES, "a round took " + bytes + " bytes");
          mostBytes = Math.max(mostBytes, bytes);
          rounds++;
        }
        says = "the end";
        roundNanos = System.nanoTime();
        for (Stored stored : stores) {
          removeAll(db, stored);
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      System.out.printf(
          "HostileInputTest: %s: %,d rounds, refused %,d rows and %,d queries, asked %,d, inserted"
              + " %,d, most memory of a round %,d KiB, of a comparison %,d KiB%n",
          name,
          rounds,
          refusedRows,
          refusedQueries,
          asked,
          inserted,
          mostBytes >> 10,
          mostMatchBytes >> 10);
    }

    private void round(Djinn db, Stored stored) throws IOException {
      Object[] row = new Object[stored.columns.size()];
      boolean isTaken = true;
      long hash = 1;
      List<GinIndex.Condition> conditions = new ArrayList<>();
      for (int i = 0; i < row.length; i++) {
        Rows column = stored.columns.get(i);
        if (rounds % ROUNDS_OF_ROWS < stores.size()) {
          column.clear();
        }
        String json = column.values.json();
        String operator = column.values.operator(column.ops.operators());
        String operand = column.values.json();
        hash = ((hash * 31 + json.hashCode()) * 31 + operator.hashCode()) * 31 + operand.hashCode();
        hash = hash * 0x5851F42D4C957F2DL + 1;
        row[i] = fromJson(column, json);
        if (row[i] == null || random.nextInt(3) == 0) {
          row[i] = column.values.value();
        }
        // Of several columns few are bad, or every row would be refused.
        if (row.length > 1 && random.nextInt(5) > 0 && !column.kept.isEmpty()) {
          row[i] = column.kept.get(random.nextInt(column.kept.size()));
        }
        isTaken &= isTaken(column, row[i]);
        GinQuery query = query(column, operator, operand);
        if (query != null && rounds / stores.size() % ASKED == 0) {
          ask(column, query);
          conditions.add(new GinIndex.Condition(i, query));
        }
      }
      distinct.add(hash);
      if (rounds / stores.size() % INSERTED == 0) {
        offer(db, stored, row, isTaken);
      }
      if (conditions.size() > 2) {
        conditions.subList(2, conditions.size()).clear();
      }
      if (!conditions.isEmpty()) {
        search(db, stored, conditions);
      }
    }

    /** The value of JSON, null where it is refused or SQL NULL. */
    private Object fromJson(Rows column, String json) {
      says = "round " + rounds + ", " + column.ops.spelling() + " of " + cut(json);
      Object[] value = new Object[1];
      KeyList keys = new KeyList();
      Exception ofRead =
          refusal(
              () -> {
                try (JsonParser parser = HostileValues.parser(json)) {
                  value[0] = column.ops.read(parser);
                  assertNull(parser.nextToken(), "left on the value's last token");
                }
              },
              true);
      Exception ofExtract =
          refusal(
              () -> {
                try (JsonParser parser = HostileValues.parser(json)) {
                  column.ops.extract(parser, keys);
                  assertNull(parser.nextToken(), "left on the value's last token");
                }
              },
              true);
      if (ofExtract != null && ofRead == null) {
        Exception ofValue = refusal(() -> column.ops.extract(value[0], new KeyList()), false);
        assertNotNull(ofValue, "taken as a value, refused as JSON: " + ofExtract);
      } else {
        assertEquals(ofRead == null, ofExtract == null, ofRead + " or " + ofExtract);
      }
      if (ofExtract != null) {
        assertTrue(
            ofExtract instanceof InvalidRowException || ofExtract instanceof IOException,
            ofExtract::toString);
        refusedRows++;
        return null;
      }
      KeyList ofValue = new KeyList();
      column.ops.extract(value[0], ofValue);
      assertEquals(sorted(keys), sorted(ofValue));
      return value[0];
    }

    private static List<String> sorted(KeyList keys) {
      return keys.keys().stream().sorted().toList();
    }

    private boolean isTaken(Rows column, Object value) {
      says = "round " + rounds + ", " + column.ops.spelling() + " of " + describe(value);
      Exception refusal = refusal(() -> column.ops.extract(value, new KeyList()), false);
      if (refusal == null) {
        column.keep(value);
        return true;
      }
      refusedRows++;
      return false;
    }

    /** A query, null where it is refused. */
    private GinQuery query(Rows column, String operator, String json) {
      boolean isJson = random.nextInt(4) > 0;
      Object operand = isJson ? json : column.values.value();
      says =
          "round "
              + rounds
              + ", "
              + column.ops.spelling()
              + " "
              + operator
              + " "
              + (isJson ? cut(json) : describe(operand));
      GinQuery[] query = new GinQuery[1];
      Exception refusal =
          refusal(
              () -> {
                if (!isJson) {
                  query[0] = column.ops.query(operator, operand);
                  return;
                }
                try (JsonParser parser = HostileValues.parser(json)) {
                  query[0] = column.ops.queryFromJson(operator, parser);
                }
              },
              isJson);
      boolean isKnown = column.ops.operators().contains(operator);
      assertTrue(isKnown || refusal != null, "an unknown operator is taken");
      if (refusal != null) {
        refusedQueries++;
        assertFalse(refusal instanceof InvalidRowException, refusal::toString);
        return null;
      }
      return query[0];
    }

    /** Compares what keys and rechecks answer with what the rows themselves do. */
    private void ask(Rows column, GinQuery query) {
      List<Long> expected = new ArrayList<>();
      Exception refusal =
          refusal(
              () -> {
                for (int i = 0; i < column.kept.size(); i++) {
                  if (matches(query, column.kept.get(i))) {
                    expected.add((long) i);
                  }
                }
              },
              false);
      checkMode(query);
      checkUnknownKeys(query);
      if (refusal == null) {
        asked++;
        assertEquals(
            expected,
            List.copyOf(
                column.keys.search(query, row -> matches(query, column.kept.get((int) row)))));
      }
    }

    private static void checkMode(GinQuery query) {
      for (int i = 0; i < query.keyCount(); i++) {
        int category = query.category(i);
        int before = i == 0 ? -1 : query.category(i - 1);
        int order = before - category;
        if (order == 0) {
          order = Arrays.compareUnsigned(query.key(i - 1), query.key(i));
        }
        boolean isRangeOfKey = order == 0 && query.isRange(i) && !query.isRange(i - 1);
        assertTrue(order < 0 || isRangeOfKey, "keys out of order at " + i);
      }
    }

    /** What is decided while some keys are unknown holds when they are known. */
    private void checkUnknownKeys(GinQuery query) {
      byte[] presence = new byte[query.keyCount()];
      for (int i = 0; i < presence.length; i++) {
        presence[i] = random.nextBoolean() ? Ternary.YES : Ternary.NO;
      }
      int known = query.consistent(presence);
      for (int i = 0; i < presence.length; i++) {
        presence[i] = random.nextInt(3) == 0 ? Ternary.MAYBE : presence[i];
      }
      int partly = query.consistent(presence);
      assertTrue(
          partly == known || partly == Ternary.MAYBE, "decided " + partly + ", then " + known);
    }

    // Through the engine.

    private void offer(Djinn db, Stored stored, Object[] row, boolean isTaken) {
      waiting.add(row);
      // Rows wait for their batch; with several indexes each batch is of one row.
      boolean mayWait = waiting.size() < BATCH_ROWS && random.nextInt(BATCH_ROWS) > 0;
      if (mayWait && stores.size() == 1) {
        return;
      }
      says = "round " + rounds + ", a batch of " + waiting.size() + " rows";
      TreeMap<Long, Object[]> added = new TreeMap<>();
      try (WriteBatch batch = db.begin()) {
        for (Object[] values : waiting) {
          long tid = 1 + random.nextInt(1 << 20);
          if (stored.rows.containsKey(tid) || added.containsKey(tid)) {
            continue;
          }
          int size = batch.size();
          Exception refusal = refusal(() -> stored.index.insert(batch, tid, values), false);
          if (refusal == null) {
            added.put(tid, values);
            assertTrue(values != row || isTaken, "the class refuses the row, the index takes it");
          } else {
            assertEquals(size, batch.size(), "a refused row is part of the batch");
            boolean isLimit =
                refusal instanceof KeyTooLongException
                    || refusal instanceof BatchTooLargeException
                    || refusal instanceof InvalidRowException;
            assertTrue(values != row || !isTaken || isLimit, refusal::toString);
          }
        }
        Exception refusal = refusal(batch::commit, false);
        if (refusal == null) {
          stored.rows.putAll(added);
          inserted += added.size();
        } else {
          assertTrue(refusal instanceof BatchTooLargeException, refusal::toString);
        }
      }
      waiting.clear();
      if (stored.rows.size() > INDEX_ROWS) {
        removeAll(db, stored);
      }
    }

    private void removeAll(Djinn db, Stored stored) {
      says = "round " + rounds + ", the contents of " + stored.index.spec().columns();
      assertHolds(db, stored);
      if (random.nextBoolean()) {
        stored.index.flush();
        assertHolds(db, stored);
      }
      while (!stored.rows.isEmpty()) {
        try (WriteBatch batch = db.begin()) {
          for (int i = 0; i < 20 && !stored.rows.isEmpty(); i++) {
            Map.Entry<Long, Object[]> row = stored.rows.pollFirstEntry();
            Exception refusal =
                refusal(() -> stored.index.delete(batch, row.getKey(), row.getValue()), false);
            if (refusal != null) {
              // The rest goes with the next batch.
              assertTrue(i > 0 && refusal instanceof BatchTooLargeException, refusal::toString);
              stored.rows.put(row.getKey(), row.getValue());
              break;
            }
          }
          batch.commit();
        }
      }
      assertHolds(db, stored);
    }

    private void assertHolds(Djinn db, Stored stored) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      assertEquals(List.of(), db.verify());
      try (Snapshot snapshot = db.snapshot()) {
        assertEquals(
            IndexContents.wanted(stored.index.spec(), stored.rows),
            IndexContents.of(stored.index, snapshot));
      }
      // All keys of all rows, for the comparison.
      besideBytes += THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private void search(Djinn db, Stored stored, List<GinIndex.Condition> conditions) {
      says = "round " + rounds + ", a search for " + cut(conditions.toString());
      List<Long> expected = new ArrayList<>();
      Exception refusal =
          refusal(
              () ->
                  stored.rows.forEach(
                      (tid, values) -> {
                        if (matches(conditions, values)) {
                          expected.add(tid);
                        }
                      }),
              false);
      List<Long> found = new ArrayList<>();
      Exception ofSearch =
          refusal(
              () -> {
                try (Snapshot snapshot = db.snapshot();
                    TidCursor cursor = stored.index.search(snapshot, conditions, null)) {
                  while (cursor.next()) {
                    if (!cursor.needsRecheck()
                        || matches(conditions, stored.rows.get(cursor.tid()))) {
                      found.add(cursor.tid());
                    }
                  }
                }
              },
              false);
      if (refusal == null) {
        assertNull(ofSearch, "the rows are answered, the search is refused");
        assertEquals(expected, found);
      }
    }

    private boolean matches(List<GinIndex.Condition> conditions, Object[] values) {
      return conditions.stream()
          .allMatch(condition -> matches(condition.query(), values[condition.column()]));
    }

    private boolean matches(GinQuery query, Object value) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      boolean matches = query.matches(value);
      long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
      assertTrue(bytes < MOST_MATCH_BYTES, "a comparison took " + bytes + " bytes");
      mostMatchBytes = Math.max(mostMatchBytes, bytes);
      besideBytes += bytes;
      return matches;
    }

    private static String describe(Object value) {
      String type = value == null ? "null" : value.getClass().getTypeName();
      return value instanceof CharSequence ? type + " " + cut(value.toString()) : type;
    }

    private static String cut(String text) {
      return text.length() <= 300 ? text : text.substring(0, 300) + "… (" + text.length() + ")";
    }
  }
}
