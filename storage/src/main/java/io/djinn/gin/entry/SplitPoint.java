package io.djinn.gin.entry;

/** Where to split a page that overflows: a pure function of the sizes of its tuples. */
final class SplitPoint {
  /** What the left page is filled to where keys arrive in ascending order, percent. */
  static final int APPENDING_FILL_PERCENT = 90;

  private SplitPoint() {}

  /**
   * How many of the tuples stay left, at least one and not all.
   *
   * @param sizes bytes of each tuple with its slot, in key order
   * @param count how many, at least two
   * @param roomBytes what a page has for tuples and slots
   * @param isAppending whether the last tuple is new and nothing is right of this page
   */
  static int choose(int[] sizes, int count, int roomBytes, boolean isAppending) {
    return isAppending ? nearlyFull(sizes, count, roomBytes) : balanced(sizes, count);
  }

  /** As many tuples to the left as its fill allows. */
  private static int nearlyFull(int[] sizes, int count, int roomBytes) {
    int limit = (int) ((long) roomBytes * APPENDING_FILL_PERCENT / 100);
    int left = 1;
    int bytes = sizes[0];
    while (left < count - 1 && bytes + sizes[left] <= limit) {
      bytes += sizes[left++];
    }
    return left;
  }

  /** Both sides as equal in bytes as whole tuples allow. */
  private static int balanced(int[] sizes, int count) {
    int total = 0;
    for (int i = 0; i < count; i++) {
      total += sizes[i];
    }
    int left = 1;
    int bytes = sizes[0];
    while (left < count - 1
        && Math.abs(total - 2 * (bytes + sizes[left])) < Math.abs(total - 2 * bytes)) {
      bytes += sizes[left++];
    }
    return left;
  }
}
