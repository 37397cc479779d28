package io.djinn.build.cli;

import io.djinn.api.GinIndex;
import io.djinn.api.TidSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** TIDs as people write them, {@code 0,7-9}. */
final class TidNumbers implements ITypeConverter<TidSet> {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,15})(?:-([0-9]{1,15}))?");

  @Override
  public TidSet convert(String text) {
    TidSet.Builder tids = new TidSet.Builder();
    for (String part : text.split(",", -1)) {
      Matcher form = FORM.matcher(part.trim());
      long first = form.matches() ? Long.parseLong(form.group(1)) : -1;
      long last = first >= 0 && form.group(2) != null ? Long.parseLong(form.group(2)) : first;
      if (first < 0 || last < first || last > GinIndex.MAX_TID) {
        throw new TypeConversionException(
            "'"
                + part
                + "' is no TID: write numbers from 0 to "
                + GinIndex.MAX_TID
                + " and ranges of them, as 0,7-9");
      }
      tids.addRange(first, last);
    }
    return tids.build();
  }
}
