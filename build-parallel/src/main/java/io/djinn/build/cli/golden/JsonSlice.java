package io.djinn.build.cli.golden;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Cuts values out of JSON text as they stand there, so that no number changes its form. */
public final class JsonSlice {
  private JsonSlice() {}

  /**
   * The value whose first token a parser is on; the parser is left on its last token.
   *
   * @param bytes what the parser reads, from its first byte on
   */
  public static String of(JsonParser json, byte[] bytes) throws IOException {
    int from = (int) json.currentTokenLocation().getByteOffset();
    json.skipChildren();
    json.finishToken();
    int to = (int) json.currentLocation().getByteOffset();
    return new String(bytes, from, to - from, StandardCharsets.UTF_8).trim();
  }
}
