package io.djinn.nativetests;

import io.djinn.api.Djinn;
import io.djinn.error.DjinnException;
import io.djinn.error.NoSpaceException;
import io.djinn.error.StoreSealedException;
import io.djinn.opclass.builtin.ArrayOps;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The process that the operating system refuses something: examines itself what the store makes of
 * it, and ends with a line {@link #PASSED} if that is what was promised.
 */
final class LimitedProcess {
  static final String PASSED = "PASSED";

  private static final StoreProcess.Work OPTIONS = StoreProcess.Work.INSERT;
  private static final int MOST_BATCHES = 6_000;

  /** What is refused or done behind the store's back. */
  enum Event {
    /** Another file fills the file system. */
    FULL_FILE_SYSTEM,
    /** Files may not grow beyond a size. */
    FILE_SIZE_LIMIT,
    /** No more files may be opened. */
    DESCRIPTOR_LIMIT,
    /** The page file loses its end. */
    TRUNCATED_PAGES,
    /** The page file gets bytes that the store did not write. */
    GROWN_PAGES,
    /** The directory can not be written. */
    READ_ONLY
  }

  private final Path directory;
  private long acknowledged;

  private LimitedProcess(Path directory) {
    this.directory = directory;
  }

  public static void main(String[] arguments) throws Exception {
    Path root = Path.of(arguments[1]);
    LimitedProcess process = new LimitedProcess(root.resolve("store"));
    switch (Event.valueOf(arguments[0])) {
      case FULL_FILE_SYSTEM -> process.fullFileSystem(root.resolve("filler"));
      case FILE_SIZE_LIMIT -> process.fileSizeLimit();
      case DESCRIPTOR_LIMIT -> {
        loadClasses();
        process.descriptorLimit();
      }
      case TRUNCATED_PAGES -> process.truncatedPages();
      case GROWN_PAGES -> process.grownPages();
      case READ_ONLY -> process.readOnly();
    }
    System.out.println(PASSED);
  }

  private Djinn open() {
    return Djinn.open(directory, OPTIONS.options);
  }

  private void commit(Djinn db, long batches) {
    for (long i = 0; i < batches; i++) {
      StoreProcess.commit(db, StoreProcess.inserted(db), acknowledged);
      acknowledged++;
    }
  }

  /** Commits until that fails, which it must. */
  private DjinnException refusal(Djinn db) {
    try {
      commit(db, MOST_BATCHES);
    } catch (DjinnException e) {
      System.out.println("after " + acknowledged + " batches: " + e);
      return e;
    }
    throw new AssertionError("nothing was refused in " + MOST_BATCHES + " batches");
  }

  private void examine(Djinn db) {
    require(db.verify().isEmpty(), "verify: " + db.verify());
    StoreExamination.examineInserted(db, acknowledged);
  }

  private void examineExactly(Djinn db) {
    require(db.verify().isEmpty(), "verify: " + db.verify());
    List<Long> found =
        StoreExamination.find(db, db.gin(StoreProcess.INSERTED), ArrayOps.containsAll(new int[0]));
    require(found.equals(NumberedRows.rows(acknowledged)), "rows after " + acknowledged);
  }

  private void examineAgain() {
    try (Djinn db = open()) {
      examineExactly(db);
    }
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  private void fullFileSystem(Path filler) throws IOException {
    try (Djinn db = open()) {
      commit(db, 5);
      fill(filler);
      for (int again = 0; again < 2; again++) {
        require(refusal(db) instanceof NoSpaceException, "not refused for want of space");
        require(!db.isSealed(), "sealed by a full file system");
        examineExactly(db);
      }
      Files.delete(filler);
      commit(db, 100);
      db.checkpoint();
      examineExactly(db);
    }
    examineAgain();
  }

  private static void fill(Path filler) throws IOException {
    byte[] block = new byte[4096];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      System.out.println("filled " + Files.size(filler) + " bytes: " + e.getMessage());
    }
  }

  private void fileSizeLimit() throws Exception {
    try (Djinn db = open()) {
      // Not from the start: libraries are unpacked into files.
      commit(db, 5);
      limitFileSizes("130000:unlimited");
      require(refusal(db) instanceof NoSpaceException, "not refused for want of space");
      require(!db.isSealed(), "sealed by a limit of file sizes");
      examineExactly(db);
      limitFileSizes("unlimited");
      commit(db, 100);
      db.checkpoint();
      examineExactly(db);
    }
    examineAgain();
  }

  private static void limitFileSizes(String limit) throws Exception {
    int status =
        new ProcessBuilder(
                "prlimit",
                "--pid",
                Long.toString(ProcessHandle.current().pid()),
                "--fsize=" + limit)
            .inheritIO()
            .start()
            .waitFor();
    require(status == 0, "prlimit ended with " + status);
  }

  /** Loads all classes of the engine: that takes a descriptor where they lie in directories. */
  private static void loadClasses() throws IOException, ClassNotFoundException {
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path root = Path.of(entry);
      if (!Files.isDirectory(root)) {
        continue;
      }
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
          String name = root.relativize(file).toString().replace('/', '.');
          if (!name.endsWith("-info.class")) {
            Class.forName(
                name.substring(0, name.length() - ".class".length()),
                false,
                LimitedProcess.class.getClassLoader());
          }
        }
      }
    }
  }

  private void descriptorLimit() throws IOException {
    List<FileInputStream> descriptors = new ArrayList<>();
    try (Djinn db = open()) {
      commit(db, 5);
      examine(db);
      useUp(descriptors);
      DjinnException refusal = refusal(db);
      require(refusal.getMessage() != null, "no message");
      if (db.isSealed()) {
        try {
          commit(db, 1);
          throw new AssertionError("a sealed store commits");
        } catch (StoreSealedException e) {
          require(e.getCause() != null, "sealed without a cause");
        }
        examine(db);
      } else {
        examine(db);
      }
      for (FileInputStream descriptor : descriptors) {
        descriptor.close();
      }
      if (!db.isSealed()) {
        commit(db, 50);
      }
    }
    try (Djinn db = open()) {
      acknowledged = StoreExamination.examineInserted(db, acknowledged);
      commit(db, 50);
      examineExactly(db);
    }
  }

  private static void useUp(List<FileInputStream> descriptors) {
    try {
      while (true) {
        descriptors.add(new FileInputStream("/dev/null"));
      }
    } catch (IOException e) {
      System.out.println("opened " + descriptors.size() + " files: " + e.getMessage());
    }
  }

  private void truncatedPages() throws IOException {
    try (Djinn db = open()) {
      commit(db, 400);
    }
    boolean isNoticed = false;
    Djinn db = open();
    try {
      try (RandomAccessFile pages =
          new RandomAccessFile(directory.resolve("pages").toFile(), "rw")) {
        pages.setLength(4096);
      }
      isNoticed |= fails(() -> examine(db));
      isNoticed |= fails(() -> commit(db, 50));
      isNoticed |= fails(db::checkpoint);
      require(db.isSealed(), "a store goes on whose page file was cut");
    } finally {
      isNoticed |= fails(db::close);
    }
    require(isNoticed, "nobody noticed that the page file was cut");
  }

  /** Whether something fails, which must be with an error of the engine or of the access. */
  private static boolean fails(Runnable work) {
    try {
      work.run();
      return false;
    } catch (DjinnException | InternalError e) {
      System.out.println(e);
      return true;
    }
  }

  private void grownPages() throws IOException {
    try (Djinn db = open()) {
      commit(db, 100);
      try (RandomAccessFile pages =
          new RandomAccessFile(directory.resolve("pages").toFile(), "rw")) {
        pages.seek(pages.length());
        byte[] junk = new byte[512 * 300 + 100];
        java.util.Arrays.fill(junk, (byte) 0x5a);
        pages.write(junk);
      }
      commit(db, 400);
      db.checkpoint();
      examineExactly(db);
    }
    examineAgain();
  }

  private void readOnly() {
    require(fails(this::open), "a read-only directory was opened for writing");
  }
}
