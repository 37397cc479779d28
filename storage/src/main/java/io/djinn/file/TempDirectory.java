package io.djinn.file;

import io.djinn.error.AlreadyOpenException;
import io.djinn.error.DjinnException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/**
 * A store's own directory for temporary files, inside of one that many stores may share.
 *
 * <p>It is called after the store's id, locked as long as the store is open, and has a file that
 * marks it. What an earlier process left there is removed when it is taken. One that is locked, or
 * not empty and without the mark, is somebody else's, and so is one that belongs to another user or
 * is a link, or has a link in the place of its files: it is left as it is, and whoever needs
 * temporary files is told.
 */
public final class TempDirectory implements AutoCloseable {
  private static final String PREFIX = "djinn-";
  private static final String MARK = "owner-";
  private static final String FILES = "tmp";

  private final Vfs vfs;
  private final DjinnException refusal;

  private TempDirectory(Vfs vfs, DjinnException refusal) {
    this.vfs = vfs;
    this.refusal = refusal;
  }

  /**
   * Takes the directory of a store, on an engine-owned thread; never fails because that can not be
   * had.
   *
   * @param shared the directory it is made in
   */
  public static TempDirectory take(Env env, Path shared, long storeId) {
    String id = HexFormat.of().toHexDigits(storeId);
    Path own = shared.resolve(PREFIX + id);
    Vfs vfs = null;
    DjinnException refusal;
    try {
      vfs = env.directory(own);
      refusal = refusal(vfs, MARK + id);
      if (refusal == null) {
        return new TempDirectory(vfs, null);
      }
    } catch (IOException e) {
      refusal =
          new DjinnException(
              "temporary files can not be kept in " + own + ": " + e.getMessage(), e);
    }
    if (vfs != null) {
      try {
        vfs.close();
      } catch (IOException e) {
        refusal.addSuppressed(e);
      }
    }
    return new TempDirectory(null, refusal);
  }

  /** Locks, marks and wipes the directory; why not, where it is somebody else's. */
  private static DjinnException refusal(Vfs vfs, String mark) throws IOException {
    List<String> names = vfs.list("");
    if (!names.isEmpty() && !names.contains(mark)) {
      return new DjinnException(
          vfs.describe()
              + " is no directory of temporary files of this store: it has "
              + names.get(0)
              + ", and no "
              + mark);
    }
    if (!vfs.tryLock()) {
      return new AlreadyOpenException(
          vfs.describe()
              + " has temporary files of another open store with the same id, a copy of this one");
    }
    if (names.isEmpty()) {
      vfs.open(mark, OpenMode.CREATE_NEW).close();
      vfs.syncDirectory("");
    }
    if (vfs.exists(FILES)) {
      for (String name : vfs.list(FILES)) {
        vfs.delete(FILES + "/" + name);
      }
    }
    return null;
  }

  /**
   * The directory, for as long as this is open.
   *
   * @throws DjinnException saying why there is none
   */
  public Vfs vfs() {
    if (refusal != null) {
      throw new DjinnException(refusal.getMessage(), refusal);
    }
    return vfs;
  }

  /** Lets another opening of the store have the directory, which stays. */
  @Override
  public void close() throws IOException {
    if (vfs != null) {
      vfs.close();
    }
  }
}
