package io.djinn.file;

import java.nio.file.Path;

/** Main class of another process: tries to lock a directory, says so, and stays until killed. */
final class LockHolder {
  private LockHolder() {}

  public static void main(String[] arguments) throws Exception {
    try (OsVfs vfs = new OsVfs(Path.of(arguments[0]))) {
      System.out.println("locked " + vfs.tryLock());
      while (System.in.read() >= 0) {
        continue;
      }
    }
  }
}
