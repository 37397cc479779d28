package io.djinn.verify;

import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.entry.EntryTreeVerifier;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.MalformedPayloadException;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;

/** Checks the payloads of one index, each by the operator class of its column. */
final class PayloadVerifier implements EntryTreeVerifier.TidVisitor {
  private final List<GinOperatorClass> classes;
  private final Consumer<String> problems;
  private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

  /**
   * @param classes by column, null where the index keeps no payloads or the class is not known
   * @param problems takes what is found wrong
   */
  PayloadVerifier(List<GinOperatorClass> classes, Consumer<String> problems) {
    this.classes = classes;
    this.problems = problems;
  }

  @Override
  public void tid(byte[] key, long tid) {
    // Nothing to check.
  }

  @Override
  public void tid(byte[] key, long tid, byte[] payload) {
    int column = key.length < EntryKeys.HEADER_BYTES ? classes.size() : key[0] & 0xFF;
    if (column >= classes.size() || (key[1] & 0xFF) != GinQuery.NORMAL_KEY) {
      // The key is wrong then, which is reported as such.
      return;
    }
    GinOperatorClass operatorClass = classes.get(column);
    if (operatorClass == null) {
      return;
    }
    view.wrap(payload);
    try {
      operatorClass.checkPayload(view);
    } catch (MalformedPayloadException e) {
      problems.accept("TID " + tid + ", " + EntryKeys.describe(key) + ": " + e.getMessage());
    }
  }
}
