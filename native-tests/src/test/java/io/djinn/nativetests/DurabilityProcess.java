package io.djinn.nativetests;

import io.djinn.api.Djinn;
import io.djinn.api.Durability;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Commits with one durability and makes a checkpoint, and writes what it has been told into a file,
 * so that it lies between the operations on the store's files.
 */
final class DurabilityProcess {
  static final String COMMITTED = "COMMITTED";
  static final String BEGUN = "CHECKPOINT-BEGUN";
  static final String ENDED = "CHECKPOINT-ENDED";
  static final int BATCHES = 30;

  private static final int MILLIS = 20;

  private DurabilityProcess() {}

  static Durability durability(String name) {
    return switch (name) {
      case "SYNC" -> Durability.sync();
      case "GROUP" -> Durability.group(MILLIS);
      case "ASYNC" -> Durability.async(MILLIS);
      case "NONE" -> Durability.none();
      default -> throw new IllegalArgumentException(name);
    };
  }

  public static void main(String[] arguments) throws IOException {
    try (OutputStream witness = Files.newOutputStream(Path.of(arguments[1]));
        Djinn db =
            Djinn.open(
                Path.of(arguments[0]),
                StoreProcess.Work.RECOVER.options.withDurability(durability(arguments[2])))) {
      StoreProcess.inserted(db);
      db.checkpoint();
      for (int batch = 0; batch < BATCHES; batch++) {
        StoreProcess.commit(db, StoreProcess.inserted(db), batch);
        say(witness, COMMITTED);
      }
      say(witness, BEGUN);
      db.checkpoint();
      say(witness, ENDED);
    }
  }

  private static void say(OutputStream witness, String what) throws IOException {
    witness.write(what.getBytes(StandardCharsets.UTF_8));
  }
}
