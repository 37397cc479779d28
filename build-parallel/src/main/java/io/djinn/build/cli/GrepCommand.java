package io.djinn.build.cli;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.Durability;
import io.djinn.api.ScanStats;
import io.djinn.build.IndexBuild;
import io.djinn.build.cli.grep.GrepPattern;
import io.djinn.build.cli.grep.LineSearch;
import io.djinn.build.cli.grep.RawText;
import io.djinn.build.cli.grep.TextTree;
import io.djinn.build.cli.grep.TreeFile;
import io.djinn.build.cli.grep.TreeIndex;
import io.djinn.build.plan.BuildOptions;
import io.djinn.error.QueryTooExpensiveException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows the lines below a directory that match a regular expression. */
@Command(
    name = "grep",
    description =
        "Print the lines of text files below a directory that match a regular expression, as"
            + " PATH:LINE:TEXT.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Exit: 0 a line matched; 1 none; 2 bad usage, or something could not be read; 3 the store is"
          + " damaged, full or locked."
    })
final class GrepCommand implements Callable<Integer> {
  private static final long BETWEEN_CHECKS = 4096;

  @Mixin private Output output;

  @Parameters(
      index = "0",
      paramLabel = "PATTERN",
      description =
          "Regular expression as grep -E takes it; lookaround, \\d and \\D are there as well.")
  private String pattern;

  @Parameters(index = "1", paramLabel = "DIR", description = "Directory to search.")
  private String directory;

  @Option(
      names = "--db",
      paramLabel = "DIR",
      description =
          "Store that keeps the index from one search to the next, made where there is none; changed"
              + " files are noticed. Default: an index that goes when the search is over.")
  private Path store;

  @Option(
      names = {"-i", "--ignore-case"},
      description = "Ignore case.")
  private boolean ignoreCase;

  @Option(
      names = {"-c", "--count"},
      description = "Print PATH:COUNT for every file instead of lines.")
  private boolean countOnly;

  @Option(
      names = {"-l", "--files-with-matches"},
      description = "Print the paths of files with a matching line instead of lines.")
  private boolean filesOnly;

  @Option(
      names = "--explain",
      description =
          "Say how many files there are, were indexed now, and were candidates of the index and"
              + " searched; on standard error, or in the last object of --json.")
  private boolean explain;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description =
          "Threads beside the leader that index and search, 0 to 1024. Default: cores - 1.")
  private Integer workers;

  private final Cancellation cancellation;
  private GrepPattern meaning;
  private boolean hasFailed;
  private String shownRoot;
  private long shownLines;

  GrepCommand(Cancellation cancellation) {
    this.cancellation = cancellation;
  }

  /** What a search of a file found; lines are kept only where it was not shown at once. */
  private static final class Found {
    private final List<String> lines = new ArrayList<>();
    private final List<Long> numbers = new ArrayList<>();
    private long count;
    private Exception failure;
  }

  @Override
  public Integer call() throws IOException {
    if (workers != null && (workers < 0 || workers > BuildOptions.MAX_WORKERS)) {
      throw new UserMistakeException(
          "--workers " + workers + ": must be 0 to " + BuildOptions.MAX_WORKERS);
    }
    if (countOnly && filesOnly) {
      throw new UserMistakeException("--count and --files-with-matches exclude each other");
    }
    Path root = Path.of(directory);
    if (!Files.isDirectory(root)) {
      throw new UserMistakeException(
          directory + (Files.exists(root) ? " is no directory" : ": no such directory"));
    }
    shownRoot = directory.replaceFirst("/+$", "");
    // A mistake in the pattern is said before anything is read.
    meaning = new GrepPattern(pattern);
    LineSearch first = new LineSearch(meaning, ignoreCase);
    long start = System.nanoTime();
    TextTree tree = TextTree.walk(root, store, (name, e) -> fail(shown(name), e));
    if (store != null) {
      return search(first, tree, store, DjinnOptions.defaults(), start);
    }
    try (WorkDirectory work = WorkDirectory.temporary("djinn-grep-")) {
      DjinnOptions settings = DjinnOptions.defaults().withDurability(Durability.none());
      return search(first, tree, work.store(), settings, start);
    }
  }

  private int search(
      LineSearch first, TextTree tree, Path directoryOfStore, DjinnOptions settings, long start)
      throws IOException {
    try (Djinn db = new StoreOptions().openOrCreate(directoryOfStore, settings)) {
      BuildOptions options = IndexBuild.optionsOf(db);
      if (workers != null) {
        options =
            options
                .withMaxParallelMaintenanceWorkers(BuildOptions.UNSET)
                .withParallelWorkers(workers);
      }
      TreeIndex index = openIndex(db, tree, options);
      TreeIndex.Candidates candidates = index.candidates(meaning.expression(), ignoreCase);
      long[] totals = searchFiles(first, tree.files(), candidates.files());
      end(tree, index, candidates, totals, (System.nanoTime() - start) / 1e9);
      return hasFailed ? Failures.USAGE : totals[0] > 0 ? Failures.OK : Failures.NO;
    }
  }

  private TreeIndex openIndex(Djinn db, TextTree tree, BuildOptions options) {
    try {
      return TreeIndex.open(db, tree, options, build -> cancellation.onRequest(build::cancel));
    } catch (RuntimeException e) {
      cancellation.check();
      throw e;
    } finally {
      cancellation.forget();
    }
  }

  /** Lines that matched, and files that have any. */
  private long[] searchFiles(LineSearch first, List<TreeFile> files, BitSet candidates) {
    int threads =
        workers != null ? workers : Math.max(0, Runtime.getRuntime().availableProcessors() - 1);
    long[] totals = new long[2];
    if (threads == 0) {
      for (int i = 0; i < files.size(); i++) {
        show(
            files.get(i),
            candidates.get(i) ? searchHere(first, files.get(i)) : new Found(),
            totals);
      }
      return totals;
    }
    ExecutorService pool = Executors.newFixedThreadPool(threads, GrepCommand::thread);
    try {
      searchAhead(first, files, candidates, pool, 2 * threads, totals);
    } finally {
      pool.shutdownNow();
    }
    return totals;
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "djinn-grep");
    thread.setDaemon(true);
    return thread;
  }

  /** Shows files in their order, while others behind them are searched already. */
  private void searchAhead(
      LineSearch first,
      List<TreeFile> files,
      BitSet candidates,
      ExecutorService pool,
      int most,
      long[] totals) {
    ThreadLocal<LineSearch> own =
        ThreadLocal.withInitial(() -> new LineSearch(meaning, ignoreCase));
    ArrayDeque<Future<Found>> ahead = new ArrayDeque<>();
    int next = 0;
    for (int i = 0; i < files.size(); i++) {
      for (; ahead.size() < most && next < files.size(); next++) {
        TreeFile file = files.get(next);
        if (candidates.get(next) && isSmall(file)) {
          ahead.add(pool.submit(() -> searchAway(own.get(), file)));
        }
      }
      TreeFile file = files.get(i);
      Found found =
          !candidates.get(i)
              ? new Found()
              : isSmall(file) ? await(ahead.remove()) : searchHere(first, file);
      show(file, found, totals);
    }
  }

  private static boolean isSmall(TreeFile file) {
    return file.sizeBytes() <= TreeFile.LARGEST_INDEXED_BYTES;
  }

  private static Found await(Future<Found> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    }
  }

  private Found searchAway(LineSearch search, TreeFile file) {
    Found found = new Found();
    return search(
        search,
        file,
        found,
        (number, bytes, offset, length) -> {
          found.numbers.add(number);
          found.lines.add(RawText.decode(bytes, offset, length));
          return true;
        });
  }

  private Found searchHere(LineSearch search, TreeFile file) {
    return search(
        search,
        file,
        new Found(),
        (number, bytes, offset, length) -> {
          show(file, number, RawText.decode(bytes, offset, length));
          return true;
        });
  }

  private Found search(LineSearch search, TreeFile file, Found found, LineSearch.Lines lines) {
    cancellation.check();
    try {
      found.count =
          search.search(
              file, countOnly || filesOnly ? null : lines, filesOnly ? 1 : Long.MAX_VALUE);
    } catch (IOException | QueryTooExpensiveException e) {
      found.failure = e;
    }
    return found;
  }

  private void show(TreeFile file, Found found, long[] totals) {
    for (int i = 0; i < found.lines.size(); i++) {
      show(file, found.numbers.get(i), found.lines.get(i));
    }
    if (found.failure != null) {
      fail(shown(file.name()), found.failure);
      return;
    }
    totals[0] += found.count;
    totals[1] += found.count > 0 ? 1 : 0;
    if (countOnly) {
      output.text(shown(file.name()) + ":" + found.count);
      if (output.isJson()) {
        output.json(path(new JsonLine("file"), file).put("count", found.count));
      }
    } else if (filesOnly && found.count > 0) {
      output.text(shown(file.name()));
      if (output.isJson()) {
        output.json(path(new JsonLine("file"), file));
      }
    }
  }

  private void show(TreeFile file, long number, String text) {
    if (++shownLines % BETWEEN_CHECKS == 0) {
      cancellation.check();
    }
    if (output.isJson()) {
      output.json(path(new JsonLine("match"), file).put("line", number).put("text", clean(text)));
    } else {
      output.text(shown(file.name()) + ":" + number + ":" + text);
    }
  }

  /** The path of a file as the user would write it. */
  private String shown(String name) {
    return name.isEmpty() ? directory : shownRoot + "/" + name;
  }

  /** JSON is Unicode: a path that is none comes as its bytes as well. */
  private JsonLine path(JsonLine line, TreeFile file) {
    String path = shown(file.name());
    String clean = clean(path);
    line.put("path", clean);
    if (!clean.equals(path)) {
      line.put("pathBase64", Base64.getEncoder().encodeToString(bytes(path)));
    }
    return line;
  }

  private static byte[] bytes(String raw) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (RawWriter writer = new RawWriter(bytes)) {
      writer.write(raw);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** With U+FFFD for what is no character. */
  private static String clean(String raw) {
    for (int i = 0; i < raw.length(); i++) {
      if (Character.isSurrogate(raw.charAt(i))) {
        return new String(bytes(raw), StandardCharsets.UTF_8);
      }
    }
    return raw;
  }

  private void fail(String path, Exception failure) {
    hasFailed = true;
    output.err().println("djinn: " + path + ": " + reason(failure));
  }

  private static String reason(Exception failure) {
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (failure instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (failure instanceof FileSystemException e && e.getReason() != null) {
      return e.getReason();
    }
    return Failures.message(failure);
  }

  private void end(
      TextTree tree,
      TreeIndex index,
      TreeIndex.Candidates candidates,
      long[] totals,
      double seconds) {
    JsonLine line = new JsonLine("result").put("count", totals[0]).put("matchingFiles", totals[1]);
    line.put("seconds", seconds);
    if (explain) {
      ScanStats read = candidates.read();
      explain(line, "files", tree.files().size());
      explain(line, "indexedNow", index.readFiles());
      explain(line, "candidates", candidates.byIndex());
      explain(line, "searched", candidates.files().cardinality());
      explain(line, "streams", read.streams());
      explain(line, "entryPages", read.entryPages());
      explain(line, "postingPages", read.postingPages());
      explain(line, "segmentsDecoded", read.segmentsDecoded());
      explain(line, "segmentsSkipped", read.segmentsSkipped());
    }
    output.json(line);
  }

  private void explain(JsonLine line, String name, long value) {
    line.put(name, value);
    if (!output.isJson()) {
      output.err().println(String.format("%-16s %,d", name, value));
    }
  }
}
