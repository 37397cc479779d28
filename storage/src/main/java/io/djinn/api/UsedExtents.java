package io.djinn.api;

import io.djinn.space.Space;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What the sinks of a build have used of the extents reserved for it. */
final class UsedExtents implements Space.BuildEnd {
  private final long build;

  /** By page number. */
  private final List<Space.PageRange> used;

  /**
   * @param used ranges each of which begins where an extent does, in any order
   */
  UsedExtents(long build, List<Space.PageRange> used) {
    this.build = build;
    this.used = new ArrayList<>(used);
    this.used.sort(Comparator.comparingInt(Space.PageRange::firstPageNo));
  }

  @Override
  public int keptPages(long ofBuild, int firstPageNo, int pages) {
    if (ofBuild != build) {
      return 0;
    }
    int low = 0;
    int high = used.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (used.get(middle).firstPageNo() < firstPageNo) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    boolean isFound = low < used.size() && used.get(low).firstPageNo() == firstPageNo;
    return isFound ? used.get(low).pages() : 0;
  }
}
