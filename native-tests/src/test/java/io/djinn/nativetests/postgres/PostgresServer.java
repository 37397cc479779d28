package io.djinn.nativetests.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL server of our own in a fresh directory, reached through a Unix socket in it; stopped
 * and removed when closed, or when the JVM ends.
 *
 * <p>The server refuses to run as root and then gets the user {@code nobody}.
 */
final class PostgresServer implements AutoCloseable {
  /** The oldest release of which all operators are known to be the same. */
  static final int OLDEST = 15;

  private static final Path INSTALLED = Path.of("/usr/lib/postgresql");
  private static final String UNPRIVILEGED = "nobody";

  /** Only names the socket. */
  private static final String PORT = "5432";

  private static final long MINUTES = 5;

  private final Path programs;
  private final Path directory;
  private final List<String> asUser = new ArrayList<>();
  private final Thread atExit = new Thread(this::remove, "stop-postgres");
  private boolean started;

  private PostgresServer(Path programs) throws IOException {
    this.programs = programs;
    directory = Files.createTempDirectory("djinn-pg");
    Runtime.getRuntime().addShutdownHook(atExit);
    if (Integer.valueOf(0).equals(Files.getAttribute(directory, "unix:uid"))) {
      Files.setOwner(
          directory,
          directory
              .getFileSystem()
              .getUserPrincipalLookupService()
              .lookupPrincipalByName(UNPRIVILEGED));
      String group = run("group", List.of("id", "-g", UNPRIVILEGED)).strip();
      asUser.addAll(
          List.of("setpriv", "--reuid=" + UNPRIVILEGED, "--regid=" + group, "--clear-groups"));
    }
  }

  /** The programs of the newest server that is installed and not too old. */
  static Optional<Path> programs() {
    if (!Files.isDirectory(INSTALLED)) {
      return Optional.empty();
    }
    try (Stream<Path> releases = Files.list(INSTALLED)) {
      return releases
          .filter(release -> release.getFileName().toString().matches("\\d{1,3}"))
          .filter(release -> release(release) >= OLDEST)
          .filter(release -> Files.isExecutable(release.resolve("bin/initdb")))
          .max(Comparator.comparingInt(PostgresServer::release))
          .map(release -> release.resolve("bin"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int release(Path directory) {
    return Integer.parseInt(directory.getFileName().toString());
  }

  static PostgresServer start(Path programs) throws IOException {
    PostgresServer server = new PostgresServer(programs);
    try {
      server.start();
      return server;
    } catch (IOException | RuntimeException | Error e) {
      server.close();
      throw e;
    }
  }

  private void start() throws IOException {
    runAsUser(
        "initdb",
        "-D",
        directory.resolve("data").toString(),
        "-U",
        "postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--lc-collate=C",
        "--lc-ctype=C.UTF-8",
        "--lc-messages=C",
        "--no-sync");
    started = true;
    runAsUser(
        "pg_ctl",
        "-D",
        directory.resolve("data").toString(),
        "-l",
        directory.resolve("server.log").toString(),
        "-o",
        "-k "
            + directory
            + " -p "
            + PORT
            + " -c listen_addresses='' -c timezone=UTC -c fsync=off -c full_page_writes=off"
            + " -c synchronous_commit=off -c autovacuum=off -c jit=off -c shared_buffers=64MB",
        "-w",
        "start");
    query("extensions", "CREATE EXTENSION pg_trgm;\nCREATE EXTENSION hstore;\n", true);
  }

  int release() {
    return release(programs.getParent());
  }

  /**
   * Runs a script.
   *
   * @param name of its files
   * @param isStrict fails at the first error; otherwise a statement that fails prints nothing
   * @return the lines printed, columns with a bar between
   */
  List<String> query(String name, String script, boolean isStrict) throws IOException {
    Path file = Files.writeString(directory.resolve(name + ".sql"), script);
    Path out = directory.resolve(name + ".out");
    Path errors = directory.resolve(name + ".err");
    List<String> command =
        List.of(
            programs.resolve("psql").toString(),
            "-XqAt",
            "-F|",
            "-v",
            "ON_ERROR_STOP=" + (isStrict ? 1 : 0),
            "-h",
            directory.toString(),
            "-U",
            "postgres",
            "-d",
            "postgres",
            "-p",
            PORT,
            "-f",
            file.toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("PGCLIENTENCODING", "UTF8");
    builder.redirectOutput(out.toFile()).redirectError(errors.toFile());
    int status = waitFor(builder.start(), command);
    assertTrue(status == 0, () -> "psql ended with " + status + ": " + tail(errors));
    return Files.readAllLines(out);
  }

  private static String tail(Path file) {
    try {
      String text = Files.readString(file);
      return text.substring(Math.max(0, text.length() - 2000));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void runAsUser(String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(asUser);
    command.add(programs.resolve(program).toString());
    command.addAll(List.of(arguments));
    run(program, command);
  }

  /** Runs a program to its end; gives what it printed. */
  private String run(String name, List<String> command) throws IOException {
    Path output = directory.resolve(name + ".log");
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    int status = waitFor(builder.start(), command);
    assertEquals(0, status, () -> command + ": " + tail(output));
    return Files.readString(output);
  }

  private static int waitFor(Process process, List<String> command) {
    try {
      process.getOutputStream().close();
      if (process.waitFor(MINUTES, TimeUnit.MINUTES)) {
        return process.exitValue();
      }
      throw new AssertionError("still runs after " + MINUTES + " minutes: " + command);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + command, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      process.destroyForcibly();
    }
  }

  @Override
  public void close() {
    if (Runtime.getRuntime().removeShutdownHook(atExit)) {
      remove();
    }
  }

  private void remove() {
    try {
      if (started) {
        runAsUser(
            "pg_ctl", "-D", directory.resolve("data").toString(), "-m", "immediate", "-w", "stop");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(directory);
    }
  }

  private static void delete(Path root) {
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure)
                throws IOException {
              Files.delete(visited);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
