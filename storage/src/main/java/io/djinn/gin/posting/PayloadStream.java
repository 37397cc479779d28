package io.djinn.gin.posting;

import io.djinn.memory.ByteStrings;

/** A stream of TIDs that can give the payload of each beside it. */
public interface PayloadStream extends TidStream {
  /**
   * From now on each {@link #next} also puts the payloads of the TIDs it gives, in their order, in
   * place of what the strings held; a TID without one has one of no bytes. To be called before the
   * first {@code next}.
   */
  void keepPayloads(ByteStrings payloads);
}
