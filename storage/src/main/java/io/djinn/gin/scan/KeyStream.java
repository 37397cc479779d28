package io.djinn.gin.scan;

import io.djinn.gin.entry.PostingPlace;
import io.djinn.gin.posting.PayloadStream;
import io.djinn.gin.posting.PostingListStream;
import io.djinn.gin.posting.PostingTreeStream;
import io.djinn.memory.ByteStrings;
import io.djinn.page.StepReader;

/** The TIDs of one key, whether in a list or in a posting tree. */
final class KeyStream implements PayloadStream {
  private final PayloadStream stream;
  private final PostingListStream list;
  private final PostingTreeStream tree;
  private boolean isEnded;

  KeyStream(PostingPlace place) {
    if (place.isTree()) {
      list = null;
      tree = new PostingTreeStream();
      tree.reset(place.root(), place.tidCount());
      stream = tree;
    } else {
      tree = null;
      list = new PostingListStream();
      list.reset(place.pageNo(), place.listOffset(), place.listBytes(), place.tidCount());
      stream = list;
    }
  }

  @Override
  public int next(StepReader step, long[] block) {
    if (isEnded) {
      return END;
    }
    int taken = stream.next(step, block);
    if (taken == END) {
      isEnded = true;
      if (list == null) {
        tree.release();
      } else {
        list.release();
      }
    }
    return taken;
  }

  @Override
  public void keepPayloads(ByteStrings payloads) {
    stream.keepPayloads(payloads);
  }

  @Override
  public void advance(long tid) {
    stream.advance(tid);
  }

  @Override
  public long tidCount() {
    return stream.tidCount();
  }

  long entryPages() {
    return list == null ? 0 : list.pagesRead();
  }

  long postingPages() {
    return tree == null ? 0 : tree.pagesRead();
  }

  long segmentsDecoded() {
    return list == null ? tree.segmentsDecoded() : list.segmentsDecoded();
  }

  long segmentsSkipped() {
    return list == null ? tree.segmentsSkipped() : list.segmentsSkipped();
  }
}
