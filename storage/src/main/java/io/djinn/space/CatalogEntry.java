package io.djinn.space;

import io.djinn.error.DjinnException;
import io.djinn.memory.NativeMemory;
import java.nio.charset.StandardCharsets;

/**
 * What the catalog keeps of one index.
 *
 * <pre>
 * id i32 | kind u8 | state u8 | metapage i32 | build i64
 * name, columns, options, source: each length u16 and UTF-8 bytes
 * </pre>
 *
 * @param id used once
 * @param kind access method: 1 is GIN
 * @param state see {@link State}
 * @param metaPage page number everything else of the index is found from, 0 while there is none
 * @param build number of the build that makes it, 0 where none does
 * @param columns the columns with their operator classes, as text
 * @param options the options kept with the index, as text
 * @param source the row source it is bound to, as text; empty where it is bound to none
 */
public record CatalogEntry(
    int id,
    int kind,
    State state,
    int metaPage,
    long build,
    String name,
    String columns,
    String options,
    String source) {
  /** Where an index is in its life. */
  public enum State {
    /**
     * A build is under way, into a metapage of its own; a restart forgets it, with all that is
     * found from there. An index that is ready may have the same name: the build is to replace it.
     */
    BUILDING(1),
    READY(2);

    private final int id;

    State(int id) {
      this.id = id;
    }

    static State of(int id) {
      for (State state : values()) {
        if (state.id == id) {
          return state;
        }
      }
      throw new DjinnException("catalog entry with unknown state " + id);
    }
  }

  /** Kind of a GIN index. */
  public static final int GIN = 1;

  private static final int KIND = 4;
  private static final int STATE = KIND + 1;
  private static final int META_PAGE = STATE + 1;
  private static final int BUILD = META_PAGE + 4;
  private static final int TEXTS = BUILD + 8;

  /** The same index with another state and metapage. */
  public CatalogEntry with(State newState, int newMetaPage) {
    return new CatalogEntry(id, kind, newState, newMetaPage, build, name, columns, options, source);
  }

  /** The same index bound to another state of its source. */
  public CatalogEntry withSource(String newSource) {
    return with(options, newSource);
  }

  /** The same index with other options, bound to another state of its source. */
  public CatalogEntry with(String newOptions, String newSource) {
    return new CatalogEntry(id, kind, state, metaPage, build, name, columns, newOptions, newSource);
  }

  private byte[][] texts() {
    return new byte[][] {
      name.getBytes(StandardCharsets.UTF_8),
      columns.getBytes(StandardCharsets.UTF_8),
      options.getBytes(StandardCharsets.UTF_8),
      source.getBytes(StandardCharsets.UTF_8)
    };
  }

  /** Bytes of the encoded entry. */
  public int sizeBytes() {
    int size = TEXTS;
    for (byte[] text : texts()) {
      size += 2 + text.length;
    }
    return size;
  }

  void encode(long to) {
    NativeMemory.putInt(to, id);
    NativeMemory.putByte(to + KIND, kind);
    NativeMemory.putByte(to + STATE, state.id);
    NativeMemory.putInt(to + META_PAGE, metaPage);
    NativeMemory.putLong(to + BUILD, build);
    long at = to + TEXTS;
    for (byte[] text : texts()) {
      NativeMemory.putShort(at, text.length);
      NativeMemory.copyFromArray(text, 0, at + 2, text.length);
      at += 2 + text.length;
    }
  }

  /** Decodes an entry; throws where the bytes are not one. */
  static CatalogEntry decode(long from, int length) {
    String[] texts = new String[4];
    int at = TEXTS;
    for (int i = 0; i < texts.length; i++) {
      if (at + 2 > length) {
        throw new DjinnException("catalog entry of " + length + " bytes ends at byte " + at);
      }
      int size = NativeMemory.getUnsignedShort(from + at);
      if (at + 2 + size > length) {
        throw new DjinnException("catalog entry of " + length + " bytes ends inside a text");
      }
      byte[] bytes = new byte[size];
      NativeMemory.copyToArray(from + at + 2, bytes, 0, size);
      texts[i] = new String(bytes, StandardCharsets.UTF_8);
      at += 2 + size;
    }
    if (at != length) {
      throw new DjinnException("catalog entry of " + length + " bytes, its texts end at " + at);
    }
    return new CatalogEntry(
        NativeMemory.getInt(from),
        NativeMemory.getUnsignedByte(from + KIND),
        State.of(NativeMemory.getUnsignedByte(from + STATE)),
        NativeMemory.getInt(from + META_PAGE),
        NativeMemory.getLong(from + BUILD),
        texts[0],
        texts[1],
        texts[2],
        texts[3]);
  }
}
