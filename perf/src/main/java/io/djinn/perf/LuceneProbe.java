package io.djinn.perf;

import io.djinn.api.GinSpec;
import io.djinn.opclass.GinQuery;
import io.djinn.source.Row;
import io.djinn.source.RowSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Terms;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;

/**
 * One measured build by Apache Lucene in this process over the rows of a plan, after warm-ups of
 * fewer rows; prints its {@link Figures} as the last line.
 *
 * <p>Terms are the keys of the same operator class; only documents are kept of them: no
 * frequencies, positions, norms or stored fields. Merges run on Lucene's own threads beside those
 * that add rows.
 */
final class LuceneProbe {
  private static final String KEYS = "keys";

  /** Keys that are not normal: one term each, in a field of their own. */
  private static final String OTHERS = "others";

  private static final int BLOCKS_OF_STRETCH = 16;
  private static final FieldType DOCUMENTS = new FieldType();
  private static final FieldType DOCUMENTS_OF_ONE_TERM = new FieldType();

  static {
    DOCUMENTS.setIndexOptions(IndexOptions.DOCS);
    DOCUMENTS.setOmitNorms(true);
    DOCUMENTS.setTokenized(true);
    DOCUMENTS.freeze();
    DOCUMENTS_OF_ONE_TERM.setIndexOptions(IndexOptions.DOCS);
    DOCUMENTS_OF_ONE_TERM.setOmitNorms(true);
    DOCUMENTS_OF_ONE_TERM.setTokenized(false);
    DOCUMENTS_OF_ONE_TERM.freeze();
  }

  private final BuildPlan plan;
  private final GinSpec.Column column;

  LuceneProbe(BuildPlan plan) {
    this.plan = plan;
    column = plan.setting().spec().columns().get(0);
  }

  public static void main(String[] arguments) throws Exception {
    System.out.println(new LuceneProbe(BuildPlan.of(arguments)).run().toJson());
  }

  /** Builds, measures and counts; throws where the result is wrong. */
  Figures run() throws Exception {
    Path work = plan.directory().resolve("probe");
    BuildProbe.deleteTree(work);
    Files.createDirectories(work);
    try {
      for (int i = 0; i < BuildPlan.WARM_UPS; i++) {
        try (RowSource source = plan.openWarmUpTable()) {
          build(source, work.resolve("warm-up-" + i));
        }
      }
      try (RowSource source = plan.openTable()) {
        return build(source, work.resolve("index"));
      }
    } finally {
      BuildProbe.deleteTree(work);
    }
  }

  private Figures build(RowSource source, Path path) throws Exception {
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setRAMBufferSizeMB((double) plan.budgetBytes() / (1 << 20))
            .setUseCompoundFile(false);
    Figures figures = new Figures();
    try (Directory directory = FSDirectory.open(path)) {
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        long begin = System.nanoTime();
        long cpuNanos = BuildProbe.cpuNanos();
        addRows(source, writer);
        writer.commit();
        long committed = System.nanoTime();
        figures
            .put("rows", source.rowCount())
            .put("participants", plan.participants())
            .put("budgetBytes", plan.budgetBytes())
            .put("seconds", (committed - begin) / 1e9)
            .put("processCpuSeconds", (BuildProbe.cpuNanos() - cpuNanos) / 1e9)
            .put("committedBytes", bytes(directory));
        long forced = System.nanoTime();
        writer.forceMerge(1);
        writer.commit();
        figures.put("forceMergeSeconds", (System.nanoTime() - forced) / 1e9);
      }
      return figures.put("indexBytes", bytes(directory)).putAll(counts(source, directory));
    }
  }

  private static long bytes(Directory directory) throws IOException {
    long bytes = 0;
    for (String file : directory.listAll()) {
      if (!file.equals(IndexWriter.WRITE_LOCK_NAME)) {
        bytes += directory.fileLength(file);
      }
    }
    return bytes;
  }

  private void addRows(RowSource source, IndexWriter writer) throws Exception {
    AtomicLong nextBlock = new AtomicLong();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Runnable work =
        () -> {
          try {
            RowAdder adder = new RowAdder(writer);
            long blocks = source.blockCount();
            while (failure.get() == null) {
              long from = nextBlock.getAndAdd(BLOCKS_OF_STRETCH);
              if (from >= blocks) {
                return;
              }
              source.scan(from, Math.min(blocks, from + BLOCKS_OF_STRETCH), adder::add);
            }
          } catch (Throwable t) {
            failure.compareAndSet(null, t);
          }
        };
    List<Thread> others = new ArrayList<>();
    for (int i = 1; i < plan.participants(); i++) {
      Thread thread = new Thread(work, "adder-" + i);
      others.add(thread);
      thread.start();
    }
    work.run();
    for (Thread thread : others) {
      thread.join();
    }
    if (failure.get() != null) {
      throw new IllegalStateException("adding rows failed", failure.get());
    }
  }

  /** Adds the rows of one thread. */
  private final class RowAdder {
    private final IndexWriter writer;
    private final KeyTokens tokens = new KeyTokens();
    private final Field keys = new Field(KEYS, tokens, DOCUMENTS);
    private final List<IndexableField> fields = new ArrayList<>();

    RowAdder(IndexWriter writer) {
      this.writer = writer;
    }

    boolean add(long tid, Row row) {
      tokens.beginRow();
      row.extract(column.path(), column.operatorClass(), tokens);
      fields.clear();
      fields.add(keys);
      for (int category = GinQuery.NULL_ELEMENT; category <= GinQuery.NULL_ITEM; category++) {
        if (tokens.has(category)) {
          fields.add(
              new Field(OTHERS, new BytesRef(new byte[] {(byte) category}), DOCUMENTS_OF_ONE_TERM));
        }
      }
      try {
        writer.addDocument(fields);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return true;
    }
  }

  private static Figures counts(RowSource source, Directory directory) throws IOException {
    long keys = 0;
    long tids = 0;
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      BuildProbe.require("documents", source.rowCount(), reader.numDocs());
      BuildProbe.require("segments", Math.min(1, source.rowCount()), reader.leaves().size());
      for (LeafReaderContext leaf : reader.leaves()) {
        for (String field : List.of(KEYS, OTHERS)) {
          Terms terms = leaf.reader().terms(field);
          if (terms != null) {
            keys += terms.size();
            tids += terms.getSumDocFreq();
          }
        }
      }
    }
    return new Figures().put("keys", keys).put("tids", tids);
  }
}
