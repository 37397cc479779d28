package io.djinn.build.cli;

import io.djinn.api.Djinn;
import io.djinn.api.GinSpec;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of a command that makes an index: where, its name, its rows, its columns. */
final class NewIndex {
  @Option(
      names = "--db",
      required = true,
      paramLabel = "DIR",
      description = "Directory of the store, made where there is none.")
  Path directory;

  @Option(
      names = "--index",
      required = true,
      paramLabel = "NAME",
      description = "Name of the index: a letter or _, then up to 62 letters, digits and _.")
  String name;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "ROWS",
      description =
          "Rows: JSON Lines (.jsonl, .ndjson, .json), plain lines (any other name), or a gzip of"
              + " either.")
  Path input;

  @Option(
      names = "--column",
      required = true,
      paramLabel = "PATH:OPCLASS[/ARG]",
      description = "A column, as cast:array_ops/text; $$ is the whole row. May be repeated.")
  private List<String> columns;

  @Option(
      names = "--using",
      paramLabel = "METHOD",
      description = "Access method: gin.",
      defaultValue = "gin",
      showDefaultValue = picocli.CommandLine.Help.Visibility.ALWAYS)
  private String method;

  @Option(
      names = "--fill-factor",
      paramLabel = "PERCENT",
      description = "How full a build makes pages, 50 to 100. Default 90.")
  private Integer fillFactor;

  @Option(
      names = "--parallel-workers",
      paramLabel = "N",
      description = "Worker threads of every build of this index, kept with it, 0 to 1024.")
  private Integer parallelWorkers;

  @Option(
      names = "--fast-update",
      paramLabel = "on|off",
      description =
          "Whether changes go through a pending list first, kept with the index. Default on.")
  private Switch fastUpdate;

  @Option(
      names = "--pending-list-limit",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "Most bytes of rows in the pending list, 64kB to 1GB. Default 4MB.")
  private Long pendingListLimit;

  @Option(
      names = "--positions",
      paramLabel = "on|off",
      description =
          "Whether the index keeps positions and weights of text beside its keys. Default on where"
              + " a column's operator class gives any.")
  private Switch positions;

  @Option(
      names = "--block-size",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "Size of a block of rows, 512 to 16MB. Default 64kB.")
  private Long blockSize;

  @Mixin StoreOptions store;

  /** Reads and checks everything that can be without a store. */
  GinSpec spec() {
    if (!method.equals("gin")) {
      throw new UserMistakeException("access method \"" + method + "\" is not known; known is gin");
    }
    Djinn.checkName(name);
    IndexSource.requireReadable(input);
    return spec(columns);
  }

  /** An index over other columns, with the same options. */
  GinSpec spec(List<String> itsColumns) {
    GinSpec spec = GinSpec.parse(itsColumns);
    if (fillFactor != null) {
      spec = spec.withFillFactor(fillFactor);
    }
    if (parallelWorkers != null) {
      spec = spec.withParallelWorkers(parallelWorkers);
    }
    if (fastUpdate != null) {
      spec = spec.withFastUpdate(fastUpdate == Switch.ON);
    }
    if (pendingListLimit != null) {
      spec = spec.withPendingListLimit(pendingListLimit);
    }
    if (positions != null) {
      spec = spec.withPositions(positions == Switch.ON);
    }
    return spec;
  }

  int blockBytes() {
    return blockSize == null
        ? io.djinn.source.Sources.DEFAULT_BLOCK_BYTES
        : (int) Math.min(blockSize, Integer.MAX_VALUE);
  }
}
