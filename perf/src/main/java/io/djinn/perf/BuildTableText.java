package io.djinn.perf;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;

/** The medians of measured builds as tables for people. */
final class BuildTableText {
  private static final double MIB = 1 << 20;

  private final PrintStream out;

  BuildTableText(PrintStream out) {
    this.out = out;
  }

  void print(Map<BuildSetting, Figures> summaries, BuildRunOptions options) {
    out.printf(
        Locale.ROOT,
        "%nmedians of %d rounds, budget %d MiB; after +- the spread, per cent%n",
        options.rounds(),
        options.budgetBytes() >> 20);
    speed(summaries);
    space(summaries);
    peers(summaries);
    Figures arrays = summaries.get(BuildSetting.ARRAYS);
    if (arrays != null) {
      budgets(arrays, options);
    }
  }

  private void speed(Map<BuildSetting, Figures> summaries) {
    out.printf(
        "%n%-23s %10s %14s %14s %14s %8s %8s %8s %8s %8s %8s %8s%n",
        "",
        "rows",
        "1 part. s",
        "2 part. s",
        "speed-up",
        "ceiling",
        "share",
        "CPU 2/1",
        "process",
        "pair CPU",
        "lonely",
        "busy");
    for (Figures f : summaries.values()) {
      out.printf(
          Locale.ROOT,
          "%-23s %10.0f %14s %14s %14s %8.2f %8.2f %8.2f %8.2f %8.2f %6.1f %% %6.1f %%%n",
          f.text("setting"),
          f.number("rows"),
          withSpread(f, "serialSeconds"),
          withSpread(f, "parallelSeconds"),
          withSpread(f, "speedUp"),
          f.number("ceiling"),
          f.number("shareOfCeiling"),
          f.number("cpuRatio"),
          f.number("processCpuRatio"),
          f.number("togetherCpuRatio"),
          100 * f.number("lonelyShare"),
          100 * f.number("busyShare"));
    }
  }

  private void space(Map<BuildSetting, Figures> summaries) {
    out.printf(
        "%n%-23s %18s %18s %18s %22s %22s %10s%n",
        "one; two participants",
        "CPU s",
        "index MB",
        "spilled MB",
        "accounted peak MiB",
        "RssAnon growth MiB",
        "bytes/TID");
    for (Figures f : summaries.values()) {
      out.printf(
          Locale.ROOT,
          "%-23s %18s %18s %18s %22s %22s %10.2f%n",
          f.text("setting"),
          pair(f, "CpuSeconds", 1),
          pair(f, "IndexBytes", 1e6),
          pair(f, "SpilledBytes", 1e6),
          pair(f, "AccountedPeak", MIB),
          pair(f, "RssAnonGrowth", MIB),
          f.number("bytesPerTid"));
    }
  }

  private void peers(Map<BuildSetting, Figures> summaries) {
    boolean hasHead = false;
    for (Figures f : summaries.values()) {
      if (f.has("luceneSeconds") || f.has("postgresSerialSeconds")) {
        if (!hasHead) {
          out.printf(
              "%n%-23s %10s %8s %12s %10s %8s %16s %8s %12s%n",
              "peers, two threads",
              "Lucene s",
              "times",
              "merging s",
              "MB",
              "share",
              "PostgreSQL s 0; 1",
              "times",
              "MB");
          hasHead = true;
        }
        out.printf(
            "%-23s %10s %8s %12s %10s %8s %16s %8s %12s%n",
            f.text("setting"),
            number(f, "luceneSeconds", 1),
            number(f, "luceneTimes", 1),
            number(f, "luceneForceMergeSeconds", 1),
            number(f, "luceneIndexBytes", 1e6),
            number(f, "luceneBytesShare", 1),
            number(f, "postgresSerialSeconds", 1) + "; " + number(f, "postgresParallelSeconds", 1),
            number(f, "postgresTimes", 1),
            number(f, "postgresParallelIndexBytes", 1e6));
      }
    }
  }

  private void budgets(Figures f, BuildRunOptions options) {
    out.printf(
        "%n%-23s %14s %14s %18s %22s%n",
        "arrays", "1 part. s", "2 part. s", "spilled MB", "accounted peak MiB");
    for (long budget : options.budgets()) {
      boolean isMain = budget == options.budgetBytes();
      String at = isMain ? "" : "At" + (budget >> 20) + "MiB";
      out.printf(
          Locale.ROOT,
          "%-23s %14s %14s %18s %22s%n",
          (budget >> 20) + " MiB",
          withSpread(f, "serial" + at + "Seconds"),
          withSpread(f, "parallel" + at + "Seconds"),
          pair(f, at + "SpilledBytes", 1e6),
          pair(f, at + "AccountedPeak", MIB));
    }
  }

  private static String withSpread(Figures f, String name) {
    return String.format(
        Locale.ROOT, "%.2f +-%.0f", f.number(name), 100 * f.number(name + "Spread"));
  }

  private static String pair(Figures f, String name, double unit) {
    return number(f, "serial" + name, unit) + "; " + number(f, "parallel" + name, unit);
  }

  private static String number(Figures f, String name, double unit) {
    return f.has(name) ? String.format(Locale.ROOT, "%.2f", f.number(name) / unit) : "-";
  }
}
