package io.djinn.perf;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * PostgreSQL building the GIN index of a setting, reached through {@code psql}; its table is made
 * for that and dropped.
 */
final class PostgresPeer {
  private static final String TABLE = "djinn_perf_rows";
  private static final String INDEX = "djinn_perf_index";
  private static final long MINUTES = 120;
  private static final int LONGEST_SHOWN = 2000;

  private final String url;
  private final Path directory;

  /**
   * @param url of a database, as psql takes it
   * @param directory for scripts and rows
   */
  PostgresPeer(String url, Path directory) {
    this.url = url;
    this.directory = directory;
  }

  /**
   * Builds with each number of workers.
   *
   * @param table the file of the setting's rows
   * @param kibibytes of {@code maintenance_work_mem}
   */
  List<Figures> build(
      BuildSetting setting, Path table, long rows, long kibibytes, List<Integer> workers)
      throws IOException, InterruptedException {
    Path copy = directory.resolve("rows.copy");
    writeRows(setting.table(), table, rows, copy);
    query("CREATE TABLE " + TABLE + " (v " + setting.postgresType() + ");\n");
    try {
      return parse(query(script(setting, copy, kibibytes, workers)), rows, workers);
    } finally {
      query("DROP TABLE " + TABLE + ";\n");
      Files.delete(copy);
    }
  }

  private static String script(
      BuildSetting setting, Path copy, long kibibytes, List<Integer> workers) {
    StringBuilder script = new StringBuilder();
    script.append("SET client_min_messages = warning;\n");
    if (setting.postgresExpression().contains("trgm")) {
      script.append("CREATE EXTENSION IF NOT EXISTS pg_trgm;\n");
    }
    script
        .append("\\copy ")
        .append(TABLE)
        .append(" FROM '")
        .append(copy.toString().replace("'", "''"))
        .append("'\n")
        .append("VACUUM ANALYZE ")
        .append(TABLE)
        .append(";\nSELECT current_setting('server_version_num'), count(*) FROM ")
        .append(TABLE)
        .append(";\nSET maintenance_work_mem = '")
        .append(kibibytes)
        .append("kB';\n");
    for (int number : workers) {
      script
          .append("SET max_parallel_maintenance_workers = ")
          .append(number)
          .append(";\nALTER TABLE ")
          .append(TABLE)
          .append(" SET (parallel_workers = ")
          .append(number)
          .append(");\nSELECT extract(epoch FROM clock_timestamp());\nCREATE INDEX ")
          .append(INDEX)
          .append(" ON ")
          .append(TABLE)
          .append(" USING gin (")
          .append(setting.postgresExpression())
          .append(");\nSELECT extract(epoch FROM clock_timestamp()), pg_relation_size('")
          .append(INDEX)
          .append("');\nDROP INDEX ")
          .append(INDEX)
          .append(";\n");
    }
    return script.toString();
  }

  /** What the script printed: version and rows, then a line before and one after each build. */
  static List<Figures> parse(List<String> lines, long rows, List<Integer> workers) {
    if (lines.size() != 1 + 2 * workers.size()) {
      throw new IllegalStateException("psql printed " + lines);
    }
    String[] server = lines.get(0).split("\\|");
    BuildProbe.require("rows of PostgreSQL's table", rows, Long.parseLong(server[1]));
    List<Figures> builds = new ArrayList<>();
    for (int i = 0; i < workers.size(); i++) {
      String[] end = lines.get(2 + 2 * i).split("\\|");
      builds.add(
          new Figures()
              .put("serverVersion", Long.parseLong(server[0]))
              .put("rows", rows)
              .put("workers", workers.get(i))
              .put("seconds", Double.parseDouble(end[0]) - Double.parseDouble(lines.get(1 + 2 * i)))
              .put("indexBytes", Long.parseLong(end[1])));
    }
    return builds;
  }

  /** Writes the values in the text format of COPY, one a row. */
  static void writeRows(BuildTable kind, Path table, long rows, Path out) throws IOException {
    try (BufferedWriter writer = Files.newBufferedWriter(out)) {
      if (kind == BuildTable.ARRAYS) {
        ArraysTable.forEach(
            rows,
            (values, count) ->
                writer.write(
                    Arrays.stream(values, 0, count)
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining(",", "{", "}\n"))));
        return;
      }
      try (BufferedReader reader = Files.newBufferedReader(table)) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          String value =
              switch (kind) {
                case ARRAYS, PATHS, PACKAGES -> line;
                case ARRAYS_JSONL, DISTINCT -> line.replace('[', '{').replace(']', '}');
                case DESCRIPTIONS -> RowSalt.field(line, BuildTable.DESCRIPTION);
                case MOVIES -> RowSalt.field(line, BuildTable.EXTRACT);
              };
          writer.write(value == null ? "\\N" : escaped(value));
          writer.write('\n');
        }
      }
    }
  }

  private static String escaped(String value) {
    return value
        .replace("\\", "\\\\")
        .replace("\n", "\\n")
        .replace("\r", "\\r")
        .replace("\t", "\\t");
  }

  private List<String> query(String script) throws IOException, InterruptedException {
    Path file = Files.writeString(directory.resolve("psql.sql"), script);
    Path out = directory.resolve("psql.out");
    Path errors = directory.resolve("psql.err");
    ProcessBuilder builder =
        new ProcessBuilder(
                "psql", "-XqAt", "-F|", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", file.toString())
            .redirectOutput(out.toFile())
            .redirectError(errors.toFile());
    builder.environment().put("PGCLIENTENCODING", "UTF8");
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
        throw new IllegalStateException("psql still runs after " + MINUTES + " minutes");
      }
    } finally {
      process.destroyForcibly();
    }
    if (process.exitValue() != 0) {
      String text = Files.readString(errors);
      throw new IllegalStateException(
          "psql ended with "
              + process.exitValue()
              + ": "
              + text.substring(Math.max(0, text.length() - LONGEST_SHOWN)));
    }
    return Files.readAllLines(out);
  }
}
