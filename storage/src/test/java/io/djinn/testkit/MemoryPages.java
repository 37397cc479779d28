package io.djinn.testkit;

import io.djinn.batch.PageEditor;
import io.djinn.error.CorruptPageException;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.page.PageSink;
import io.djinn.page.StepReader;
import io.djinn.wal.EditFamily;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;

/**
 * Pages in plain memory with the rules of the open batch: private copies, edits through edit
 * families, a log of edits and images that can be replayed on an empty store and compared.
 *
 * <ul>
 *   <li>The first edit or rewrite of a page in a batch moves it to another address; the version
 *       before stays as it was until {@link #commit()} poisons it, or {@link #abort()} brings it
 *       back.
 *   <li>A page logs its edits, or one image of its final bytes where it was allocated or rewritten
 *       in the batch or has no image in the log yet. The hole is left out of images and zeroed at
 *       commit.
 *   <li>Guard bytes around every page are checked after each edit and at commit.
 * </ul>
 */
public final class MemoryPages implements PageEditor, AutoCloseable {
  private static final String FILE = "pages";
  private static final int GUARD_BYTES = 64;
  private static final int GUARD = 0xA5;
  private static final int POISON = 0xDB;

  private final int pageSizeBytes;
  private final EditFamily[] families;
  private final MemoryAccount account = new MemoryAccount("memory pages", Long.MAX_VALUE);

  /** The newest version by page number, null where there is none: looked up without allocating. */
  private Version[] pages = new Version[64];

  private final LinkedHashMap<Integer, Change> changes = new LinkedHashMap<>();
  private final ArrayDeque<Integer> freePages = new ArrayDeque<>();
  private final List<Record> log = new ArrayList<>();
  private final List<Steps> steps = new ArrayList<>();
  private int nextPageNo;
  private long batch;

  /** The bytes of one page version between guards. */
  private final class Version implements AutoCloseable {
    final MemoryRegion region = MemoryRegion.allocate(account, pageSizeBytes + 2L * GUARD_BYTES);
    final long page = region.address() + GUARD_BYTES;

    /** Whether the log determines the page's bytes from here on. */
    boolean logged;

    Version() {
      NativeMemory.fill(region.address(), region.sizeBytes(), GUARD);
      NativeMemory.fill(page, pageSizeBytes, 0);
    }

    void checkGuards(int pageNo) {
      for (int i = 0; i < GUARD_BYTES; i++) {
        int before = NativeMemory.getUnsignedByte(region.address() + i);
        int after = NativeMemory.getUnsignedByte(page + pageSizeBytes + i);
        if (before != GUARD || after != GUARD) {
          throw new AssertionError(
              "page " + pageNo + ": bytes outside the page were written, guard byte " + i);
        }
      }
    }

    @Override
    public void close() {
      NativeMemory.fill(page, pageSizeBytes, POISON);
      region.close();
    }
  }

  /** What the open batch has done to one page; {@code before} is null where it allocated it. */
  private static final class Change {
    Version before;
    boolean image;
    boolean freed;
    final List<Record> edits = new ArrayList<>();
  }

  /**
   * One record of the log.
   *
   * @param opCode the edit's code, {@link #IMAGE} or {@link #FREE}
   */
  private record Record(long batch, int pageNo, int opCode, byte[] bytes) {
    static final int IMAGE = -1;
    static final int FREE = -2;
  }

  /**
   * @param firstPageNo the number the first allocated page gets, at least 1
   * @param families the edits this store knows
   */
  public MemoryPages(int pageSizeBytes, int firstPageNo, EditFamily... families) {
    this.pageSizeBytes = pageSizeBytes;
    this.nextPageNo = firstPageNo;
    this.families = families.clone();
  }

  public MemoryPages(int pageSizeBytes, EditFamily... families) {
    this(pageSizeBytes, 1, families);
  }

  @Override
  public int pageSizeBytes() {
    return pageSizeBytes;
  }

  @Override
  public long page(int pageNo) {
    return version(pageNo).page;
  }

  private Version version(int pageNo) {
    Version version = pageNo >= 0 && pageNo < pages.length ? pages[pageNo] : null;
    if (version == null) {
      throw new CorruptPageException(FILE, pageNo, "no page", "it was never allocated, or freed");
    }
    return version;
  }

  /** Puts a version in place of the one there, which is returned. */
  private Version put(int pageNo, Version version) {
    if (pageNo >= pages.length) {
      pages = Arrays.copyOf(pages, Math.max(pageNo + 1, 2 * pages.length));
    }
    Version before = pages[pageNo];
    pages[pageNo] = version;
    return before;
  }

  private void forEach(ObjIntConsumer<Version> action) {
    for (int pageNo = 0; pageNo < pages.length; pageNo++) {
      if (pages[pageNo] != null) {
        action.accept(pages[pageNo], pageNo);
      }
    }
  }

  @Override
  public void edit(int pageNo, int opCode, long arguments, int length) {
    byte[] bytes = new byte[length];
    NativeMemory.copyToArray(arguments, bytes, 0, length);
    Change change = change(pageNo);
    // From a copy that ends where the arguments end: an edit that reads on meets guard bytes.
    apply(version(pageNo), pageNo, opCode, bytes);
    change.edits.add(new Record(batch, pageNo, opCode, bytes));
  }

  private void apply(Version version, int pageNo, int opCode, byte[] bytes) {
    try (MemoryRegion copy = MemoryRegion.allocate(account, bytes.length + 2L * GUARD_BYTES)) {
      NativeMemory.fill(copy.address(), copy.sizeBytes(), GUARD);
      long arguments = copy.address() + GUARD_BYTES;
      NativeMemory.copyFromArray(bytes, 0, arguments, bytes.length);
      family(opCode).apply(opCode, version.page, pageSizeBytes, arguments, bytes.length);
      for (int i = 0; i < bytes.length; i++) {
        if (NativeMemory.getByte(arguments + i) != bytes[i]) {
          throw new AssertionError("edit " + opCode + " changed its arguments");
        }
      }
    }
    version.checkGuards(pageNo);
  }

  private EditFamily family(int opCode) {
    for (EditFamily family : families) {
      if (opCode >= family.firstOpCode() && opCode <= family.lastOpCode()) {
        return family;
      }
    }
    throw new IllegalArgumentException("no family has op code " + opCode);
  }

  @Override
  public long rewrite(int pageNo) {
    change(pageNo).image = true;
    return page(pageNo);
  }

  /** The batch's change of a page; its first one copies the page. */
  private Change change(int pageNo) {
    Change change = changes.get(pageNo);
    if (change == null) {
      Version before = version(pageNo);
      before.checkGuards(pageNo);
      change = new Change();
      change.before = before;
      change.image = !before.logged;
      Version copy = new Version();
      NativeMemory.copy(before.page, copy.page, pageSizeBytes);
      put(pageNo, copy);
      changes.put(pageNo, change);
    } else if (change.freed) {
      throw new IllegalStateException("page " + pageNo + " was freed in this batch");
    }
    return change;
  }

  @Override
  public int allocate(PageKind kind, int level) {
    int pageNo = freePages.isEmpty() ? nextPageNo++ : freePages.pop();
    Version version = new Version();
    Page.format(version.page, pageSizeBytes, pageNo, kind.id(), level);
    Change change = new Change();
    change.image = true;
    put(pageNo, version);
    changes.put(pageNo, change);
    return pageNo;
  }

  @Override
  public void free(int pageNo) {
    Version now = version(pageNo);
    Change change = changes.computeIfAbsent(pageNo, n -> new Change());
    if (change.freed) {
      throw new IllegalStateException("page " + pageNo + " was freed twice");
    }
    change.freed = true;
    put(pageNo, null);
    if (change.before == null && !change.image) {
      change.before = now;
    } else {
      now.close();
    }
  }

  /** Ends the batch: its records go to the log, replaced versions are poisoned. */
  public void commit() {
    batch++;
    for (Map.Entry<Integer, Change> entry : changes.entrySet()) {
      int pageNo = entry.getKey();
      Change change = entry.getValue();
      if (change.before != null) {
        change.before.checkGuards(pageNo);
        change.before.close();
      }
      if (change.freed) {
        log.add(new Record(batch, pageNo, Record.FREE, new byte[0]));
        freePages.push(pageNo);
        continue;
      }
      Version version = version(pageNo);
      version.logged = true;
      finish(version, pageNo, batch);
      if (change.image) {
        log.add(new Record(batch, pageNo, Record.IMAGE, image(version.page)));
      } else {
        for (Record edit : change.edits) {
          log.add(new Record(batch, pageNo, edit.opCode, edit.bytes));
        }
      }
    }
    changes.clear();
    checkGuards();
  }

  /** Forgets the batch: every page is as it was after the last commit. */
  public void abort() {
    changes.forEach(
        (pageNo, change) -> {
          Version now = put(pageNo, null);
          if (now != null) {
            now.close();
          }
          if (change.before != null) {
            put(pageNo, change.before);
          } else {
            freePages.push(pageNo);
          }
        });
    changes.clear();
  }

  /** Sets what commit sets: batch number, and zeros in the hole. */
  private void finish(Version version, int pageNo, long batch) {
    int lower = Page.lower(version.page);
    int upper = Page.upper(version.page);
    if (lower < Page.HEADER_BYTES || lower > upper || upper > pageSizeBytes) {
      throw new AssertionError("page " + pageNo + ": hole " + lower + " .. " + upper);
    }
    if (Page.pageNo(version.page) != pageNo) {
      throw new AssertionError("page " + pageNo + " says it is " + Page.pageNo(version.page));
    }
    NativeMemory.fill(version.page + lower, upper - lower, 0);
    Page.batch(version.page, batch);
  }

  private byte[] image(long page) {
    int lower = Page.lower(page);
    int upper = Page.upper(page);
    byte[] image = new byte[lower + pageSizeBytes - upper];
    NativeMemory.copyToArray(page, image, 0, lower);
    NativeMemory.copyToArray(page + upper, image, lower, pageSizeBytes - upper);
    return image;
  }

  /** Drops the log; each page logs an image at its next change. Outside a batch only. */
  public void checkpoint() {
    requireNoBatch();
    log.clear();
    forEach((version, pageNo) -> version.logged = false);
  }

  /**
   * Replays the log on an empty store and compares every page the log made. Outside a batch only.
   *
   * @throws AssertionError naming the first page and byte that differ
   */
  public void assertRedoEqualsDo() {
    requireNoBatch();
    try (MemoryPages other = new MemoryPages(pageSizeBytes, families)) {
      for (int i = 0; i < log.size(); i++) {
        Record record = log.get(i);
        other.redo(record);
        boolean last = i + 1 == log.size() || log.get(i + 1).batch != record.batch;
        boolean otherPage = last || log.get(i + 1).pageNo != record.pageNo;
        if (otherPage && record.opCode != Record.FREE) {
          other.finish(other.version(record.pageNo), record.pageNo, record.batch);
        }
      }
      other.checkGuards();
      forEach(
          (version, pageNo) -> {
            if (version.logged) {
              comparePage(pageNo, version.page, other.page(pageNo));
            }
          });
      other.forEach((version, pageNo) -> version(pageNo));
    }
  }

  private void redo(Record record) {
    switch (record.opCode) {
      case Record.IMAGE -> {
        if (record.pageNo >= pages.length || pages[record.pageNo] == null) {
          put(record.pageNo, new Version());
        }
        Version version = version(record.pageNo);
        NativeMemory.fill(version.page, pageSizeBytes, 0);
        int hole = pageSizeBytes - record.bytes.length;
        NativeMemory.copyFromArray(record.bytes, 0, version.page, Page.HEADER_BYTES);
        int lower = Page.lower(version.page);
        NativeMemory.copyFromArray(record.bytes, 0, version.page, lower);
        NativeMemory.copyFromArray(
            record.bytes, lower, version.page + lower + hole, record.bytes.length - lower);
      }
      case Record.FREE -> {
        Version version = put(record.pageNo, null);
        if (version != null) {
          version.close();
        }
      }
      default -> apply(version(record.pageNo), record.pageNo, record.opCode, record.bytes);
    }
  }

  private void comparePage(int pageNo, long expected, long found) {
    for (int i = 0; i < pageSizeBytes; i++) {
      if (NativeMemory.getByte(expected + i) != NativeMemory.getByte(found + i)) {
        throw new AssertionError(
            "page "
                + pageNo
                + " ("
                + PageKind.describe(Page.kind(expected))
                + "), byte offset "
                + i
                + ": the batch left "
                + NativeMemory.getUnsignedByte(expected + i)
                + ", redo "
                + NativeMemory.getUnsignedByte(found + i));
      }
    }
  }

  private void requireNoBatch() {
    if (!changes.isEmpty()) {
      throw new IllegalStateException("the open batch has changed " + changes.keySet());
    }
  }

  /** Checks the guard bytes of all pages. */
  public void checkGuards() {
    forEach(Version::checkGuards);
    steps.forEach(Steps::checkGuards);
  }

  /** Page numbers in use, ascending. */
  public List<Integer> pageNumbers() {
    return IntStream.range(0, pages.length).filter(n -> pages[n] != null).boxed().toList();
  }

  public int pageCount() {
    return (int) Arrays.stream(pages).filter(Objects::nonNull).count();
  }

  /** Records in the log, images and edits. */
  public int logRecords() {
    return log.size();
  }

  /** Bytes of page images and edit arguments in the log. */
  public long logBytes() {
    return log.stream().mapToLong(record -> record.bytes.length).sum();
  }

  /** The log in words, one record a line. */
  public String describeLog() {
    StringBuilder words = new StringBuilder();
    for (Record record : log) {
      words.append("batch ").append(record.batch).append(" page ").append(record.pageNo);
      switch (record.opCode) {
        case Record.IMAGE -> words.append(" image of ").append(record.bytes.length);
        case Record.FREE -> words.append(" free");
        default -> words.append(' ').append(describe(record));
      }
      words.append('\n');
    }
    return words.toString();
  }

  private String describe(Record record) {
    int length = record.bytes.length;
    try (MemoryRegion copy = MemoryRegion.allocate(account, length + 1L)) {
      NativeMemory.copyFromArray(record.bytes, 0, copy.address(), length);
      return family(record.opCode).describe(record.opCode, copy.address(), length);
    }
  }

  /** A sink for bulk loads: its pages appear at once and have no image in the log. */
  public PageSink sink() {
    return new PageSink() {
      @Override
      public int allocate() {
        return nextPageNo++;
      }

      @Override
      public void write(int pageNo, long page) {
        Version version = new Version();
        NativeMemory.copy(page, version.page, pageSizeBytes);
        finish(version, pageNo, 0);
        if (put(pageNo, version) != null) {
          throw new IllegalStateException("page " + pageNo + " was written before");
        }
      }

      @Override
      public int pageSizeBytes() {
        return pageSizeBytes;
      }
    };
  }

  /**
   * A reader that takes at most so many pages before a step is spent; call {@link Steps#begin()}
   * before each step.
   */
  public Steps steps(int pagesPerStep) {
    Steps reader = new Steps(pagesPerStep);
    steps.add(reader);
    return reader;
  }

  /**
   * Steps over the pages: each page is handed out as a copy that is poisoned when the next step
   * begins, so an address kept between steps is found out. Nothing is allocated once enough copies
   * are there.
   */
  public final class Steps implements StepReader {
    private final int pagesPerStep;
    private final List<Version> copies = new ArrayList<>();
    private int taken;
    private long pagesRead;

    private Steps(int pagesPerStep) {
      this.pagesPerStep = pagesPerStep;
    }

    /** Begins the next step; returns this reader. */
    public Steps begin() {
      for (int i = 0; i < taken; i++) {
        copies.get(i).checkGuards(-1);
        NativeMemory.fill(copies.get(i).page, pageSizeBytes, POISON);
      }
      taken = 0;
      return this;
    }

    @Override
    public long page(int pageNo) {
      long page = MemoryPages.this.page(pageNo);
      if (taken == copies.size()) {
        copies.add(new Version());
      }
      Version copy = copies.get(taken++);
      pagesRead++;
      NativeMemory.copy(page, copy.page, pageSizeBytes);
      return copy.page;
    }

    @Override
    public boolean isSpent() {
      return taken >= pagesPerStep;
    }

    @Override
    public int pageSizeBytes() {
      return pageSizeBytes;
    }

    /** Pages read in all steps. */
    public long pagesRead() {
      return pagesRead;
    }

    private void checkGuards() {
      copies.forEach(copy -> copy.checkGuards(-1));
    }
  }

  @Override
  public void close() {
    forEach((version, pageNo) -> version.close());
    changes
        .values()
        .forEach(
            change -> {
              if (change.before != null) {
                change.before.close();
              }
            });
    steps.forEach(reader -> reader.copies.forEach(Version::close));
    Arrays.fill(pages, null);
    changes.clear();
    steps.clear();
  }
}
