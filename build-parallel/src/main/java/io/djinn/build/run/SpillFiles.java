package io.djinn.build.run;

import io.djinn.error.NoSpaceException;
import io.djinn.file.OpenMode;
import io.djinn.file.RawFile;
import io.djinn.file.Vfs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The temporary files of one build: created by its participants under names that build, participant
 * and first run determine, deleted by the leader.
 *
 * <p>A stale file of the same name is replaced. Files are numbered in the order of their creation.
 */
public final class SpillFiles {
  /** The directory of temporary files. */
  public static final String DIRECTORY = "tmp";

  private final Vfs vfs;
  private final String build;
  private final long limitBytes;
  private final List<SpillFile> files = new ArrayList<>();
  private long usedBytes;
  private long writtenBytes;

  /** One file: its name, and the file while it is open. */
  private static final class SpillFile {
    private final String name;
    private RawFile file;
    private long sizeBytes;

    SpillFile(String name) {
      this.name = name;
    }
  }

  /**
   * @param build name of the build, part of the files' names
   * @param limitBytes the files may have together, -1 for no limit
   */
  public SpillFiles(Vfs vfs, String build, long limitBytes) {
    this.vfs = vfs;
    this.build = build;
    this.limitBytes = limitBytes;
  }

  /** Opens a new file for runs of a participant, and returns its number. */
  public synchronized int create(int participant, int firstRun) {
    SpillFile created = new SpillFile(DIRECTORY + "/" + build + "-" + participant + "-" + firstRun);
    try {
      if (files.isEmpty() && !vfs.exists(DIRECTORY)) {
        vfs.createDirectory(DIRECTORY);
      }
      if (vfs.exists(created.name)) {
        vfs.delete(created.name);
      }
      files.add(created);
      created.file = vfs.open(created.name, OpenMode.CREATE_NEW);
    } catch (IOException e) {
      throw new UncheckedIOException("temporary file " + created.name, e);
    }
    return files.size() - 1;
  }

  public synchronized RawFile file(int number) {
    return files.get(number).file;
  }

  public synchronized String name(int number) {
    return files.get(number).name;
  }

  /**
   * Counts bytes about to be appended to a file.
   *
   * @throws NoSpaceException beyond the limit
   */
  public synchronized void count(int number, long bytes) {
    if (limitBytes >= 0 && usedBytes + bytes > limitBytes) {
      throw new NoSpaceException(
          "temporary files of build "
              + build
              + " would take "
              + (usedBytes + bytes)
              + " bytes, above the limit of "
              + limitBytes);
    }
    usedBytes += bytes;
    writtenBytes += bytes;
    files.get(number).sizeBytes += bytes;
  }

  /** How many files were created. */
  public synchronized int fileCount() {
    return files.size();
  }

  /** Bytes written to all files, deleted ones included. */
  public synchronized long writtenBytes() {
    return writtenBytes;
  }

  /** Closes and deletes a file whose runs are not needed any more. */
  public synchronized void delete(int number) {
    SpillFile file = files.get(number);
    usedBytes -= file.sizeBytes;
    file.sizeBytes = 0;
    IOException failure = null;
    if (file.file != null) {
      try {
        file.file.close();
      } catch (IOException e) {
        failure = e;
      }
      file.file = null;
    }
    try {
      if (vfs.exists(file.name)) {
        vfs.delete(file.name);
      }
    } catch (IOException e) {
      failure = e;
    }
    if (failure != null) {
      throw new UncheckedIOException("temporary file " + file.name, failure);
    }
  }

  /** Deletes all files; goes on after a failure and throws the first one at the end. */
  public synchronized void deleteAll() {
    RuntimeException failure = null;
    for (int i = 0; i < files.size(); i++) {
      try {
        delete(i);
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
