package io.djinn.build.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Row numbers as people write them, {@code 5,7-9}: 1-based, ascending and each once.
 *
 * @param ranges disjoint, ascending
 */
record RowNumbers(List<Range> ranges) {
  /**
   * @param first 1-based
   * @param last not below the first
   */
  record Range(long first, long last) {}

  private static final Pattern FORM = Pattern.compile("([0-9]{1,18})(?:-([0-9]{1,18}))?");

  /** For options. */
  static final class Converter implements ITypeConverter<RowNumbers> {
    @Override
    public RowNumbers convert(String text) {
      return parse(text);
    }
  }

  static RowNumbers parse(String text) {
    List<Range> ranges = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Matcher form = FORM.matcher(part.trim());
      long first = form.matches() ? Long.parseLong(form.group(1)) : 0;
      long last = first > 0 && form.group(2) != null ? Long.parseLong(form.group(2)) : first;
      if (first < 1 || last < first) {
        throw new TypeConversionException(
            "'" + part + "' is no row: write numbers from 1 and ranges of them, as 5,7-9");
      }
      ranges.add(new Range(first, last));
    }
    ranges.sort(java.util.Comparator.comparingLong(Range::first));
    List<Range> merged = new ArrayList<>();
    for (Range range : ranges) {
      Range before = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      if (before != null && range.first() <= before.last() + 1) {
        merged.set(
            merged.size() - 1, new Range(before.first(), Math.max(before.last(), range.last())));
      } else {
        merged.add(range);
      }
    }
    return new RowNumbers(List.copyOf(merged));
  }

  /** The rows after one up to another; none where there are none. */
  static RowNumbers between(long after, long last) {
    return new RowNumbers(after < last ? List.of(new Range(after + 1, last)) : List.of());
  }

  long count() {
    return ranges.stream().mapToLong(range -> range.last() - range.first() + 1).sum();
  }

  /** How many are not above a row. */
  long countUpTo(long row) {
    return ranges.stream()
        .mapToLong(range -> Math.max(0, Math.min(row, range.last()) - range.first() + 1))
        .sum();
  }

  /** The highest row number, 0 where there is none. */
  long last() {
    return ranges.isEmpty() ? 0 : ranges.get(ranges.size() - 1).last();
  }

  void forEach(LongConsumer row) {
    for (Range range : ranges) {
      for (long number = range.first(); number <= range.last(); number++) {
        row.accept(number);
      }
    }
  }
}
