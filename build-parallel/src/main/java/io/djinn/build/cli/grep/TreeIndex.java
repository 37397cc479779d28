package io.djinn.build.cli.grep;

import io.djinn.api.Djinn;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.IndexInfo;
import io.djinn.api.ScanStats;
import io.djinn.api.Snapshot;
import io.djinn.api.TidCursor;
import io.djinn.api.WriteBatch;
import io.djinn.build.BuildListener;
import io.djinn.build.IndexBuild;
import io.djinn.build.plan.BuildOptions;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.OperatorClasses;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * The trigram index of one directory in a store, brought up to date with the files that are there.
 *
 * <p>A file that is new or not certainly the one that was read gets a new TID and is indexed again;
 * TIDs of what is gone stay in the index and are passed over, until they are too many and all is
 * built anew.
 */
public final class TreeIndex {
  private static final String COLUMN = "$";
  private static final int FILES_OF_A_BATCH = 64;

  /**
   * Which files may have a matching line.
   *
   * @param files by their place in the walk
   * @param byIndex how many of them the index named; the others it does not know
   * @param read what the index read for that
   */
  public record Candidates(BitSet files, int byIndex, ScanStats read) {}

  private final Djinn db;
  private final TextTree tree;
  private final String prefix;
  private final Path listPath;
  private FileList list;
  private GinIndex index;

  /** Files read to bring the index up to date. */
  private int readFiles;

  private TreeIndex(Djinn db, TextTree tree) {
    this.db = db;
    this.tree = tree;
    CRC32C checksum = new CRC32C();
    checksum.update(root().getBytes(StandardCharsets.UTF_8));
    prefix = String.format("grep_%08x_", checksum.getValue());
    listPath = db.sourceFiles().directory().resolve(prefix + "files");
  }

  /**
   * The index of a directory, made or brought up to date.
   *
   * @param running is told of a build before it begins, so that it can be cancelled
   */
  public static TreeIndex open(
      Djinn db, TextTree tree, BuildOptions options, Consumer<IndexBuild> running) {
    TreeIndex opened = new TreeIndex(db, tree);
    opened.list = opened.knownList();
    if (opened.list == null || !opened.update()) {
      opened.build(options, running);
    }
    return opened;
  }

  private String root() {
    return tree.root().toUri().toString();
  }

  private List<String> indexes() {
    return db.indexes().stream()
        .map(IndexInfo::name)
        .filter(name -> name.startsWith(prefix))
        .toList();
  }

  /** The list of an index that is there, or null. */
  private FileList knownList() {
    FileList known = FileList.read(listPath);
    return known != null && known.root().equals(root()) && indexes().contains(known.index())
        ? known
        : null;
  }

  /** Indexes what has changed; false where building anew is less work. */
  private boolean update() {
    FileList next = new FileList(list.index(), list.root());
    List<TreeFile> changed = new ArrayList<>();
    int indexable = 0;
    for (TreeFile file : tree.files()) {
      if (file.isIndexed()) {
        indexable++;
        FileList.Entry entry = list.entries().get(file.name());
        if (entry != null && entry.isStill(file)) {
          next.put(file.name(), entry);
        } else {
          changed.add(file);
        }
      }
    }
    long tids = list.nextTid() + changed.size();
    if (tids - indexable > indexable + (long) FILES_OF_A_BATCH) {
      return false;
    }
    index = db.gin(list.index());
    boolean isSame = changed.isEmpty() && next.entries().size() == list.entries().size();
    long tid = list.nextTid();
    TreeSource source = new TreeSource(root(), changed);
    for (int from = 0; from < changed.size(); from += FILES_OF_A_BATCH) {
      try (WriteBatch batch = db.begin()) {
        for (int i = from; i < Math.min(from + FILES_OF_A_BATCH, changed.size()); i++) {
          index.insert(batch, tid + i, source.fetch(i).text());
        }
        batch.commit();
      }
    }
    put(next, changed, source, tid);
    if (!isSame) {
      next.write(listPath);
    }
    list = next;
    return true;
  }

  private void build(BuildOptions options, Consumer<IndexBuild> running) {
    List<String> old = indexes();
    int number = 0;
    while (old.contains(prefix + number)) {
      number++;
    }
    List<TreeFile> files = tree.files().stream().filter(TreeFile::isIndexed).toList();
    TreeSource source = new TreeSource(root(), files);
    GinSpec spec = GinSpec.column(COLUMN, operatorClass()).withRows(files.size(), 0);
    IndexBuild build =
        new IndexBuild(db, prefix + number, spec, source, options, BuildListener.SILENT);
    running.accept(build);
    build.run();
    list = new FileList(prefix + number, root());
    put(list, files, source, 0);
    list.write(listPath);
    old.forEach(db::drop);
    index = db.gin(list.index());
  }

  private void put(FileList to, List<TreeFile> files, TreeSource source, long firstTid) {
    readFiles += files.size();
    for (int i = 0; i < files.size(); i++) {
      if (!source.isUnread(i)) {
        to.put(
            files.get(i).name(), FileList.Entry.of(firstTid + i, files.get(i), tree.walkedNanos()));
      }
    }
    to.skipTo(firstTid + files.size());
  }

  private static GinOperatorClass operatorClass() {
    return OperatorClasses.find("gin_trgm_ops", "");
  }

  /** Files read to bring the index up to date. */
  public int readFiles() {
    return readFiles;
  }

  /**
   * The files of which the index does not know that no line of them matches.
   *
   * @param pattern in the syntax of the index
   */
  public Candidates candidates(String pattern, boolean ignoreCase) {
    Map<Long, Integer> places = new HashMap<>();
    BitSet candidates = new BitSet();
    for (int i = 0; i < tree.files().size(); i++) {
      FileList.Entry entry = list.entries().get(tree.files().get(i).name());
      if (entry == null) {
        candidates.set(i);
      } else {
        places.put(entry.tid(), i);
      }
    }
    // What matches a line needs the same trigrams of the whole file, which has more.
    GinQuery query = operatorClass().query(ignoreCase ? "~*" : "~", pattern);
    int byIndex = 0;
    try (Snapshot snapshot = db.snapshot();
        TidCursor cursor = index.search(snapshot, query)) {
      while (cursor.next()) {
        Integer place = places.get(cursor.tid());
        if (place != null) {
          candidates.set(place);
          byIndex++;
        }
      }
      return new Candidates(candidates, byIndex, cursor.counters());
    }
  }
}
