package io.djinn.nativetests;

import io.djinn.api.Djinn;
import io.djinn.opclass.builtin.ArrayOps;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Opens, uses and closes a store over and over and says after each time what the process holds:
 * descriptors, mappings of the store's files, threads, KiB of anonymous memory.
 */
final class AccountedProcess {
  private AccountedProcess() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    int cycles = Integer.parseInt(arguments[1]);
    for (int cycle = 0; cycle < cycles; cycle++) {
      // The same batches each time: the store does not grow.
      try (Djinn db = Djinn.open(directory, StoreProcess.Work.INSERT.options)) {
        for (long batch = 0; batch < 10; batch++) {
          StoreProcess.commit(db, StoreProcess.inserted(db), batch);
        }
        db.checkpoint();
        StoreExamination.find(db, db.gin(StoreProcess.INSERTED), ArrayOps.containsAll(new int[0]));
      }
      System.gc();
      System.out.println(
          ProcessAccount.descriptors()
              + " "
              + ProcessAccount.mappings(directory)
              + " "
              + ProcessAccount.threads()
              + " "
              + ProcessAccount.anonymousKib());
    }
  }
}
