package io.djinn.testkit;

import io.djinn.file.Env;
import io.djinn.file.OsEnv;
import io.djinn.file.OsVfs;
import java.io.IOException;
import java.nio.file.Path;

/** Environments of the operating system for tests, with the order of file calls checked. */
public final class TestStores {
  private TestStores() {}

  /** A directory, made where there is none, with real threads. */
  public static Env env(Path directory) throws IOException {
    return new OsEnv(new CheckVfs(OsVfs.create(directory)));
  }
}
