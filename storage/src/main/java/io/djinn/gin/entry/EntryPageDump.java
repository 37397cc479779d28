package io.djinn.gin.entry;

import io.djinn.page.Page;
import java.util.HexFormat;

/** A page of the entry tree, or a metapage, in words, one line a field or tuple. */
public final class EntryPageDump {
  private EntryPageDump() {}

  /**
   * Describes an entry page.
   *
   * @throws io.djinn.error.CorruptPageException at the first field that does not fit
   */
  public static void entryPage(long page, int pageSizeBytes, int pageNo, StringBuilder words) {
    EntryPage view = new EntryPage().wrap(page, pageSizeBytes, pageNo);
    PostingPlace place = new PostingPlace();
    words
        .append(view.isLeaf() ? "entry leaf " : "entry inner page of level " + view.level() + " ")
        .append(pageNo)
        .append(", batch ")
        .append(Page.batch(page))
        .append(", tuples ")
        .append(view.slotCount())
        .append(", common prefix ")
        .append(view.prefixBytes())
        .append(" bytes, ")
        .append(view.describeLayout())
        .append(", free ")
        .append(view.freeBytes())
        .append(" bytes\n");
    if (!view.isLeaf()) {
      words.append("  leftmost -> page ").append(view.child(0)).append('\n');
    }
    for (int slot = 0; slot < view.slotCount(); slot++) {
      words.append("  ").append(slot).append(": ").append(key(view.key(slot)));
      if (view.isLeaf()) {
        place.read(view, slot);
        words.append(" ").append(place.tidCount()).append(" TIDs in ");
        if (place.isTree()) {
          words.append("posting tree of root page ").append(place.root());
        } else {
          words.append("a list of ").append(place.listBytes()).append(" bytes");
        }
      } else {
        words.append(" -> page ").append(view.child(slot + 1));
      }
      words.append('\n');
    }
  }

  /** Describes a metapage. */
  public static void metaPage(long page, int pageNo, StringBuilder words) {
    GinMetaPage meta = new GinMetaPage().wrap(page, pageNo);
    words
        .append("gin metapage ")
        .append(pageNo)
        .append(", batch ")
        .append(Page.batch(page))
        .append("\n  formatVersion ")
        .append(meta.formatVersion())
        .append("\n  root ")
        .append(meta.root())
        .append("\n  totalPages ")
        .append(meta.totalPages());
    for (GinCounts.Field field : GinCounts.Field.values()) {
      words.append("\n  ").append(field).append(' ').append(meta.count(field));
    }
    words.append('\n');
  }

  /** A composite key, or a separator, which may be cut inside column and category. */
  private static String key(byte[] key) {
    HexFormat hex = HexFormat.of();
    if (key.length < EntryKeys.HEADER_BYTES) {
      return "separator " + hex.formatHex(key);
    }
    return "column "
        + (key[0] & 0xFF)
        + " category "
        + (key[1] & 0xFF)
        + " key "
        + hex.formatHex(key, EntryKeys.HEADER_BYTES, key.length);
  }
}
