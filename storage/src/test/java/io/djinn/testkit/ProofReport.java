package io.djinn.testkit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Adds up what the tests of all modules proved, prints it a family a line, writes {@code
 * storage/target/proof.json}, and ends with status 1 where a family failed or is below its count.
 *
 * <p>Parts of another run are left out, so that a family that was not run is seen.
 */
public final class ProofReport {
  private static final JsonFactory JSON = new JsonFactory();

  private ProofReport() {}

  /** The sum of a family's parts. */
  private static final class Sum {
    private int parts;
    private long cases;
    private long distinct;
    private long failures;
    private double seconds;
    private String absent = "";

    boolean isPassed(Family family, Tier tier) {
      return failures == 0 && (!absent.isEmpty() || distinct >= family.atLeast(tier));
    }

    String verdict(Family family, Tier tier) {
      if (failures > 0) {
        return "FAILED";
      }
      if (!absent.isEmpty()) {
        return "NOT RUN: no " + absent;
      }
      return distinct >= family.atLeast(tier) ? "ok" : "BELOW " + family.atLeast(tier);
    }
  }

  /**
   * @param args root of the project, and the run's name
   */
  public static void main(String[] args) throws IOException {
    if (!report(Path.of(args[0]), args[1], Tier.current(), System.out)) {
      throw new AssertionError("the proof has gaps; see the lines above");
    }
  }

  /** True where every family was reached without a failure. */
  static boolean report(Path root, String run, Tier tier, PrintStream out) throws IOException {
    Map<Family, Sum> sums = new EnumMap<>(Family.class);
    for (Family family : Family.values()) {
      sums.put(family, new Sum());
    }
    for (Path part : parts(root)) {
      add(part, run, sums);
    }
    print(sums, tier, out);
    write(root.resolve("storage/target/proof.json"), run, sums, tier);
    return sums.entrySet().stream().allMatch(sum -> sum.getValue().isPassed(sum.getKey(), tier));
  }

  private static List<Path> parts(Path root) throws IOException {
    try (Stream<Path> modules = Files.list(root)) {
      return modules
          .map(module -> module.resolve("target/proof"))
          .filter(Files::isDirectory)
          .flatMap(ProofReport::partsOf)
          .sorted()
          .collect(Collectors.toList());
    }
  }

  private static Stream<Path> partsOf(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .collect(Collectors.toList())
          .stream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void add(Path part, String run, Map<Family, Sum> sums) throws IOException {
    Map<String, String> fields = new java.util.HashMap<>();
    try (JsonParser json = JSON.createParser(part.toFile())) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        fields.put(name, json.getText());
      }
    }
    if (!fields.get("run").equals(run)) {
      return;
    }
    Sum sum = sums.get(Family.valueOf(fields.get("family")));
    sum.parts++;
    sum.cases += Long.parseLong(fields.get("cases"));
    sum.distinct += Long.parseLong(fields.get("distinct"));
    sum.failures += Long.parseLong(fields.get("failures"));
    sum.seconds += Double.parseDouble(fields.get("seconds"));
    if (!fields.get("absent").isEmpty()) {
      sum.absent = fields.get("absent");
    }
  }

  private static void print(Map<Family, Sum> sums, Tier tier, PrintStream out) {
    out.printf(
        "Proof, tier %s:%n%-4s %12s %12s %9s %9s  %s%n",
        tier.name().toLowerCase(Locale.ROOT),
        "",
        "cases",
        "distinct",
        "failures",
        "seconds",
        "family");
    sums.forEach(
        (family, sum) ->
            out.printf(
                Locale.ROOT,
                "%-4s %,12d %,12d %9d %9.1f  %s: %s%n",
                family.id(),
                sum.cases,
                sum.distinct,
                sum.failures,
                sum.seconds,
                family.what(),
                sum.verdict(family, tier)));
  }

  private static void write(Path file, String run, Map<Family, Sum> sums, Tier tier)
      throws IOException {
    Files.createDirectories(file.getParent());
    try (Writer out = Files.newBufferedWriter(file);
        JsonGenerator json = JSON.createGenerator(out).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeStringField("tier", tier.name().toLowerCase(Locale.ROOT));
      json.writeStringField("run", run);
      json.writeStringField("java", System.getProperty("java.version"));
      json.writeArrayFieldStart("families");
      for (Map.Entry<Family, Sum> entry : sums.entrySet()) {
        Family family = entry.getKey();
        Sum sum = entry.getValue();
        json.writeStartObject();
        json.writeStringField("family", family.id());
        json.writeStringField("what", family.what());
        json.writeNumberField("parts", sum.parts);
        json.writeNumberField("cases", sum.cases);
        json.writeNumberField("distinct", sum.distinct);
        json.writeNumberField("atLeast", family.atLeast(tier));
        json.writeNumberField("failures", sum.failures);
        json.writeNumberField("seconds", sum.seconds);
        json.writeStringField("verdict", sum.verdict(family, tier));
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }
}
