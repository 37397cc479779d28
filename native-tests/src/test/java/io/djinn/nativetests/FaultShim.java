package io.djinn.nativetests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The library between a process and the operating system ({@code faultshim.c}, where the rules are
 * explained), for the files below one directory: compiles it, starts processes with it, and tells
 * it what to do while they run.
 */
final class FaultShim {
  private static final int CONTROL_BYTES = 65_536;
  private static final int FIRED_OFFSET = 8;
  private static final int COUNTS_OFFSET = 16;
  private static final int RULES_OFFSET = 4096;

  private static final String CONTROL = "DJINN_SHIM_CONTROL";
  private static final String PREFIX = "DJINN_SHIM_PREFIX";
  private static final String LOG = "DJINN_SHIM_LOG";
  private static final String PRELOAD = "LD_PRELOAD";

  /** Calls in the order the library counts them in. */
  enum Call {
    PREAD64,
    PWRITE64,
    PWRITEV64,
    WRITE,
    FSYNC,
    FDATASYNC,
    FTRUNCATE64,
    FALLOCATE64,
    OPEN64,
    RENAME,
    UNLINK,
    MKDIR,
    SYNC_FILE_RANGE,
    MMAP64;

    boolean changes() {
      return this != PREAD64 && this != OPEN64 && this != MMAP64;
    }

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  private static Optional<Path> library;

  private final MappedByteBuffer control;
  private final Map<String, String> environment;
  private long generation;

  private FaultShim(Path controlFile, Map<String, String> environment) throws IOException {
    this.environment = environment;
    try (FileChannel channel =
        FileChannel.open(controlFile, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      control = channel.map(FileChannel.MapMode.READ_WRITE, 0, CONTROL_BYTES);
    }
    control.order(ByteOrder.nativeOrder());
    generation = control.getLong(0);
  }

  /** Whether there is a compiler for the library; says loudly where there is none. */
  static boolean isPresent() {
    return library().isPresent();
  }

  private static synchronized Optional<Path> library() {
    if (library == null) {
      library = compiled();
    }
    return library;
  }

  private static Optional<Path> compiled() {
    Path source = Path.of("src", "main", "c", "faultshim.c");
    Path target = Path.of("target", "native", "libfaultshim.so").toAbsolutePath();
    int status;
    try {
      Files.createDirectories(target.getParent());
      Path unfinished = Files.createTempFile(target.getParent(), "libfaultshim", ".so");
      status =
          new ProcessBuilder(
                  List.of(
                      ("gcc -O2 -Wall -Wextra -Werror -shared -fPIC -o "
                              + unfinished
                              + " "
                              + source
                              + " -ldl -lpthread")
                          .split(" ")))
              .inheritIO()
              .start()
              .waitFor();
      Files.move(unfinished, target, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      System.out.println("SKIPPED: no gcc; faults of system calls are not tried: " + e);
      if (System.getProperty("djinn.require", "").contains("gcc")) {
        throw new AssertionError("gcc is required (-Ddjinn.require=gcc) but can not be run", e);
      }
      return Optional.empty();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted while compiling", e);
    }
    assertEquals(0, status, "exit status of gcc for " + source);
    return Optional.of(target);
  }

  /**
   * A shim for files below a directory.
   *
   * @param log where operations are written down; null for not at all
   */
  static FaultShim below(Path prefix, Path log) throws IOException {
    Path control = Files.createTempFile(prefix.getParent(), "shim", ".control");
    Files.write(control, new byte[CONTROL_BYTES]);
    Map<String, String> environment = new HashMap<>();
    environment.put(PRELOAD, library().orElseThrow().toString());
    environment.put(PREFIX, prefix.toRealPath().toString());
    environment.put(CONTROL, control.toString());
    if (log != null) {
      environment.put(LOG, log.toString());
    }
    return new FaultShim(control, environment);
  }

  /** The shim this process runs under, to be told what to do from inside. */
  static FaultShim ofThisProcess() {
    try {
      return new FaultShim(Path.of(System.getenv(CONTROL)), Map.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the process needs in its environment. */
  Map<String, String> environment() {
    return environment;
  }

  /** Puts rules into force at the next call, and the counts to 0. */
  synchronized void arm(String... rules) {
    byte[] text = (String.join("\n", rules) + "\0").getBytes(StandardCharsets.UTF_8);
    control.put(RULES_OFFSET, text);
    control.putLong(FIRED_OFFSET, 0);
    java.lang.invoke.VarHandle.releaseFence();
    generation++;
    control.putLong(0, generation);
  }

  /** Calls a rule has acted on since the rules were given. */
  long fired() {
    return control.getLong(FIRED_OFFSET);
  }

  /** Calls since the rules were given. */
  long count(Call call) {
    return control.getLong(COUNTS_OFFSET + Long.BYTES * call.ordinal());
  }

  /** Calls that change files since the rules were given. */
  long changes() {
    long sum = 0;
    for (Call call : Call.values()) {
      sum += call.changes() ? count(call) : 0;
    }
    return sum;
  }
}
