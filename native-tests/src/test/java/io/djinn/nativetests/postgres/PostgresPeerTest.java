package io.djinn.nativetests.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.Durability;
import io.djinn.api.GinSpec;
import io.djinn.api.WriteBatch;
import io.djinn.build.BuildListener;
import io.djinn.build.IndexBuild;
import io.djinn.build.cli.golden.GoldenFailure;
import io.djinn.build.cli.golden.GoldenFile;
import io.djinn.build.cli.golden.GoldenIndex;
import io.djinn.build.cli.golden.GoldenListener;
import io.djinn.build.cli.golden.GoldenRunner;
import io.djinn.build.cli.golden.GoldenTally;
import io.djinn.source.RowSource;
import io.djinn.source.Sources;
import io.djinn.testkit.Family;
import io.djinn.testkit.ProofPart;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random queries over the same rows, answered by a PostgreSQL server and by indexes: the same rows
 * match, and the same queries are refused.
 */
class PostgresPeerTest {
  private static final int QUERIES = 500;

  private static PostgresServer server;
  private static long seed;

  @TempDir private Path directory;

  @BeforeAll
  static void startServer() throws IOException {
    Optional<Path> programs = PostgresServer.programs();
    if (programs.isEmpty()) {
      reportAbsence();
      return;
    }
    seed = TestSeed.forTest("PostgresPeerTest");
    server = PostgresServer.start(programs.get());
    System.out.println("PostgresPeerTest: PostgreSQL " + server.release());
  }

  private static void reportAbsence() {
    String message =
        "no PostgreSQL server " + PostgresServer.OLDEST + " or later below /usr/lib/postgresql";
    if (List.of(System.getProperty("djinn.require", "").split(",")).contains("postgres")) {
      throw new AssertionError(message + ", but required (-Ddjinn.require=postgres)");
    }
    System.err.println("SKIPPED: " + message + ": no answer compared with PostgreSQL's");
    try (ProofPart part = new ProofPart(Family.PEER, "absent")) {
      part.absent("postgres");
    }
    Assumptions.abort("SKIPPED: " + message);
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void bothFindTheSameRows(PeerClass peerClass) throws Exception {
    try (ProofPart part = new ProofPart(Family.PEER, peerClass.toString())) {
      Tier.current().rounds(seed, round -> compare(peerClass, round, part));
    }
  }

  /** Each query is unlike every other of its class. */
  private void compare(PeerClass peerClass, long round, ProofPart part) throws IOException {
    Draw draw = new Draw(round ^ peerClass.toString().hashCode());
    List<PeerIndex> indexes = peerClass.indexes(server.release());
    Map<String, PeerData> data = new HashMap<>();
    Map<String, List<Object>> rows = new HashMap<>();
    for (PeerIndex index : indexes) {
      if (!data.containsKey(index.data())) {
        PeerData all = PeerData.of(index.data(), draw);
        data.put(index.data(), all.without(line -> OlderStems.differ(server.release(), line)));
        rows.put(index.data(), data.get(index.data()).rows());
      }
      index.columns().forEach(column -> column.rows(rows.get(index.data())));
    }
    Set<PeerQuery> distinct = new LinkedHashSet<>();
    while (distinct.size() < Tier.current().count(QUERIES)) {
      PeerQuery query = draw.of(indexes).draw(draw);
      if (!OlderStems.differ(server.release(), query.toString()) && !mayBeUnread(query)) {
        distinct.add(query);
      }
    }
    List<PeerQuery> queries = List.copyOf(distinct);

    List<String> lines = ask(peerClass, indexes, data, queries);
    List<String> differences = answer(data, lines, queries, draw.percent(50));

    part.add(queries.size());
    part.failed(differences.size());
    assertEquals(
        List.of(),
        differences,
        () ->
            differences.size()
                + " of "
                + queries.size()
                + " queries differ; to repeat: mvn -pl native-tests -am test"
                + " -Dtest=PostgresPeerTest -Dsurefire.failIfNoSpecifiedTests=false -Ddjinn.tier="
                + System.getProperty("djinn.tier", "quick")
                + " -Ddjinn.seed="
                + round);
  }

  /** A server that has its answer from a NULL does not read an expression, which may be none. */
  private static boolean mayBeUnread(PeerQuery query) {
    return query.parts().size() > 1
        && query.toString().contains("NULL")
        && query.parts().stream().anyMatch(part -> part.condition().operator().startsWith("~"));
  }

  /** The queries as golden lines with the server's answers. */
  private static List<String> ask(
      PeerClass peerClass,
      List<PeerIndex> indexes,
      Map<String, PeerData> data,
      List<PeerQuery> queries)
      throws IOException {
    StringBuilder load = new StringBuilder("SET client_min_messages = warning;\n");
    load.append("DROP SCHEMA IF EXISTS peer CASCADE;\n");
    load.append("CREATE SCHEMA peer;\nSET search_path = peer, public;\n");
    data.values().forEach(rows -> load.append(rows.sql()));
    for (int i = 0; i < indexes.size(); i++) {
      load.append(indexes.get(i).sql("i" + i, data.get(indexes.get(i).data())));
    }
    server.query(peerClass + "-load", load.toString(), true);

    StringBuilder script =
        new StringBuilder("SET search_path = peer, public;\nSET client_min_messages = warning;\n");
    for (int i = 0; i < queries.size(); i++) {
      PeerQuery query = queries.get(i);
      script.append(query.sql(i, "i" + indexes.indexOf(query.index())));
    }
    String[] lines = new String[queries.size()];
    for (String line : server.query(peerClass.toString(), script.toString(), false)) {
      String[] fields = line.split("\\|", -1);
      int number = Integer.parseInt(fields[0]);
      List<String> operands = new ArrayList<>();
      for (int i = 2; i < fields.length; i++) {
        operands.add(new String(HexFormat.of().parseHex(fields[i]), StandardCharsets.UTF_8));
      }
      lines[number] = queries.get(number).line(operands, PeerAnswer.of(fields[1]));
    }
    for (int i = 0; i < lines.length; i++) {
      if (lines[i] == null) {
        lines[i] = queries.get(i).line(List.of(), PeerAnswer.REFUSED);
      }
    }
    report(peerClass, lines);
    return List.of(lines);
  }

  private static void report(PeerClass peerClass, String[] lines) {
    long refused = Arrays.stream(lines).filter(line -> line.contains("\"count\":-1,")).count();
    long empty = Arrays.stream(lines).filter(line -> line.contains("\"count\":0,")).count();
    System.out.println(
        "PostgresPeerTest: "
            + peerClass
            + ": "
            + lines.length
            + " queries, of which "
            + empty
            + " find nothing and "
            + refused
            + " are refused");
  }

  /** What the indexes answer differently. */
  private List<String> answer(
      Map<String, PeerData> data, List<String> lines, List<PeerQuery> queries, boolean isBuilt)
      throws IOException {
    Path work = Files.createTempDirectory(directory, "round");
    for (PeerData rows : data.values()) {
      Files.write(work.resolve(rows.name()), rows.lines());
    }
    GoldenFile file = GoldenFile.read(Files.write(work.resolve("peer.golden"), lines));
    Differences differences = new Differences(lines, queries);
    Map<String, RowSource> sources = new HashMap<>();
    try (Djinn db =
        Djinn.open(
            work.resolve("store"), DjinnOptions.defaults().withDurability(Durability.none()))) {
      new GoldenRunner(
              db,
              name ->
                  sources.computeIfAbsent(
                      name,
                      n ->
                          Sources.open(
                              work.resolve(n), db.sourceFiles(), Sources.DEFAULT_BLOCK_BYTES)),
              (name, spec, source) -> make(db, name, spec, source, isBuilt),
              differences,
              () -> {})
          .run(List.of(file), null, Long.MAX_VALUE);
    } finally {
      sources.values().forEach(RowSource::close);
    }
    return differences.found();
  }

  /** Builds an index, or inserts the rows and leaves those that are pending. */
  private static int make(Djinn db, String name, GinSpec spec, RowSource source, boolean isBuilt) {
    if (isBuilt) {
      return new IndexBuild(db, name, spec, source, IndexBuild.optionsOf(db), BuildListener.SILENT)
          .run()
          .startedWorkers();
    }
    db.createGin(name, spec.withSource(source.identity(), source.slotBits()));
    try (WriteBatch batch = db.begin()) {
      for (long row = 1; row <= source.rowCount(); row++) {
        long tid = source.tidOf(row);
        db.gin(name).insert(batch, tid, source.fetch(tid));
      }
      batch.commit();
    }
    return 0;
  }

  /** Hears the lines that did not pass, and tells those that the server refused as well. */
  private static final class Differences implements GoldenListener {
    private final List<String> lines;
    private final List<PeerQuery> queries;
    private final List<String> found = new ArrayList<>();

    Differences(List<String> lines, List<PeerQuery> queries) {
      this.lines = lines;
      this.queries = queries;
    }

    List<String> found() {
      return found;
    }

    @Override
    public void failure(GoldenFailure failure) {
      int number = failure.line().number() - 1;
      boolean isRefused = failure.expected() != null && failure.expected().words().startsWith("-1");
      if (isRefused && failure.error() != null) {
        return;
      }
      found.add(
          "\n"
              + queries.get(number)
              + "\n  line: "
              + lines.get(number)
              + "\n  server: "
              + (isRefused ? "refused" : failure.expected().words())
              + "\n  index: "
              + (failure.error() == null ? failure.actual().words() : failure.error()));
    }

    @Override
    public void index(
        GoldenIndex index,
        int workers,
        long rows,
        long keys,
        long tids,
        long bytes,
        double seconds) {}

    @Override
    public void file(String file, GoldenTally tally, long fetched, double seconds) {}

    @Override
    public void summary(GoldenTally total, Map<String, GoldenTally> byOpclass) {}
  }
}
