package io.djinn.build.cli;

import io.djinn.api.CancelToken;
import io.djinn.api.Djinn;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.TidSet;
import io.djinn.api.VacuumListener;
import io.djinn.api.VacuumOptions;
import io.djinn.api.VacuumReport;
import io.djinn.api.WriteBatch;
import io.djinn.error.VacuumCancelledException;
import io.djinn.source.RowSource;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes dead rows from an index by walking it, without their values. */
@Command(
    name = "vacuum",
    description = {
      "Remove dead rows from an index, and what that leaves empty, by walking all of it; their"
          + " values are not needed.",
      "Dead are the rows or TIDs given; without any, TIDs that are no row of the index's source as"
          + " it is now, which 'check --rows' names."
    },
    mixinStandardHelpOptions = true)
final class VacuumCommand implements Callable<Integer> {
  @Mixin private ExistingStore store;
  @Mixin private Output output;

  @Option(
      names = "--index",
      required = true,
      paramLabel = "NAME",
      description = "Name of the index.")
  private String name;

  @ArgGroup private DeadRows dead;

  private final Cancellation cancellation;

  VacuumCommand(Cancellation cancellation) {
    this.cancellation = cancellation;
  }

  @Override
  public Integer call() {
    try (Djinn db = store.open()) {
      GinIndex index = db.gin(name);
      show(index, dead != null && dead.tids() != null ? vacuumTids(index) : vacuumRows(db, index));
    }
    return Failures.OK;
  }

  private VacuumReport vacuumTids(GinIndex index) {
    return vacuum(options -> index.vacuum(dead.tids(), options));
  }

  private VacuumReport vacuumRows(Djinn db, GinIndex index) {
    if (index.spec().source() == null) {
      throw new UserMistakeException("index \"" + name + "\" is bound to no source: give --tids");
    }
    RowNumbers rows = dead == null ? null : dead.rows();
    try (RowSource source = IndexSource.reopen(db, index)) {
      if (rows == null) {
        return vacuum(options -> index.vacuum(tid -> !isRow(source, tid), options));
      }
      IndexSource.requireRows(source, rows);
      expectAbsent(db, index, rows);
      return vacuum(options -> index.vacuum(tids(source, rows), options));
    }
  }

  private static boolean isRow(RowSource source, long tid) {
    try {
      return source.rowNumberOf(tid) > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static TidSet tids(RowSource source, RowNumbers rows) {
    TidSet.Builder tids = new TidSet.Builder();
    for (RowNumbers.Range range : rows.ranges()) {
      // TIDs between those of two rows are of rows between them, or of none.
      tids.addRange(source.tidOf(range.first()), source.tidOf(range.last()));
    }
    return tids.build();
  }

  /** Lets the rows be absent before the first of them goes, so that no crash comes between. */
  private static void expectAbsent(Djinn db, GinIndex index, RowNumbers rows) {
    GinSpec spec = index.spec();
    long going = rows.countUpTo(spec.lastRow());
    try (WriteBatch batch = db.begin()) {
      batch.bindRows(
          index,
          spec.source(),
          spec.lastRow(),
          Math.min(spec.lastRow(), spec.absentRows() + going));
      batch.commit();
    }
  }

  private interface Work {
    VacuumReport run(VacuumOptions options);
  }

  /** Runs a vacuum that Ctrl-C cancels, with a bar on a terminal. */
  private VacuumReport vacuum(Work work) {
    CancelToken token = new CancelToken();
    cancellation.onRequest(token::cancel);
    try (VacuumBar bar = !output.isJson() && BuildBar.isTerminal() ? new VacuumBar() : null) {
      VacuumListener listener = bar == null ? VacuumListener.SILENT : bar;
      return work.run(VacuumOptions.defaults().withCancelToken(token).withListener(listener));
    } catch (VacuumCancelledException e) {
      cancellation.check();
      throw e;
    } finally {
      cancellation.forget();
    }
  }

  private void show(GinIndex index, VacuumReport report) {
    output.text(
        String.format(
            Locale.ROOT,
            "index %s: %,d TIDs tested, %,d removed, %,d keys removed, %,d pages freed, %,d pending"
                + " rows moved, %.2f s",
            index.name(),
            report.tidsTested(),
            report.tidsRemoved(),
            report.keysRemoved(),
            report.pagesFreed(),
            report.rowsMoved(),
            report.seconds()));
    output.json(
        new JsonLine("vacuumed")
            .put("index", index.name())
            .put("keysWalked", report.keysWalked())
            .put("tidsTested", report.tidsTested())
            .put("tidsRemoved", report.tidsRemoved())
            .put("keysRemoved", report.keysRemoved())
            .put("pagesFreed", report.pagesFreed())
            .put("rowsMoved", report.rowsMoved())
            .put("seconds", report.seconds()));
  }
}
