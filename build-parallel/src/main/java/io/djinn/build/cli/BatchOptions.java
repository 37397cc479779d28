package io.djinn.build.cli;

import picocli.CommandLine.Option;

/** Options of a command that writes rows of one index in batches. */
final class BatchOptions {
  @Option(
      names = "--index",
      required = true,
      paramLabel = "NAME",
      description = "Name of the index.")
  String index;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Rows of a batch, which is atomic. Default ${DEFAULT-VALUE}.")
  int batch;

  void check() {
    requirePositive("--batch", batch);
  }

  static void requirePositive(String option, int value) {
    if (value < 1) {
      throw new UserMistakeException(option + " " + value + ": must be 1 at least");
    }
  }
}
