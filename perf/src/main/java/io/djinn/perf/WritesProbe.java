package io.djinn.perf;

import java.nio.file.Files;
import java.util.List;

/** The process of one {@link WritesPart}; prints its {@link Figures} as the last line. */
final class WritesProbe {
  private WritesProbe() {}

  /**
   * @param arguments name of the part, then {@link WritesPlan#arguments}
   */
  public static void main(String[] arguments) throws Exception {
    List<String> all = List.of(arguments);
    WritesPlan plan = WritesPlan.parse(all.subList(1, all.size()));
    System.out.println(run(WritesPart.valueOf(all.get(0)), plan).toJson());
  }

  /** Measures one part in a directory where no store is, and leaves none. */
  static Figures run(WritesPart part, WritesPlan plan) throws Exception {
    BuildProbe.deleteTree(plan.store());
    Files.deleteIfExists(plan.rawFile());
    Figures figures = new Figures().put("part", part.toString()).putAll(part.measure(plan));
    BuildProbe.deleteTree(plan.store());
    return figures;
  }
}
